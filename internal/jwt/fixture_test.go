package jwt_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/token"
)

const (
	userType = "vnd.backstage.user"
	issuer   = "https://tokens.example.com/api/auth"
	audience = "backstage"
	ecID     = "ec-1"
	macID    = "mac-1"
)

// world is an issuer with one ES256 and one HS256 key. It signs with the
// standard library alone, so that what is verified was not made by the package
// under test.
type world struct {
	t      *testing.T
	ec     *ecdsa.PrivateKey
	secret []byte
	keys   jwt.KeySet
	now    time.Time
}

func newWorld(t *testing.T) world {
	t.Helper()
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	secret := make([]byte, 32)
	_, _ = rand.Read(secret)
	ecKey, err := jwt.NewES256Key(ecID, &ec.PublicKey)
	must(t, err)
	macKey, err := jwt.NewHS256Key(macID, secret)
	must(t, err)
	keys, err := jwt.NewKeySet([]jwt.Key{ecKey.LowS(), macKey})
	must(t, err)
	return world{t, ec, secret, keys, time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
}

func (w world) expect() jwt.Expect {
	return jwt.Expect{
		Type: userType, Issuer: issuer, Audience: audience,
		MaxLifetime: 15 * time.Minute, Now: w.now,
	}
}

func (w world) verify(raw string) error {
	_, err := jwt.Verify(w.t.Context(), raw, w.keys, w.expect())
	return err
}

// claims writes good claims with some members replaced; the value "" takes a
// member out. Values are JSON.
func (w world) claims(changes ...string) string {
	values := map[string]string{
		"iss": quote(issuer), "sub": `"user:default/alice"`, "aud": quote(audience),
		"iat": fmt.Sprint(w.now.Unix()), "exp": fmt.Sprint(w.now.Unix() + 600), "jti": `"j-1"`,
	}
	names := []string{"iss", "sub", "aud", "iat", "exp", "jti"}
	for i := 0; i < len(changes); i += 2 {
		if _, ok := values[changes[i]]; !ok {
			names = append(names, changes[i])
		}
		values[changes[i]] = changes[i+1]
	}
	var members []string
	for _, name := range names {
		if values[name] != "" {
			members = append(members, quote(name)+":"+values[name])
		}
	}
	return "{" + strings.Join(members, ",") + "}"
}

// ecHeader and macHeader write good headers with further members, each with
// its comma before it.
func ecHeader(more string) string {
	return fmt.Sprintf(`{"typ":%q,"alg":"ES256","kid":%q%s}`, userType, ecID, more)
}

func macHeader(more string) string {
	return fmt.Sprintf(`{"typ":%q,"alg":"HS256","kid":%q%s}`, userType, macID, more)
}

// good gives one good token of each key.
func (w world) good() []string {
	return []string{w.ecSign(ecHeader(""), w.claims()), w.macSign(macHeader(""), w.claims())}
}

// both signs one change of the header or the claims with both real keys.
func (w world) both(moreHeader, claims string) []string {
	return []string{w.ecSign(ecHeader(moreHeader), claims), w.macSign(macHeader(moreHeader), claims)}
}

// withClaims signs claims, each with both real keys.
func (w world) withClaims(claims ...string) (raws []string) {
	for _, one := range claims {
		raws = append(raws, w.both("", one)...)
	}
	return raws
}

func (w world) ecSign(header, payload string) string {
	return signWith(w.t, w.ec, b64(header)+"."+b64(payload))
}

// signWith appends the ES256 signature with the lesser s.
func signWith(t *testing.T, key *ecdsa.PrivateKey, text string) string {
	t.Helper()
	sum := sha256.Sum256([]byte(text))
	r, s, err := ecdsa.Sign(rand.Reader, key, sum[:])
	must(t, err)
	if n := key.Params().N; s.Cmp(new(big.Int).Rsh(n, 1)) > 0 {
		s.Sub(n, s)
	}
	return text + "." + b64(scalars(r, s))
}

func (w world) macSign(header, payload string) string {
	return macWith(sha256.New, w.secret, header, payload)
}

func macWith(newHash func() hash.Hash, secret []byte, header, payload string) string {
	text := b64(header) + "." + b64(payload)
	m := hmac.New(newHash, secret)
	m.Write([]byte(text))
	return text + "." + b64(m.Sum(nil))
}

// scalars writes r and s side by side.
func scalars(r, s *big.Int) []byte {
	out := make([]byte, 64)
	r.FillBytes(out[:32])
	s.FillBytes(out[32:])
	return out
}

// parts cuts a token.
func parts(raw string) (header, payload, signature string) {
	p := strings.Split(raw, ".")
	return p[0], p[1], p[2]
}

func b64[T string | []byte](v T) string { return base64.RawURLEncoding.EncodeToString([]byte(v)) }

func quote(s string) string {
	out, _ := json.Marshal(s)
	return string(out)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wantRefused demands that a token is refused as one that is not good, and for
// one reason only.
func wantRefused(t *testing.T, what string, err error) {
	t.Helper()
	if err == nil {
		t.Errorf("accepted: %.300s", what)
	} else if !errors.Is(err, token.ErrUnauthenticated) {
		t.Errorf("error = %v, want one that means not authenticated: %.300s", err, what)
	}
}

// macWith256 signs with the secret that the fuzz targets use.
func macWith256(header, payload string) string {
	return macWith(sha256.New, bytes.Repeat([]byte{7}, 32), header, payload)
}
