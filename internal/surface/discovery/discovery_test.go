package discovery_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/tokentest"
)

func fetch(t *testing.T, url string) (*http.Response, []byte) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %d %s", url, resp.StatusCode, body)
	}
	return resp, body
}

// keysAt reads the published keys as a foreign verifier does.
func keysAt(t *testing.T, url string) (jwt.KeySet, *http.Response) {
	t.Helper()
	resp, body := fetch(t, url)
	keys, err := jwt.ParseJWKS(body)
	if err != nil {
		t.Fatalf("%s: %v: %s", url, err, body)
	}
	set, err := jwt.NewKeySet(keys)
	if err != nil {
		t.Fatal(err)
	}
	return set, resp
}

func TestThePublishedKeysVerifyOurAccessTokens(t *testing.T) {
	s := tokentest.Start(t)
	raw := s.UserToken("user:default/alice")
	for _, path := range []string{"/.well-known/jwks.json", "/api/auth/.well-known/jwks.json"} {
		keys, _ := keysAt(t, s.URL+path)
		claims, err := jwt.Verify(t.Context(), raw, keys, jwt.Expect{
			Type: "vnd.backstage.user", Issuer: s.URL + "/api/auth", Audience: "backstage",
			MaxLifetime: time.Hour, Now: time.Now(),
		})
		if err != nil || claims.Subject != "user:default/alice" || claims.ID == "" {
			t.Errorf("%s: %+v, %v", path, claims, err)
		}
	}
}

func TestACachedKeySetIsNeverTooOldToVerify(t *testing.T) {
	clock := tokentest.NewClock(time.Time{})
	s := tokentest.Start(t, tokentest.WithClock(clock))
	keys, resp := keysAt(t, s.URL+"/.well-known/jwks.json")
	_, seconds, _ := strings.Cut(resp.Header.Get("Cache-Control"), "max-age=")
	age, err := strconv.Atoi(seconds)
	if err != nil || age < 1 {
		t.Fatalf("Cache-Control: %q", resp.Header.Get("Cache-Control"))
	}
	verifies := func(keys jwt.KeySet) bool {
		_, err := jwt.Verify(t.Context(), s.UserToken("user:default/alice"), keys, jwt.Expect{
			Type: "vnd.backstage.user", Issuer: s.URL + "/api/auth", Audience: "backstage",
			MaxLifetime: time.Hour, Now: clock.Now(),
		})
		return err == nil
	}
	post(t, s, "/api/admin/v1/keys/rotate", `{"use":"access"}`)
	clock.Advance(time.Duration(age) * time.Second)
	if !verifies(keys) {
		t.Errorf("keys cached for %d s do not verify a token made within that time", age)
	}
	clock.Advance(time.Minute)
	if verifies(keys) {
		t.Error("the former key still signs a minute after the rotation")
	}
	if now, _ := keysAt(t, s.URL+"/.well-known/jwks.json"); !verifies(now) {
		t.Error("the keys published now do not verify")
	}
}

func post(t *testing.T, s *tokentest.Server, path, body string) {
	t.Helper()
	resp, err := s.LocalClient().Post("http://admin"+path, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if _ = resp.Body.Close(); resp.StatusCode >= 300 {
		t.Fatalf("POST %s: %d", path, resp.StatusCode)
	}
}

// PER-25.
func TestTheMetadataNamesWhatIsServedAndNothingElse(t *testing.T) {
	s := tokentest.Start(t)
	served := map[string]bool{}
	for _, route := range s.Routes() {
		served[s.URL+route.Pattern] = true
	}
	for _, path := range []string{
		"/.well-known/oauth-authorization-server", "/.well-known/oauth-authorization-server/api/auth",
	} {
		_, body := fetch(t, s.URL+path)
		var document map[string]any
		if err := json.Unmarshal(body, &document); err != nil {
			t.Fatal(err)
		}
		if document["issuer"] != s.URL+"/api/auth" {
			t.Errorf("%s: issuer %v", path, document["issuer"])
		}
		if _, given := document["response_types_supported"]; !given {
			t.Errorf("%s lacks response_types_supported, which RFC 8414 requires", path)
		}
		for member, value := range document {
			url, isURL := value.(string)
			if (strings.HasSuffix(member, "_endpoint") || strings.HasSuffix(member, "_uri")) && (!isURL || !served[url]) {
				t.Errorf("%s: %s names %v, which is not served", path, member, value)
			}
		}
	}
}

func TestAPublicURLWithAPathIsServedBehindAnyProxy(t *testing.T) {
	s := tokentest.Start(t, tokentest.WithPublicURL("https://example.com/tokens"))
	for _, path := range []string{
		"/.well-known/oauth-authorization-server/tokens/api/auth", // a proxy that keeps the path
		"/.well-known/oauth-authorization-server/api/auth",        // one that strips it
	} {
		_, body := fetch(t, s.URL+path)
		var document struct {
			Issuer  string `json:"issuer"`
			JWKSURI string `json:"jwks_uri"`
		}
		if err := json.Unmarshal(body, &document); err != nil {
			t.Fatal(err)
		}
		if document.Issuer != "https://example.com/tokens/api/auth" {
			t.Errorf("%s: issuer %q", path, document.Issuer)
		}
		for _, kept := range []string{"https://example.com", "https://example.com/tokens"} {
			if _, resp := keysAt(t, s.URL+strings.TrimPrefix(document.JWKSURI, kept)); resp.StatusCode != http.StatusOK {
				t.Errorf("%s without %s: %d", document.JWKSURI, kept, resp.StatusCode)
			}
		}
	}
}
