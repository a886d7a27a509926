package examples_test

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/tokenwright/tokenwright/peer"
	"github.com/tokenwright/tokenwright/tokentest"
)

const published = "https://tokens.example.com"

// appConfig is what these tests read of a Backstage configuration.
type appConfig struct {
	Discovery struct {
		Endpoints []struct {
			Target  struct{ Internal, External string }
			Plugins []string
		}
	}
	Backend struct {
		Auth struct {
			ExternalAccess []struct {
				Type    string
				Options struct{ Secret, Subject string }
			} `yaml:"externalAccess"`
		}
	}
}

// issuer is what a server publishes about itself.
type issuer struct {
	Issuer string
	Keys   string `json:"jwks_uri"`
}

// What Backstage is told to trust is what a server publishes.
func TestTheBackstageExampleTrustsWhatAServerPublishes(t *testing.T) {
	tw := tokentest.Start(t, tokentest.WithPublicURL(published))
	var config appConfig
	readYAML(t, "backstage/app-config.yaml", &config)
	endpoint := config.Discovery.Endpoints[0]
	if len(endpoint.Plugins) != 1 || endpoint.Plugins[0] != "auth" {
		t.Errorf("plugins %q", endpoint.Plugins)
	}
	var known issuer
	readJSON(t, tw.URL+"/.well-known/oauth-authorization-server", &known)
	// Where a Backstage back end looks for the keys of users.
	if keys := endpoint.Target.Internal + "/.well-known/jwks.json"; known.Issuer != endpoint.Target.Internal || known.Keys != keys {
		t.Errorf("the server publishes %+v, the example trusts %s", known, endpoint.Target.Internal)
	}
	if entry := config.Backend.Auth.ExternalAccess[0]; entry.Type != "legacy" || !strings.HasPrefix(entry.Options.Secret, "${") {
		t.Errorf("entry %+v", entry)
	}
	if secret, err := base64.StdEncoding.DecodeString(peer.GenerateSecret().Reveal()); err != nil || len(secret) != 32 {
		t.Errorf("a secret of peer keygen is %d bytes of base64, %v", len(secret), err)
	}
}

// What the page says of a JWT is what a server signs.
func TestThePageOfTheBackstageExampleDescribesTheJWT(t *testing.T) {
	tw := tokentest.Start(t, tokentest.WithPublicURL(published))
	var known issuer
	readJSON(t, tw.URL+"/.well-known/oauth-authorization-server", &known)
	var keys struct{ Keys []struct{ Kid, Alg string } }
	readJSON(t, tw.URL+strings.TrimPrefix(known.Keys, published), &keys)
	parts := strings.Split(tw.UserToken("user:default/alice"), ".")
	var header struct{ Alg, Typ, Kid string }
	var claims struct{ Iss, Aud, Sub string }
	readPart(t, parts[0], &header)
	readPart(t, parts[1], &claims)
	if len(keys.Keys) == 0 || keys.Keys[0].Kid != header.Kid || keys.Keys[0].Alg != header.Alg {
		t.Errorf("the JWT is signed with %+v, published are %+v", header, keys)
	}
	page, err := os.ReadFile("backstage/README.md")
	if err != nil {
		t.Fatal(err)
	}
	for row, value := range map[string]string{
		"issuer": claims.Iss, "keys": known.Keys, "algorithm": header.Alg, "audience": claims.Aud, "type": header.Typ, "subject": claims.Sub,
	} {
		if !regexp.MustCompile(`(?m)^\| ` + row + `[^|]*\|[^|]*` + "`" + regexp.QuoteMeta(value) + "`").Match(page) {
			t.Errorf("the page does not say that the %s is %s", row, value)
		}
	}
}

func readPart(t *testing.T, part string, into any) {
	t.Helper()
	text, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}

// The other direction starts as it is.
func TestTheBackstageExampleOfTokenwrightIsAConfiguration(t *testing.T) {
	text, err := os.ReadFile("backstage/tokenwright.yaml")
	if err != nil {
		t.Fatal(err)
	}
	tokentest.Start(t, tokentest.WithoutDemonstration(), tokentest.WithConfig(string(text)))
}

func readYAML(t *testing.T, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Load(text, into); err != nil {
		t.Fatal(err)
	}
}

func readJSON(t *testing.T, url string, into any) {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(body, into); err != nil {
		t.Fatalf("%s: %v\n%s", url, err, body)
	}
}
