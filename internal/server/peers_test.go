package server_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/peer"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
)

const fixedText = "a-fixed-text-of-more-than-32-characters"

// peers is an installation and the other deployments that it knows: gateway,
// which may introspect; ci, which may read the catalog; limited, which is
// restricted to reading the catalog; bare, which may nothing; and a fixed text.
type peers struct {
	*tokentest.Server
	secrets map[string]token.Secret
	yaml    string // its configuration
}

func startPeers(t *testing.T, opts ...tokentest.Option) peers {
	t.Helper()
	folder, secrets := t.TempDir(), map[string]token.Secret{}
	file := func(name string, secret token.Secret) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(secret.Reveal()+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	var yaml strings.Builder
	yaml.WriteString("peer:\n  keys:\n")
	for _, one := range []struct{ name, more string }{
		{"own", "unrestricted: true"},
		{"gateway", ""},
		{"ci", "scopes: ['catalog:read']"},
		{"bare", ""},
		{"limited", "access_restrictions: [{plugin: catalog, permission_attribute: {action: [read]}}]"},
		{"asker", "access_restrictions: [{plugin: access-tokens, permission: ['access-tokens:introspect']}]"},
	} {
		secrets[one.name] = peer.GenerateSecret()
		fmt.Fprintf(&yaml, "    - {name: %s, secret_file: %s, %s}\n", one.name, file(one.name, secrets[one.name]), strings.TrimSuffix(one.more+",", ","))
	}
	fmt.Fprintf(&yaml, "  external:\n    - {type: static, name: text, scopes: ['catalog:read'], options: {token_file: %s}}\n",
		file("text", token.NewSecret(fixedText)))
	yaml.WriteString(`
roles: {introspector: [access-tokens:introspect, access-tokens:audit:read]}
bindings: [{role: introspector, to: [external:gateway, external:asker, external:limited]}]
trusted_proxies: [127.0.0.1/32]
rules:
  - {path: /api/catalog/**, methods: [GET], scopes: ["catalog:read"]}
  - {path: /api/catalog/**, scopes: ["catalog:delete"]}
  - {path: /api/peers/**, kinds: [peer]}
  - {path: /api/groups/**, kinds: [service]}
`)
	return peers{tokentest.Start(t, append(opts, tokentest.WithConfig(yaml.String()))...), secrets, yaml.String()}
}

// as gives a token of one of the deployments, as it would make it itself.
func (p peers) as(t *testing.T, name string) string {
	t.Helper()
	if name == "text" {
		return fixedText
	}
	m, err := peer.New(peer.Options{Keys: []peer.Key{{Caller: peer.Caller{Name: name}, Secret: p.secrets[name]}}})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := m.GetToken(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return raw.Reveal()
}

// introspect asks about a token as the gateway.
func (p peers) introspect(t *testing.T, raw, more string) answer {
	t.Helper()
	return askForm(t, p.URL+"/oauth2/introspect", p.as(t, "gateway"), "token="+raw+more)
}

// eachDatabase runs a test on SQLite and on PostgreSQL.
func eachDatabase(t *testing.T, run func(t *testing.T, opts ...tokentest.Option)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { run(t) })
	t.Run("postgres", func(t *testing.T) {
		run(t, tokentest.WithDatabase(database(t, pgtest.New(t, pgtest.Options{}))))
	})
}

func TestAPeerIsKnownToIntrospection(t *testing.T) {
	p := startPeers(t)
	for name, want := range map[string][]string{
		"ci":      {`"active":true`, `"scope":"catalog:read"`, `"sub":"external:ci"`, `"kind":"peer"`, `"name":"ci"`, `"exp":`},
		"own":     {`"active":true`, `"scope":"*"`},
		"bare":    {`"active":true`, `"sub":"external:bare"`},
		"limited": {`"active":true`, `"sub":"external:limited"`},
		"text":    {`"active":true`, `"sub":"external:text"`},
	} {
		got := p.introspect(t, p.as(t, name), "")
		for _, part := range want {
			if !strings.Contains(got.body, part) {
				t.Errorf("%s: %d %s lacks %s", name, got.status, got.body, part)
			}
		}
		for _, part := range []string{`"iss"`, `"iat"`, `"jti"`} {
			if strings.Contains(got.body, part) {
				t.Errorf("%s: %s says %s, which nobody knows", name, got.body, part)
			}
		}
	}
	for name, active := range map[string]bool{"ci": true, "limited": true, "bare": false, "text": true} {
		got := p.introspect(t, p.as(t, name), "&scope=catalog:read&require_scope=true")
		if strings.Contains(got.body, `"active":true`) != active {
			t.Errorf("%s: %s, want active: %v", name, got.body, active)
		}
	}
}

// PEER-08, C2: every cause has the same bytes, and none is an error of ours.
func TestABadTokenOfAPeerLooksLikeAnyOther(t *testing.T) {
	p := startPeers(t)
	good := p.as(t, "ci")
	for name, raw := range map[string]string{
		"changed": good[:len(good)-3] + "AAA", "cut": good[:40], "other text": fixedText + "x",
		"key of nobody": func() string { p.secrets["x"] = peer.GenerateSecret(); return p.as(t, "x") }(),
		"expired":       signAs(t, p.secrets["ci"], fmt.Sprintf(`{"sub":"backstage-server","exp":%d}`, time.Now().Unix()-10)),
		"no exp":        signAs(t, p.secrets["ci"], `{"sub":"backstage-server"}`),
		"exp a text":    signAs(t, p.secrets["ci"], `{"sub":"backstage-server","exp":"x"}`),
		"aud":           signAs(t, p.secrets["ci"], fmt.Sprintf(`{"sub":"backstage-server","exp":%d,"aud":"x"}`, time.Now().Unix()+60)),
	} {
		if got := p.introspect(t, raw, ""); got.status != http.StatusOK || got.body != `{"active":false}` {
			t.Errorf("%s, introspected: %d %s", name, got.status, got.body)
		}
		if got := ask(t, http.DefaultClient, http.MethodGet, p.URL+"/forward-auth?scope=catalog:read", raw, ""); got.status != http.StatusUnauthorized ||
			got.body != `{"error":"Unauthorized"}` {
			t.Errorf("%s, at the proxy: %d %s", name, got.status, got.body)
		}
	}
}

func TestForwardAuthLetsPeersInByScopeAndRestriction(t *testing.T) {
	p := startPeers(t)
	for _, tc := range []struct {
		name, query string
		status      int
	}{
		{"ci", "scope=catalog:read", 200},
		{"ci", "scope=catalog:delete", 403},
		{"ci", "kind=peer", 200},
		{"ci", "kind=service", 401},
		{"own", "scope=anything:at-all", 200},
		{"bare", "scope=catalog:read", 403},
		{"bare", "kind=peer", 200},
		{"limited", "scope=catalog:read", 200},
		{"limited", "scope=catalog:delete", 403},
		{"limited", "kind=peer", 403}, // PEER-19: nothing to judge its restrictions by
		{"text", "scope=catalog:read", 200},
		{"text", "scope=search:read", 403},
	} {
		got := ask(t, http.DefaultClient, http.MethodGet, p.URL+"/forward-auth?"+tc.query, p.as(t, tc.name), "")
		if got.status != tc.status {
			t.Errorf("%s, %s: %d %s, want %d", tc.name, tc.query, got.status, got.body, tc.status)
		}
	}
}

// The guard of our own API: a peer holds what the policy binds to its subject,
// and never makes or manages tokens (PEER-30).
func TestTheGuardTakesPeersForWhatThePolicyGivesThem(t *testing.T) {
	eachDatabase(t, func(t *testing.T, opts ...tokentest.Option) {
		p := startPeers(t, opts...)
		ci := p.as(t, "ci")
		for name, want := range map[string]int{
			"gateway": 200, "asker": 200, "limited": 403, "ci": 403, "bare": 403, "text": 403,
		} {
			if got := askForm(t, p.URL+"/oauth2/introspect", p.as(t, name), "token="+ci); got.status != want {
				t.Errorf("%s introspects: %d %s, want %d", name, got.status, got.body, want)
			}
		}
		for name := range p.secrets {
			got := ask(t, http.DefaultClient, http.MethodGet, p.URL+"/api/access-tokens/service", p.as(t, name), "")
			if got.status != http.StatusUnauthorized || strings.TrimSpace(got.body) != `{"error":"Unauthorized"}` {
				t.Errorf("%s lists service tokens: %d %s", name, got.status, got.body)
			}
		}
		var reasons []string
		for _, entry := range p.Entries(audit.Query{Actions: []audit.Action{audit.AccessRefused}}) {
			if entry.Actor == "external:limited" {
				reasons = append(reasons, entry.Reason)
			}
		}
		if !strings.Contains(fmt.Sprint(reasons), "restricted") {
			t.Errorf("the refusals of limited are %v, want one for its restrictions", reasons)
		}
	})
}

// Row of the feed: a mark on the kind ends what was signed before.
func TestAMassRevocationReachesPeers(t *testing.T) {
	eachDatabase(t, func(t *testing.T, opts ...tokentest.Option) {
		p := startPeers(t, opts...)
		if got := p.introspect(t, p.as(t, "ci"), ""); !strings.Contains(got.body, `"active":true`) {
			t.Fatalf("before: %s", got.body)
		}
		admin := p.UserToken("user:default/admin")
		raw := p.as(t, "ci")
		local(t, p.Server, http.MethodPost, "/api/admin/v1/revoke-all", `{"kind":"peer","reason":"a test"}`)
		if got := askForm(t, p.URL+"/oauth2/introspect", admin, "token="+raw); got.body != `{"active":false}` {
			t.Errorf("after: %d %s", got.status, got.body)
		}
	})
}

// Nobody here made the token of a peer: 200 would say that it had ended.
func TestTheTokenOfAPeerCannotBeRevokedByItself(t *testing.T) {
	p := startPeers(t)
	raw := p.as(t, "ci")
	got := ask(t, http.DefaultClient, http.MethodPost, p.URL+"/oauth2/revoke", "", "token="+raw)
	if got.status != http.StatusBadRequest || !strings.Contains(got.body, "unsupported_token_type") {
		t.Errorf("got %d %s", got.status, got.body)
	}
	if got := p.introspect(t, raw, ""); !strings.Contains(got.body, `"active":true`) {
		t.Errorf("afterwards: %s", got.body)
	}
}

func TestWithoutASectionAboutPeersEveryOneIsRefused(t *testing.T) {
	s := tokentest.Start(t)
	m, err := peer.New(peer.Options{Keys: []peer.Key{{Secret: peer.GenerateSecret()}}})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := m.GetToken(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := get(t, s, "/forward-auth?kind=peer", raw.Reveal()); got != http.StatusUnauthorized {
		t.Errorf("got %d", got)
	}
}

// askForm sends a form.
func askForm(t *testing.T, url, bearer, form string) answer {
	t.Helper()
	return ask(t, http.DefaultClient, http.MethodPost, url, bearer, form)
}

// signAs signs a payload with the standard library alone.
func signAs(t *testing.T, secret token.Secret, payload string) string {
	t.Helper()
	key, err := base64.StdEncoding.DecodeString(secret.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	text := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256"}`)) + "." + base64.RawURLEncoding.EncodeToString([]byte(payload))
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return text + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
