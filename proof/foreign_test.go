package proof_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/tokentest"
)

const (
	foreignName = "https://backstage.example.com/api/auth"
	foreignType = "vnd.backstage.user"
)

// foreignIssuer signs JWTs that a server accepts, so that a test can make one
// that is bad for a single reason.
type foreignIssuer struct {
	url    string
	signer jwt.Signer
}

func newForeignIssuer(t testing.TB) *foreignIssuer {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	signer, err := jwt.NewES256Signer("foreign", private)
	must(t, err)
	keys, err := jwt.MarshalJWKS([]jwt.Key{signer.Key()})
	must(t, err)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(keys) }))
	t.Cleanup(server.Close)
	return &foreignIssuer{server.URL, signer}
}

// config makes a server accept the issuer.
func (f *foreignIssuer) config() tokentest.Option {
	return tokentest.WithConfig(fmt.Sprintf(
		"sign_in: {issuers: [{issuer: %q, jwks_uri: '%s/jwks.json', audience: backstage, type: %s}]}", foreignName, f.url, foreignType))
}

// sign makes a JWT of the administrator, good for an hour, with some claims
// changed.
func (f *foreignIssuer) sign(t testing.TB, clock *tokentest.Clock, changed map[string]any) string {
	t.Helper()
	now := clock.Now().Unix()
	claims := map[string]any{
		"iss": foreignName, "aud": "backstage", "sub": "user:default/admin", "iat": now, "exp": now + int64(time.Hour/time.Second),
	}
	for name, value := range changed {
		claims[name] = value
	}
	raw, err := f.signer.Sign(foreignType, claims)
	must(t, err)
	return raw
}
