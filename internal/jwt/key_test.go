package jwt_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/token"
)

// nameless is a source of keys that tokens do not name, as peers have them.
type nameless []jwt.Key

func (n nameless) FindKeys(context.Context, string) ([]jwt.Key, error) { return n, nil }

// TestPublishedExamplesVerify takes RFC 7515 appendix A.1 (HS256) and A.3
// (ES256) and RFC 8037 appendix A.4 (Ed25519).
func TestPublishedExamplesVerify(t *testing.T) {
	decode := func(s string) []byte {
		out, err := base64.RawURLEncoding.DecodeString(s)
		must(t, err)
		return out
	}
	mac, err := jwt.NewHS256Key("", decode("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"))
	must(t, err)
	point := append([]byte{4}, decode("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU")...)
	point = append(point, decode("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0")...)
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	must(t, err)
	ec, err := jwt.NewES256Key("ec", public)
	must(t, err)
	ed, err := jwt.NewEdDSAKey("ed", decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"))
	must(t, err)
	const claims = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
	for _, raw := range []string{
		"eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." + claims + ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
		"eyJhbGciOiJFUzI1NiJ9." + claims + ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
		"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
	} {
		opened, err := jwt.Open(t.Context(), raw, nameless{mac, ec, ed}, 0)
		if err != nil {
			t.Errorf("%s: %v", raw, err)
			continue
		}
		if opened.Key.Algorithm() != opened.Header.Algorithm || len(opened.Payload) == 0 {
			t.Errorf("opened by %s: %q", opened.Key.Algorithm(), opened.Payload)
		}
	}
}

func TestRS256Verifies(t *testing.T) {
	w := newWorld(t)
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	key, err := jwt.NewRS256Key("rsa-1", &private.PublicKey)
	must(t, err)
	set, err := jwt.NewKeySet([]jwt.Key{key})
	must(t, err)
	text := b64(`{"typ":"vnd.backstage.user","alg":"RS256","kid":"rsa-1"}`) + "." + b64(w.claims())
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, private, crypto.SHA256, sum[:])
	must(t, err)
	if _, err := jwt.Verify(t.Context(), text+"."+b64(signature), set, w.expect()); err != nil {
		t.Error(err)
	}
	signature[100] ^= 1
	_, err = jwt.Verify(t.Context(), text+"."+b64(signature), set, w.expect())
	wantRefused(t, "changed RS256 signature", err)
}

func TestTwinSignatureOfForeignKeysVerifies(t *testing.T) {
	w := newWorld(t)
	key, err := jwt.NewES256Key(ecID, &w.ec.PublicKey)
	must(t, err)
	raw := w.good()[0]
	header, payload, signature := parts(raw)
	bytes64, err := base64.RawURLEncoding.DecodeString(signature)
	must(t, err)
	r, s := new(big.Int).SetBytes(bytes64[:32]), new(big.Int).SetBytes(bytes64[32:])
	twin := header + "." + payload + "." + b64(scalars(r, s.Sub(w.ec.Params().N, s)))
	if _, err := jwt.Open(t.Context(), twin, nameless{key}, 0); err != nil {
		t.Errorf("a key of another issuer: %v", err)
	}
	if _, err := jwt.Open(t.Context(), twin, nameless{key.LowS()}, 0); !errors.Is(err, token.ErrSignature) {
		t.Errorf("a key of our own: error = %v, want ErrSignature (A-13)", err)
	}
}

func TestWeakKeysAreRefused(t *testing.T) {
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	must(t, err)
	_, err384 := jwt.NewES256Key("k", &p384.PublicKey)
	p256, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	_, errID := jwt.NewES256Key("../k", &p256.PublicKey)
	_, errNil := jwt.NewES256Key("k", nil)
	modulus := func(bits uint) *big.Int {
		return new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), bits), big.NewInt(1))
	}
	_, errRSA := jwt.NewRS256Key("k", &rsa.PublicKey{N: modulus(2047), E: 65537})
	_, errHuge := jwt.NewRS256Key("k", &rsa.PublicKey{N: modulus(8193), E: 65537})
	_, errExponent := jwt.NewRS256Key("k", &rsa.PublicKey{N: modulus(2048), E: 1})
	_, errEven := jwt.NewRS256Key("k", &rsa.PublicKey{N: modulus(2048), E: 65536})
	_, errEd := jwt.NewEdDSAKey("k", ed25519.PublicKey("short"))
	_, errMAC := jwt.NewHS256Key("k", make([]byte, 31))
	for name, err := range map[string]error{
		"P-384": err384, "kid": errID, "nil": errNil, "2047 bits": errRSA, "8193 bits": errHuge,
		"exponent 1": errExponent, "even exponent": errEven, "Ed25519": errEd, "31 bytes": errMAC,
	} {
		if !errors.Is(err, token.ErrInvalid) || token.Message(err) == "" {
			t.Errorf("%s: error = %v, want ErrInvalid with a message", name, err)
		}
	}
}

func TestZeroKeyVerifiesNothing(t *testing.T) {
	w := newWorld(t)
	for _, raw := range append(w.good(), macWith(sha256.New, nil, `{"alg":""}`, w.claims())) {
		if _, err := jwt.Open(t.Context(), raw, nameless{{}}, 0); err == nil {
			t.Errorf("accepted: %s", raw)
		}
	}
}

// A modulus that is a power of 65537 modulo all small primes is what the
// generator of CVE-2017-15361 makes; the test makes one from the other end.
func TestKeysThatCanBeFactoredAreRefused(t *testing.T) {
	product := big.NewInt(1)
	for p := int64(3); p <= 167; p += 2 {
		if big.NewInt(p).ProbablyPrime(0) {
			product.Mul(product, big.NewInt(p))
		}
	}
	modulus := new(big.Int).Lsh(big.NewInt(1), 2048)
	modulus.Sub(modulus, new(big.Int).Mod(modulus, product))
	modulus.Add(modulus, new(big.Int).Exp(big.NewInt(65537), big.NewInt(12345), product))
	for modulus.Bit(0) == 0 {
		modulus.Add(modulus, product) // odd, so one step is enough
	}
	_, err := jwt.NewRS256Key("k", &rsa.PublicKey{N: modulus, E: 65537})
	if !errors.Is(err, token.ErrInvalid) || !strings.Contains(err.Error(), "CVE-2017-15361") {
		t.Errorf("error = %v, want one that names the weakness", err)
	}
	modulus.Add(modulus, big.NewInt(2))
	if _, err := jwt.NewRS256Key("k", &rsa.PublicKey{N: modulus, E: 65537}); err != nil {
		t.Errorf("the next odd number: %v", err)
	}
}

func TestKeyWithoutANameIsNotGuessed(t *testing.T) {
	w := newWorld(t)
	key, err := jwt.NewES256Key(ecID, &w.ec.PublicKey)
	must(t, err)
	single, err := jwt.NewKeySet([]jwt.Key{key})
	must(t, err)
	if keys, err := single.FindKeys(t.Context(), ""); err != nil || len(keys) != 0 {
		t.Errorf("the only key of a set was found without a kid: %v", err)
	}
	// Not even when a source gives its keys to whoever asks.
	raw := w.ecSign(fmt.Sprintf(`{"typ":%q,"alg":"ES256"}`, userType), w.claims())
	if _, err := jwt.Verify(t.Context(), raw, nameless{key}, w.expect()); !errors.Is(err, token.ErrSignature) {
		t.Errorf("error = %v, want ErrSignature", err)
	}
}

func TestSetNamesEachKeyOnce(t *testing.T) {
	named, err := jwt.NewHS256Key("k", make([]byte, 32))
	must(t, err)
	unnamed, err := jwt.NewHS256Key("", make([]byte, 32))
	must(t, err)
	for _, keys := range [][]jwt.Key{{named, named}, {unnamed}, {{}}} {
		if _, err := jwt.NewKeySet(keys); !errors.Is(err, token.ErrInvalid) {
			t.Errorf("error = %v, want ErrInvalid", err)
		}
	}
}
