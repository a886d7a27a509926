package jwt_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/token"
)

// FuzzVerify gives anything as a token: it is the one good token, or it is
// refused as not authenticated. Nothing panics.
func FuzzVerify(f *testing.F) {
	secret := bytes.Repeat([]byte{7}, 32)
	signer, err := jwt.NewHS256Signer("k", secret)
	if err != nil {
		f.Fatal(err)
	}
	set, err := jwt.NewKeySet([]jwt.Key{signer.Key()})
	if err != nil {
		f.Fatal(err)
	}
	now := time.Unix(1_767_225_600, 0)
	good, err := signer.Sign("JWT", map[string]any{
		"iss": "i", "sub": "s", "aud": "a", "iat": now.Unix(), "exp": now.Unix() + 60,
	})
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{
		good, good + "\n", " " + good, strings.Replace(good, ".", "..", 1), "..", b64(`{"alg":"none"}`) + ".e30.",
		b64(`{"alg":"HS256","crit":["x"]}`) + ".e30.AA", strings.Repeat(".", 100),
	} {
		f.Add(seed)
	}
	expect := jwt.Expect{Type: "JWT", Issuer: "i", Audience: "a", MaxLifetime: time.Minute, Now: now}
	f.Fuzz(func(t *testing.T, raw string) {
		_, err := jwt.Verify(t.Context(), raw, set, expect)
		if err == nil && raw != good {
			t.Fatalf("accepted: %q", raw)
		}
		if err != nil && !errors.Is(err, token.ErrUnauthenticated) {
			t.Fatalf("%q: error = %v", raw, err)
		}
		_, _ = jwt.UnverifiedIssuer(raw)
	})
}

// FuzzSignedToken signs anything as header and claims with the real key, so
// that what stands behind the signature check is reached.
func FuzzSignedToken(f *testing.F) {
	signer, err := jwt.NewHS256Signer("", bytes.Repeat([]byte{7}, 32))
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range [][2]string{
		{`{"alg":"HS256"}`, `{"iss":"i","sub":"s","aud":["a"],"iat":1,"exp":2}`},
		{`{"alg":"HS256","kid":"k","typ":"application/JWT"}`, `{"exp":9007199254740991,"aud":"a","nbf":0}`},
		{`{"alg":"HS256","ALG":"none"}`, `{"\u0065xp":1}`},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, header, payload string) {
		raw := macWith256(header, payload)
		opened, err := jwt.Open(context.Background(), raw, nameless{signer.Key()}, 0)
		if err != nil {
			if !errors.Is(err, token.ErrUnauthenticated) {
				t.Fatalf("%q: error = %v", header, err)
			}
			return
		}
		if opened.Header.Algorithm != jwt.HS256 || string(opened.Payload) != payload {
			t.Fatalf("%q was opened as %+v", raw, opened)
		}
		if _, err := jwt.ParseClaims(opened.Payload); err != nil && !errors.Is(err, token.ErrMalformed) {
			t.Fatalf("%q: error = %v", payload, err)
		}
	})
}

// FuzzKeySet reads anything as a key set; what is accepted can be published
// and reads back the same.
func FuzzKeySet(f *testing.F) {
	f.Add([]byte(`{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"a"}]}`))
	f.Add([]byte(`{"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","kid":"b","use":"sig"}]}`))
	f.Add([]byte(`{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB","kid":"c"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		keys, err := jwt.ParseJWKS(data)
		if err != nil {
			if !errors.Is(err, token.ErrInvalid) {
				t.Fatalf("%q: error = %v", data, err)
			}
			return
		}
		set, err := jwt.MarshalJWKS(keys)
		if err != nil {
			t.Fatalf("%q: %v", data, err)
		}
		if again, err := jwt.ParseJWKS(set); err != nil || len(again) != len(keys) {
			t.Fatalf("%s: %d keys, %v", set, len(again), err)
		}
	})
}
