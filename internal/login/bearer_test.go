package login_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/tokentest"
)

const listPath = "/api/access-tokens/service"

func TestAnAccessTokenEndsWithItsTime(t *testing.T) {
	clock := tokentest.NewClock(time.Time{})
	s := tokentest.Start(t, tokentest.WithClock(clock))
	admin := s.UserToken("user:default/admin")
	clock.Advance(time.Hour - time.Second)
	if got := status(t, s.URL+listPath, admin); got != http.StatusOK {
		t.Fatalf("a second before its end: %d", got)
	}
	clock.Advance(3 * time.Second) // clocks may differ by two seconds
	if got := status(t, s.URL+listPath, admin); got != http.StatusUnauthorized {
		t.Fatalf("after its end: %d", got)
	}
}

// PER-54.
func TestADisabledUserIsRefusedAtOnce(t *testing.T) {
	s := tokentest.Start(t)
	local := s.LocalClient()
	post(t, local, "http://admin/api/admin/v1/roles/grant", `{"ref":"user:default/bob","role":"auditor"}`, http.StatusOK)
	bob := s.UserToken("user:default/bob")
	for _, step := range []struct {
		path string
		want int
	}{{"disable", http.StatusUnauthorized}, {"enable", http.StatusOK}} {
		post(t, local, "http://admin/api/admin/v1/users/"+step.path, `{"ref":"user:default/bob"}`, http.StatusOK)
		if got := status(t, s.URL+listPath, bob); got != step.want {
			t.Errorf("after %s: %d, want %d", step.path, got, step.want)
		}
	}
}

func TestGroupsAreThoseOfTheMomentOfUse(t *testing.T) {
	s := tokentest.Start(t, tokentest.WithConfig(`
bindings:
  - {role: auditor, to: [group:default/data]}
`))
	alice := s.UserToken("user:default/alice") // made while she is not in the group
	local := s.LocalClient()
	for _, step := range []struct {
		path string
		want int
	}{{"join", http.StatusOK}, {"leave", http.StatusForbidden}} {
		post(t, local, "http://admin/api/admin/v1/groups/"+step.path,
			`{"ref":"group:default/data","user":"user:default/alice"}`, http.StatusOK)
		if got := status(t, s.URL+listPath, alice); got != step.want {
			t.Errorf("after %s: %d, want %d", step.path, got, step.want)
		}
	}
}

func TestARemovedKeyEndsWhatItSignedAtOnce(t *testing.T) {
	s := tokentest.Start(t)
	admin := s.UserToken("user:default/admin")
	if got := status(t, s.URL+listPath, admin); got != http.StatusOK { // and it is cached now
		t.Fatalf("before: %d", got)
	}
	kid := kidOf(t, admin)
	post(t, s.LocalClient(), "http://admin/api/admin/v1/keys/remove", `{"kid":"`+kid+`"}`, http.StatusOK)
	if got := status(t, s.URL+listPath, admin); got != http.StatusUnauthorized {
		t.Errorf("after its key was removed: %d", got)
	}
	if got := status(t, s.URL+listPath, s.UserToken("user:default/admin")); got != http.StatusOK {
		t.Errorf("a token of the next key: %d", got)
	}
}

// kidOf gives the kid of a token's header.
func kidOf(t *testing.T, raw string) string {
	t.Helper()
	first, _, _ := strings.Cut(raw, ".")
	header, err := base64.RawURLEncoding.DecodeString(first)
	if err != nil {
		t.Fatal(err)
	}
	var read struct {
		KeyID string `json:"kid"`
	}
	if err := json.Unmarshal(header, &read); err != nil {
		t.Fatal(err)
	}
	return read.KeyID
}

func TestTheTokenOfSomebodyElseIsMadeByAdministratorsAlone(t *testing.T) {
	s := tokentest.Start(t)
	url := s.URL + "/api/admin/v1/access-tokens"
	for bearer, want := range map[string]int{
		s.UserToken("user:default/admin"): http.StatusCreated,
		s.UserToken("user:default/alice"): http.StatusForbidden,
		"":                                http.StatusUnauthorized,
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(`{"user":"user:default/bob"}`))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		if bearer != "" {
			req.Header.Set("Authorization", "Bearer "+bearer)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if _ = resp.Body.Close(); resp.StatusCode != want {
			t.Errorf("%d, want %d", resp.StatusCode, want)
		}
	}
}

// foreign makes tokens of a foreign issuer.
type foreign struct {
	*issuer

	signer jwt.Signer
}

func newForeign(t *testing.T) *foreign {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := jwt.NewES256Signer("foreign-1", private)
	if err != nil {
		t.Fatal(err)
	}
	f := &foreign{newIssuer(t), signer}
	set, err := jwt.MarshalJWKS([]jwt.Key{signer.Key()})
	if err != nil {
		t.Fatal(err)
	}
	f.serve(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(set) })
	return f
}

// claims are those of a good token, changed by the test.
func (f *foreign) claims(change func(map[string]any)) map[string]any {
	now := time.Now().Unix()
	c := map[string]any{
		"iss": "https://backstage.example.com/api/auth", "sub": "user:default/admin", "aud": "backstage",
		"iat": now, "exp": now + 600,
	}
	change(c)
	return c
}

func (f *foreign) sign(t *testing.T, typ string, change func(map[string]any)) string {
	t.Helper()
	raw, err := f.signer.Sign(typ, f.claims(change))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func (f *foreign) config() tokentest.Option {
	return tokentest.WithConfig(fmt.Sprintf(`
sign_in:
  issuers:
    - {issuer: https://backstage.example.com/api/auth, jwks_uri: %s/jwks.json, audience: backstage, type: vnd.backstage.user}
`, f.URL))
}

func TestATokenOfAConfiguredIssuerSpeaksForItsUser(t *testing.T) {
	idp := newForeign(t)
	s := tokentest.Start(t, idp.config())
	const typ = "vnd.backstage.user"
	set := func(name string, value any) func(map[string]any) {
		return func(c map[string]any) { c[name] = value }
	}
	hour := time.Now().Add(-2 * time.Hour).Unix()
	for _, tc := range []struct {
		name, typ string
		change    func(map[string]any)
		want      int
	}{
		{"good", typ, func(map[string]any) {}, http.StatusOK},
		{"an unknown user", typ, set("sub", "user:default/mallory"), http.StatusUnauthorized},
		{"another spelling of a user", typ, set("sub", "User:Default/Admin"), http.StatusUnauthorized},
		{"a service", typ, set("sub", "service-token:group:default/platform:ci"), http.StatusUnauthorized},
		{"another audience", typ, set("aud", "other"), http.StatusUnauthorized},
		{"another issuer", typ, set("iss", "https://evil.example.com"), http.StatusUnauthorized},
		{"our own name as issuer", typ, set("iss", s.URL+"/api/auth"), http.StatusUnauthorized},
		{"another type", "JWT", func(map[string]any) {}, http.StatusUnauthorized},
		{"no type", "", func(map[string]any) {}, http.StatusUnauthorized},
		{"expired", typ, set("exp", hour), http.StatusUnauthorized},
		{"too long a life", typ, set("exp", time.Now().Add(48*time.Hour).Unix()), http.StatusUnauthorized},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := status(t, s.URL+listPath, idp.sign(t, tc.typ, tc.change)); got != tc.want {
				t.Errorf("answered %d, want %d", got, tc.want)
			}
		})
	}
}

func TestAnIssuerThatIsAwayMakesItsTokensUnavailableAndNotBad(t *testing.T) {
	idp := newForeign(t)
	s := tokentest.Start(t, idp.config())
	idp.serve(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	if got := status(t, s.URL+listPath, idp.sign(t, "vnd.backstage.user", func(map[string]any) {})); got != http.StatusServiceUnavailable {
		t.Errorf("answered %d", got)
	}
	if got := status(t, s.URL+listPath, s.UserToken("user:default/admin")); got != http.StatusOK {
		t.Errorf("our own tokens are answered %d", got)
	}
}

func TestEveryMadeTokenIsInTheLogBeforeItLeaves(t *testing.T) {
	s := tokentest.Start(t)
	raw := s.UserToken("user:default/alice")
	entries := s.Entries(audit.Query{Actions: []audit.Action{audit.AccessTokenMade}})
	if len(entries) != 1 || entries[0].Name != "user:default/alice" || entries[0].TokenID == "" {
		t.Fatalf("entries: %+v", entries)
	}
	if body, err := entries[0].Encode(); err != nil || strings.Contains(string(body), raw) {
		t.Errorf("the entry holds the token, or %v", err)
	}
}
