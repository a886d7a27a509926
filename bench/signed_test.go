package bench_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/internal/login"
	"github.com/tokenwright/tokenwright/peer"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/verify"
)

// What access JWTs of the measurement say of their issuer.
const (
	benchIssuer   = "http://bench.example/api/auth"
	benchAudience = "backstage"
)

// ecdsaKey is a key on P-256 with what is needed to use it, bare and as the
// product does.
type ecdsaKey struct {
	private *ecdsa.PrivateKey
	signer  jwt.Signer
	keys    jwt.KeySet
}

func newECDSAKey(b *testing.B) ecdsaKey {
	b.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(b, err)
	signer, err := jwt.NewES256Signer("bench", private)
	must(b, err)
	keys, err := jwt.NewKeySet([]jwt.Key{signer.Key()})
	must(b, err)
	return ecdsaKey{private, signer, keys}
}

// accessTokens makes access JWTs as the token endpoint does.
func (k ecdsaKey) accessTokens() *login.AccessTokens {
	return login.NewAccessTokens(login.AccessTokenOptions{
		Issuer: benchIssuer, Audience: benchAudience, Clock: time.Now,
		Signer: func() (jwt.Signer, error) { return k.signer, nil },
	})
}

// verifier verifies them; peers may be nil.
func (k ecdsaKey) verifier(b *testing.B, peers verify.Peers, ttl time.Duration) *verify.Verifier {
	b.Helper()
	v, err := verify.New(verify.Options{
		Formats: formats(b), Source: made{}, Lease: time.Hour, CacheTTL: ttl, CacheEntries: 10_000, Peers: peers,
		Issuers: []verify.Issuer{{
			Issuer: benchIssuer, Audience: benchAudience, Type: login.AccessType, Keys: k.keys, MaxLifetime: login.MaxAccessLifetime,
		}},
	})
	must(b, err)
	v.Heard(time.Now())
	return v
}

// access makes one access JWT.
func (k ecdsaKey) access(b *testing.B) string {
	b.Helper()
	now := time.Now()
	got, err := k.accessTokens().Exchange(b.Context(), login.Exchange{
		User: "user:default/bench", Client: "bench", Session: token.NewID(), Lifetime: 10 * time.Minute, Until: now.Add(time.Hour),
	})
	must(b, err)
	return got.Token.Reveal()
}

// BenchmarkJWT measures the verification of an access JWT in process beside the
// bare check of its signature: the first time, and when it is remembered.
func BenchmarkJWT(b *testing.B) {
	k := newECDSAKey(b)
	raw := k.access(b)
	at := strings.LastIndexByte(raw, '.')
	signature, err := base64.RawURLEncoding.DecodeString(raw[at+1:])
	must(b, err)
	bare := func() {
		hash := sha256.Sum256([]byte(raw[:at]))
		r, s := new(big.Int), new(big.Int)
		r.SetBytes(signature[:32])
		s.SetBytes(signature[32:])
		if !ecdsa.Verify(&k.private.PublicKey, hash[:], r, s) {
			b.Fatal("refused")
		}
	}
	forgetful, mindful := k.verifier(b, nil, 0), k.verifier(b, nil, time.Hour)
	// Each call stands in a function of its own: Verify allocates where it cannot
	// become part of its caller.
	beside("JWT verify, not seen before", "ES256 check", bare, func() {
		_, err := forgetful.Verify(context.Background(), raw, verify.Expect{})
		must(b, err)
	}, "")
	beside("JWT verify, remembered", "ES256 check", bare, func() {
		_, err := mindful.Verify(context.Background(), raw, verify.Expect{})
		must(b, err)
	}, "0 allocations")
	for b.Loop() { // the figures are in the report
	}
}

// BenchmarkPeer measures the verification of a peer's token in process beside a
// bare HMAC of the same text: by a peer.TokenManager, and by a verifier that
// remembers it.
func BenchmarkPeer(b *testing.B) {
	secret := peer.GenerateSecret()
	manager, err := peer.New(peer.Options{Keys: []peer.Key{{
		Caller: peer.Caller{Name: "bench", Unrestricted: true}, Secret: secret,
	}}})
	must(b, err)
	issued, err := manager.GetToken(b.Context())
	must(b, err)
	raw := issued.Reveal()
	key, err := base64.StdEncoding.DecodeString(secret.Reveal())
	must(b, err)
	at := strings.LastIndexByte(raw, '.')
	signature, err := base64.RawURLEncoding.DecodeString(raw[at+1:])
	must(b, err)
	bare := func() {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(raw[:at]))
		if !hmac.Equal(mac.Sum(nil), signature) {
			b.Fatal("refused")
		}
	}
	v := newECDSAKey(b).verifier(b, manager, time.Hour)
	beside("peer verify, by the manager", "HMAC", bare, func() {
		_, err := manager.Authenticate(context.Background(), raw)
		must(b, err)
	}, "")
	beside("peer verify, remembered", "HMAC", bare, func() {
		_, err := v.Verify(context.Background(), raw, verify.Expect{})
		must(b, err)
	}, "0 allocations")
	for b.Loop() { // the figures are in the report
	}
}

// beside reports what a call costs beside the bare operation that it cannot do
// without, and what it allocates.
func beside(what, operation string, bare, call func(), target string) {
	floor, got := compareBatches(bare, call)
	report.set(figure{"P15", what, fmt.Sprintf(
		"%.2fx one bare %s (%.0f of %.0f ns), undisturbed %.2fx (%.0f ns), %.0f allocations",
		got.median/floor.median, operation, got.median, floor.median, got.low/floor.low, got.low,
		testing.AllocsPerRun(100, call)), target})
}
