package jwt_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/token"
)

// published gives one public key of each sort.
func published(t *testing.T) []jwt.Key {
	t.Helper()
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	ecKey, err := jwt.NewES256Key("ec", &ec.PublicKey)
	must(t, err)
	rsaPrivate, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	rsaKey, err := jwt.NewRS256Key("rsa", &rsaPrivate.PublicKey)
	must(t, err)
	ed, _, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	edKey, err := jwt.NewEdDSAKey("ed", ed)
	must(t, err)
	return []jwt.Key{ecKey, rsaKey, edKey}
}

func TestPublishedSetReadsBack(t *testing.T) {
	keys := published(t)
	set, err := jwt.MarshalJWKS(keys)
	must(t, err)
	got, err := jwt.ParseJWKS(set)
	must(t, err)
	again, err := jwt.MarshalJWKS(got)
	must(t, err)
	if diff := cmp.Diff(string(set), string(again)); diff != "" {
		t.Error(diff)
	}
	for i := range keys {
		if got[i].ID() != keys[i].ID() || got[i].Algorithm() != keys[i].Algorithm() || got[i].IsSecret() {
			t.Errorf("key %d reads back as %s %s", i, got[i].ID(), got[i].Algorithm())
		}
	}
}

func TestPublishedFormOfAnES256Key(t *testing.T) {
	w := newWorld(t)
	key, err := jwt.NewES256Key("k-1", &w.ec.PublicKey)
	must(t, err)
	got, err := jwt.MarshalJWKS([]jwt.Key{key})
	must(t, err)
	point, err := w.ec.PublicKey.Bytes()
	must(t, err)
	want := fmt.Sprintf(`{"keys":[{"kty":"EC","x":%q,"y":%q,"crv":"P-256","kid":"k-1","alg":"ES256","use":"sig"}]}`,
		b64(point[1:33]), b64(point[33:]))
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
	if empty, err := jwt.MarshalJWKS(nil); err != nil || string(empty) != `{"keys":[]}` {
		t.Errorf("empty set = %s, %v", empty, err)
	}
}

func TestSecretsAreNeverPublished(t *testing.T) {
	key, err := jwt.NewHS256Key("k", make([]byte, 32))
	must(t, err)
	if set, err := jwt.MarshalJWKS([]jwt.Key{key}); err == nil {
		t.Errorf("published: %s", set)
	}
}

// entry writes the JWK of the world's ES256 key with members replaced.
func (w world) entry(changes ...string) string {
	point, err := w.ec.PublicKey.Bytes()
	must(w.t, err)
	members := map[string]string{
		"kty": `"EC"`, "crv": `"P-256"`, "x": quote(b64(point[1:33])), "y": quote(b64(point[33:])), "kid": `"ec"`,
		"alg": `"ES256"`, "use": `"sig"`,
	}
	for i := 0; i < len(changes); i += 2 {
		members[changes[i]] = changes[i+1]
	}
	var out []string
	for name, value := range members {
		if value != "" {
			out = append(out, quote(name)+":"+value)
		}
	}
	return "{" + strings.Join(out, ",") + "}"
}

func keySet(entries ...string) []byte {
	return []byte(`{"keys":[` + strings.Join(entries, ",") + `]}`)
}

func TestUnsoundSetsAreRefused(t *testing.T) {
	w := newWorld(t)
	secret := `{"kty":"oct","kid":"s","alg":"HS256","k":"` + b64(make([]byte, 32)) + `"}`
	modulus := func(bits uint) string {
		return b64(new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), bits), big.NewInt(1)).Bytes())
	}
	rsaEntry := func(n, e string) string {
		return fmt.Sprintf(`{"kty":"RSA","kid":"r","alg":"RS256","n":%q,"e":%q}`, n, e)
	}
	zeros := quote(b64(make([]byte, 32)))
	for name, set := range map[string][]byte{
		"secret":               keySet(secret),
		"secret beside public": keySet(w.entry(), secret),
		"private part":         keySet(w.entry("d", zeros)),
		"same kid":             keySet(w.entry(), w.entry()),
		"RSA of 1024 bits":     keySet(rsaEntry(modulus(1024), "AQAB")),
		"RSA exponent 1":       keySet(rsaEntry(modulus(2048), "AQ")),
		"RSA leading zero":     keySet(rsaEntry(modulus(2048), "AAEAAQ")),
		"RSA long exponent":    keySet(rsaEntry(modulus(2048), "AQAAAAE")),
		"point off the curve":  keySet(w.entry("x", zeros)),
		"point at infinity":    keySet(w.entry("x", zeros, "y", zeros)),
		"short coordinate":     keySet(w.entry("x", quote(b64(make([]byte, 31))))),
		"respelled coordinate": keySet(w.entry("x", `"AAA="`)),
		"other curve":          keySet(w.entry("crv", `"P-384"`)),
		"other type":           keySet(w.entry("kty", `"RSA"`)),
		"kid with a path":      keySet(w.entry("kid", `"../k"`)),
		"kid of another type":  keySet(w.entry("kid", `1`)),
		"case twin":            []byte(`{"keys":[],"KEYS":[]}`),
		"case twin in a key":   keySet(w.entry("KID", `"x"`)),
		"no keys":              []byte(`{}`),
		"keys no array":        []byte(`{"keys":{}}`),
		"keys null":            []byte(`{"keys":null}`),
		"key no object":        keySet(`1`),
		"null key":             keySet(`null`),
		"not JSON":             []byte(`{"keys":[`),
		"too many":             keySet(strings.Split(strings.TrimSuffix(strings.Repeat("{} ", 101), " "), " ")...),
		"too long":             []byte(`{"keys":[]` + strings.Repeat(" ", 64<<10) + `}`),
	} {
		if _, err := jwt.ParseJWKS(set); !errors.Is(err, token.ErrInvalid) || token.Message(err) == "" {
			t.Errorf("%s: error = %v, want ErrInvalid with a message", name, err)
		}
	}
}

func TestUselessKeysAreLeftOut(t *testing.T) {
	w := newWorld(t)
	for name, entry := range map[string]string{
		"for encryption":    w.entry("kid", `"x"`, "use", `"enc"`),
		"other algorithm":   w.entry("kid", `"x"`, "alg", `"ES512"`),
		"other curve":       w.entry("kid", `"x"`, "alg", "", "crv", `"secp256k1"`),
		"unknown type":      `{"kty":"AKP","kid":"x"}`,
		"without kid":       w.entry("kid", ""),
		"not for verifying": w.entry("kid", `"x"`, "key_ops", `["sign"]`),
	} {
		keys, err := jwt.ParseJWKS(keySet(entry, w.entry("alg", "", "use", "", "key_ops", `["verify"]`)))
		if err != nil || len(keys) != 1 || keys[0].ID() != "ec" || keys[0].Algorithm() != jwt.ES256 {
			t.Errorf("%s: %d keys, %v", name, len(keys), err)
		}
	}
}

func TestSetOfSecretsHoldsNothingElse(t *testing.T) {
	w := newWorld(t)
	secret := func(kid, alg string, size int) string {
		return fmt.Sprintf(`{"kty":"oct","kid":%q,"alg":%q,"k":%q}`, kid, alg, b64(make([]byte, size)))
	}
	keys, err := jwt.ParseSecretJWKS(keySet(secret("a", "HS256", 32), secret("b", "HS256", 64), secret("c", "A256GCM", 32)))
	if err != nil || len(keys) != 2 || !keys[0].IsSecret() {
		t.Errorf("%d keys, %v", len(keys), err)
	}
	for name, set := range map[string][]byte{
		"mixed": keySet(secret("a", "HS256", 32), w.entry()), "same kid": keySet(secret("a", "HS256", 32), secret("a", "HS256", 33)),
		"short": keySet(secret("a", "HS256", 31)), "empty": keySet(secret("a", "HS256", 0)),
	} {
		if _, err := jwt.ParseSecretJWKS(set); !errors.Is(err, token.ErrInvalid) {
			t.Errorf("%s: error = %v, want ErrInvalid", name, err)
		}
	}
}
