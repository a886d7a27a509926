package peer_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/peer"
	"github.com/tokenwright/tokenwright/token"
)

// published are the keys of another issuer, and how often they were asked for.
type published struct {
	keys  jwt.KeySource
	err   error
	asked *int
}

func (p published) FindKeys(ctx context.Context, kid string) ([]jwt.Key, error) {
	if p.asked != nil {
		*p.asked++
	}
	if p.err != nil || p.keys == nil {
		return nil, p.err
	}
	return p.keys.FindKeys(ctx, kid)
}

// issuer signs as another issuer would.
type issuer struct {
	t      *testing.T
	signer jwt.Signer
	keys   jwt.KeySource
}

func newIssuer(t *testing.T) issuer {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := jwt.NewES256Signer("k1", private)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := jwt.NewKeySet([]jwt.Key{signer.Key()})
	if err != nil {
		t.Fatal(err)
	}
	return issuer{t, signer, keys}
}

// sign gives a token; claims replace or, when nil, remove those of a good one.
func (i issuer) sign(typ string, good, claims map[string]any) string {
	i.t.Helper()
	all := map[string]any{}
	for name, value := range good {
		all[name] = value
	}
	for name, value := range claims {
		if all[name] = value; value == nil {
			delete(all, name)
		}
	}
	raw, err := i.signer.Sign(typ, all)
	if err != nil {
		i.t.Fatal(err)
	}
	return raw
}

// The recorded cases of the reference's key sets, and what could be got past
// them.
func TestAForeignTokenMeetsAllThatIsConfiguredForItsIssuer(t *testing.T) {
	i := newIssuer(t)
	m := manager(t, peer.Options{
		Keys: []peer.Key{key("scaffolder", ours)},
		JWKS: []peer.JWKS{{
			Caller: peer.Caller{Name: "builds", Scopes: token.Scopes{"catalog:read"}}, Keys: i.keys,
			Issuers: []string{"https://issuer.example"}, Audiences: []string{"ext-api", "backstage"},
			Algorithms: []string{"ES256"}, SubjectPrefix: "gha",
		}},
	})
	good := map[string]any{
		"iss": "https://issuer.example", "sub": "repo:acme/x", "aud": "ext-api",
		"iat": start.Unix(), "exp": start.Add(5 * time.Minute).Unix(),
	}
	who, err := m.Authenticate(t.Context(), i.sign("", good, nil))
	if err != nil || who.Subject != "external:gha:repo:acme/x" || who.Name != "" || !who.Covers("catalog:read") {
		t.Fatalf("got %+v, %v", who, err)
	}
	for _, tc := range []struct {
		name, typ string
		claims    map[string]any
		want      error
	}{
		{"typ JWT", "JWT", nil, nil},
		{"typ at+jwt", "at+jwt", nil, nil},
		{"aud backstage (PEER-23)", "", map[string]any{"aud": "backstage"}, nil},
		{"aud backstage in a list (PEER-23)", "", map[string]any{"aud": []string{"backstage"}}, nil},
		{"another typ", "logout+jwt", nil, token.ErrWrongKind},
		{"another issuer", "", map[string]any{"iss": "https://issuer.example/"}, token.ErrIssuer},
		{"no issuer", "", map[string]any{"iss": nil}, token.ErrIssuer},
		{"wrong aud", "", map[string]any{"aud": "other"}, token.ErrAudience},
		{"no aud (PEER-22)", "", map[string]any{"aud": nil}, token.ErrAudience},
		{"expired", "", map[string]any{"exp": start.Unix() - 5}, token.ErrExpired},
		{"no exp (PEER-01)", "", map[string]any{"exp": nil}, token.ErrClaimType},
		{"no sub", "", map[string]any{"sub": nil}, token.ErrSubject},
		{"sub with a line break", "", map[string]any{"sub": "a\nb"}, token.ErrSubject},
		{"exp in a year", "", map[string]any{"exp": start.Unix() + 365*86400}, token.ErrLifetime},
	} {
		if _, err := m.Authenticate(t.Context(), i.sign(tc.typ, good, tc.claims)); !errors.Is(err, tc.want) {
			t.Errorf("%s: error = %v, want %v", tc.name, err, tc.want)
		}
	}
	if _, err := m.Authenticate(t.Context(), newIssuer(t).sign("", good, nil)); !errors.Is(err, token.ErrSignature) {
		t.Errorf("keys of somebody else: error = %v, want ErrSignature", err)
	}
}

func TestAForeignSubjectNeverBecomesThatOfAConfiguredCaller(t *testing.T) {
	i := newIssuer(t)
	m := manager(t, peer.Options{
		Keys: []peer.Key{key("scaffolder", ours)},
		JWKS: []peer.JWKS{{
			Issuers: []string{"https://issuer.example"}, Audiences: []string{"x"}, Algorithms: []string{"ES256"}, Keys: i.keys,
		}},
	})
	for _, sub := range []string{"scaffolder", "backstage-plugin"} {
		raw := i.sign("", map[string]any{"iss": "https://issuer.example", "sub": sub, "aud": "x", "exp": start.Unix() + 60}, nil)
		if who, err := m.Authenticate(t.Context(), raw); !errors.Is(err, token.ErrSubject) {
			t.Errorf("%s: got %+v, %v; want ErrSubject", sub, who, err)
		}
	}
}

// PEER-22: a source that does not answer is no reason to throw a token away.
func TestKeysThatCannotBeReadAreNoRefusal(t *testing.T) {
	i := newIssuer(t)
	m := manager(t, peer.Options{JWKS: []peer.JWKS{{
		Issuers: []string{"https://issuer.example"}, Audiences: []string{"x"}, Algorithms: []string{"ES256"},
		Keys: published{err: token.Unavailable(errors.New("no route"))},
	}}})
	raw := i.sign("", map[string]any{"iss": "https://issuer.example", "sub": "a", "aud": "x", "exp": start.Unix() + 60}, nil)
	if _, err := m.Authenticate(t.Context(), raw); !errors.Is(err, token.ErrUnavailable) {
		t.Errorf("error = %v, want ErrUnavailable", err)
	}
}

func TestRecordedTokensOfPluginsAreDecidedAsTheContractSays(t *testing.T) {
	var file struct {
		Now   int64
		JWKS  json.RawMessage
		Setup struct{ OwnPluginID, CallingPlugin string }
		// User tokens are none of ours: they are refused as credentials of peers.
		UserTokens, PluginTokens []struct{ ID, Token, Tokenwright string }
	}
	vectors(t, "backstage-user-plugin-tokens.json", &file)
	if len(file.PluginTokens) == 0 {
		t.Fatal("the file yields no case")
	}
	list, err := jwt.ParseJWKS(file.JWKS)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := jwt.NewKeySet(list)
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	m := manager(t, peer.Options{
		Clock: func() time.Time { return time.Unix(file.Now, 0) }, PluginID: file.Setup.OwnPluginID,
		Plugins: []peer.Plugin{{ID: file.Setup.CallingPlugin, Keys: published{keys: keys, asked: &asked}}}, Users: keys,
	})
	for _, tc := range file.PluginTokens {
		who, err := m.Authenticate(t.Context(), tc.Token)
		if got := map[bool]string{true: "accept", false: "refuse"}[err == nil]; got != tc.Tokenwright {
			t.Errorf("%s: %s with %v, want %s", tc.ID, got, err, tc.Tokenwright)
		}
		if err != nil {
			continue
		}
		want := peer.Principal{Subject: "plugin:scaffolder"}
		if tc.ID == "plugin_obo" {
			want = peer.Principal{Subject: "user:default/alice", Actor: "plugin:scaffolder"}
		}
		if who.Subject != want.Subject || who.Actor != want.Actor || who.Covers("catalog:read") {
			t.Errorf("%s: got %+v, want %+v without rights", tc.ID, who, want)
		}
	}
	asked = 0
	for _, tc := range file.UserTokens {
		if who, err := m.Authenticate(t.Context(), tc.Token); !errors.Is(err, token.ErrUnauthenticated) {
			t.Errorf("%s: got %+v, %v; want it refused", tc.ID, who, err)
		}
	}
	if asked != 0 {
		t.Errorf("keys were asked for %d times for tokens that are none of a plugin's", asked)
	}
}

// PEER-25, PEER-26.
func TestWhatAPluginMayNotSay(t *testing.T) {
	i, users := newIssuer(t), newIssuer(t)
	asked := 0
	m := manager(t, peer.Options{
		PluginID: "catalog", Users: users.keys,
		Plugins: []peer.Plugin{{ID: "scaffolder", Keys: published{keys: i.keys, asked: &asked}}},
	})
	good := map[string]any{"sub": "scaffolder", "aud": "catalog", "iat": start.Unix(), "exp": start.Unix() + 3600}
	alice := map[string]any{"sub": "user:default/alice", "iat": start.Unix(), "exp": start.Unix() + 3600}
	limited := users.sign("vnd.backstage.limited-user", alice, nil)
	sign := func(claims map[string]any) string { return i.sign("vnd.backstage.plugin", good, claims) }
	for _, tc := range []struct {
		name string
		raw  string
		want error
	}{
		{"as it should be", sign(nil), nil},
		{"for a user", sign(map[string]any{"obo": limited}), nil},
		{"an unknown plugin", sign(map[string]any{"sub": "search"}), token.ErrSubject},
		{"a path", sign(map[string]any{"sub": "../x"}), token.ErrSubject},
		{"no sub", sign(map[string]any{"sub": nil}), token.ErrSubject},
		{"a sub that is no text", sign(map[string]any{"sub": 1}), token.ErrSubject},
		{"no iat", sign(map[string]any{"iat": nil}), token.ErrClaimType},
		{"two hours", sign(map[string]any{"exp": start.Unix() + 7200}), token.ErrLifetime},
		{"two hours from an iat ahead", sign(map[string]any{"iat": start.Unix() + 3600, "exp": start.Unix() + 7200}), token.ErrLifetime},
		{"obo of somebody else", sign(map[string]any{"obo": i.sign("vnd.backstage.limited-user", alice, nil)}), token.ErrSignature},
		{"obo of another typ", sign(map[string]any{"obo": users.sign("vnd.backstage.user", alice, nil)}), token.ErrWrongKind},
		{"obo that ends sooner", sign(map[string]any{"obo": users.sign("vnd.backstage.limited-user", alice, map[string]any{"exp": start.Unix() + 60})}), token.ErrLifetime},
		{"obo in another spelling", sign(map[string]any{"obo": users.sign("vnd.backstage.limited-user", alice, map[string]any{"sub": "user:default/Alice"})}), token.ErrSubject},
		{"obo that is no text", sign(map[string]any{"obo": map[string]any{}}), token.ErrMalformed},
		{"a limited user alone", limited, token.ErrAlgorithm},
	} {
		if _, err := m.Authenticate(t.Context(), tc.raw); !errors.Is(err, tc.want) {
			t.Errorf("%s: error = %v, want %v", tc.name, err, tc.want)
		}
	}
	asked = 0
	for n := range 100 {
		_, _ = m.Authenticate(t.Context(), sign(map[string]any{"sub": fmt.Sprint("plugin-", n)}))
	}
	if asked != 0 {
		t.Errorf("unknown plugins made %d look-ups of keys", asked)
	}
}
