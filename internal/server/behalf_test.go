package server_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/peer"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
	"github.com/tokenwright/tokenwright/verify"
)

// behalf is an installation that takes the tokens of the plugin scaffolder, and
// of the users for whom it acts.
type behalf struct {
	*tokentest.Server
	scaffolder *peer.PluginTokens
	users      jwt.Signer
}

func startBehalf(t *testing.T, opts ...tokentest.Option) behalf {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	b := behalf{}
	if b.users, err = jwt.NewES256Signer("users-1", private); err != nil {
		t.Fatal(err)
	}
	if b.scaffolder, err = peer.NewPluginTokens(peer.PluginOptions{ID: "scaffolder"}); err != nil {
		t.Fatal(err)
	}
	users := publish(t, func() ([]byte, error) { return jwt.MarshalJWKS([]jwt.Key{b.users.Key()}) })
	b.Server = tokentest.Start(t, append(opts, tokentest.WithConfig(fmt.Sprintf(`
peer:
  plugin_id: tokenwright
  plugins: [{id: scaffolder, jwks_uri: "%s"}]
sign_in:
  issuers: [{issuer: https://backstage.example.com/api/auth, jwks_uri: "%s", audience: backstage, type: vnd.backstage.user}]
`, publish(t, b.scaffolder.KeySet), users)))...)
	return b
}

// publish serves a key set and gives its address.
func publish(t *testing.T, keys func() ([]byte, error)) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		data, err := keys()
		if err != nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		_, _ = w.Write(data)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// limited gives what its issuer gave a user, for plugins to act with.
func (b behalf) limited(t *testing.T, user string) token.Secret {
	t.Helper()
	now := time.Now()
	raw, err := b.users.Sign("vnd.backstage.limited-user", struct {
		Subject   string `json:"sub"`
		IssuedAt  int64  `json:"iat"`
		ExpiresAt int64  `json:"exp"`
	}{user, now.Unix(), now.Add(time.Hour).Unix()})
	if err != nil {
		t.Fatal(err)
	}
	return token.NewSecret(raw)
}

// acting gives a fresh token of the plugin that acts for a user.
func (b behalf) acting(t *testing.T, user token.Secret) string {
	t.Helper()
	raw, err := b.scaffolder.GetToken(t.Context(), "tokenwright", peer.Behalf{User: user})
	if err != nil {
		t.Fatal(err)
	}
	return raw.Reveal()
}

// accepted says at which doors a token is taken.
func (b behalf) accepted(t *testing.T, raw string) map[string]bool {
	t.Helper()
	admin := b.UserToken("user:default/admin")
	introspected := askForm(t, b.URL+"/oauth2/introspect", admin, "token="+raw)
	inspected := local(t, b.Server, http.MethodPost, "/api/admin/v1/verify", fmt.Sprintf(`{"token":%q}`, raw))
	rules, _, err := verify.NewRules([]verify.Rule{{Path: "/**", Kinds: []string{"peer"}}})
	if err != nil {
		t.Fatal(err)
	}
	handler := verify.Middleware(b.Verifier(), rules)(
		http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
	r.Header.Set("Authorization", "Bearer "+raw)
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return map[string]bool{
		"introspection": strings.Contains(introspected.body, `"active":true`),
		"forward-auth":  get(t, b.Server, "/forward-auth?kind=peer", raw) == http.StatusOK,
		"inspection":    strings.Contains(inspected.body, `"active":true`),
		"middleware":    w.Code == http.StatusNoContent,
		// A plugin is neither the user nor a service at our own API.
		"guard": get(t, b.Server, "/api/access-tokens/service", raw) != http.StatusUnauthorized,
	}
}

// want says at which doors a token must be taken.
func (b behalf) want(t *testing.T, when, raw string, active bool) {
	t.Helper()
	for range 2 { // anew and from the cache
		for door, got := range b.accepted(t, raw) {
			if want := active && door != "guard"; got != want {
				t.Errorf("%s, at the %s: accepted %v, want %v", when, door, got, want)
			}
		}
	}
}

// C-12: whoever acts for a user does so as long as the user may.
func TestWhoActsForAUserEndsWithTheUser(t *testing.T) {
	eachDatabase(t, func(t *testing.T, opts ...tokentest.Option) {
		b := startBehalf(t, opts...)
		alice := b.limited(t, "user:default/alice")
		raw, own := b.acting(t, alice), b.acting(t, token.Secret{})
		b.want(t, "at first", raw, true)
		b.want(t, "a user whom nobody knows", b.acting(t, b.limited(t, "user:default/nobody")), false)

		local(t, b.Server, http.MethodPost, "/api/admin/v1/users/disable", `{"ref":"user:default/alice"}`)
		b.want(t, "while alice is disabled", raw, false)
		b.want(t, "while alice is disabled, made anew", b.acting(t, alice), false)
		b.want(t, "the plugin for itself", own, true)
		b.want(t, "for somebody else", b.acting(t, b.limited(t, "user:default/bob")), true)
		local(t, b.Server, http.MethodPost, "/api/admin/v1/users/enable", `{"ref":"user:default/alice"}`)
		b.want(t, "once alice is enabled again", raw, true)
	})
}

// F-06: a mass revocation for a user reaches what a plugin holds of the
// user, and the token that it makes of that a moment later.
func TestAMassRevocationForAUserReachesWhoActsForThem(t *testing.T) {
	for name, mark := range map[string]string{
		"owner": `{"owner":"user:default/alice"}`, "owner and kind": `{"owner":"user:default/alice","kind":"peer"}`,
	} {
		t.Run(name, func(t *testing.T) {
			b := startBehalf(t)
			alice, bob := b.limited(t, "user:default/alice"), b.limited(t, "user:default/bob")
			raw, his := b.acting(t, alice), b.acting(t, bob)
			b.want(t, "at first", raw, true)
			local(t, b.Server, http.MethodPost, "/api/admin/v1/revoke-all", mark)
			b.want(t, "after the mark", raw, false)
			b.want(t, "made anew of what alice was given before it", b.acting(t, alice), false)
			b.want(t, "for bob", his, true)
		})
	}
}
