package jwt_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/token"
)

// Peers list several secrets and name none of them in their tokens.
func TestEachOfSeveralSecretsVerifiesAndIsNamed(t *testing.T) {
	var secrets nameless
	for i := range 3 {
		secret := bytes.Repeat([]byte{byte(i + 1)}, 32)
		key, err := jwt.NewHS256Key("", secret)
		must(t, err)
		secrets = append(secrets, key)
	}
	signer, err := jwt.NewHS256Signer("", bytes.Repeat([]byte{2}, 32))
	must(t, err)
	raw, err := signer.Sign("", struct {
		Subject string `json:"sub"`
		Expiry  int64  `json:"exp"`
	}{"backstage-server", 1767229200})
	must(t, err)
	const start = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJiYWNrc3RhZ2Utc2VydmVyIiwiZXhwIjoxNzY3MjI5MjAwfQ."
	if !strings.HasPrefix(raw, start) {
		t.Errorf("token = %s, want the wire form of a peer token", raw)
	}
	opened, err := jwt.Open(t.Context(), raw, secrets, 0)
	must(t, err)
	if opened.Key != secrets[1] {
		t.Error("the key is not the one that verified")
	}
	if _, err := jwt.Open(t.Context(), raw, secrets[:1], 0); !errors.Is(err, token.ErrSignature) {
		t.Errorf("error = %v, want ErrSignature", err)
	}
}

func TestSignerRoundTrips(t *testing.T) {
	w := newWorld(t)
	ec, err := jwt.NewES256Signer(ecID, w.ec)
	must(t, err)
	mac, err := jwt.NewHS256Signer(macID, w.secret)
	must(t, err)
	type claims struct {
		Issuer   string `json:"iss"`
		Subject  string `json:"sub"`
		Audience string `json:"aud"`
		IssuedAt int64  `json:"iat"`
		Expiry   int64  `json:"exp"`
	}
	c := claims{issuer, "user:default/<&>é", audience, w.now.Unix(), w.now.Unix() + 60}
	for _, signer := range []jwt.Signer{ec, mac} {
		for range 50 { // s is the greater one in half of all signatures
			raw, err := signer.Sign(userType, c)
			must(t, err)
			got, err := jwt.Verify(t.Context(), raw, w.keys, w.expect())
			if err != nil || got.Subject != c.Subject {
				t.Fatalf("subject = %q, %v", got.Subject, err)
			}
			header, payload, _ := parts(raw)
			if want := fmt.Sprintf(`{"typ":%q,"alg":%q,"kid":%q}`, userType, signer.Key().Algorithm(), signer.Key().ID()); header != b64(want) {
				t.Fatalf("header = %s, want %s", header, want)
			}
			if want := fmt.Sprintf(`{"iss":%q,"sub":"user:default/<&>é","aud":"backstage","iat":%d,"exp":%d}`, issuer, c.IssuedAt, c.Expiry); payload != b64(want) {
				t.Fatalf("payload is not %s", want)
			}
		}
	}
}

func TestSignerRefusesWhatIsNoObject(t *testing.T) {
	w := newWorld(t)
	signer, err := jwt.NewHS256Signer("", w.secret)
	must(t, err)
	for _, claims := range []any{nil, 1, "x", []string{"x"}, func() {}} {
		if raw, err := signer.Sign(userType, claims); err == nil {
			t.Errorf("%T was signed: %s", claims, raw)
		}
	}
	if _, err := (jwt.Signer{}).Sign(userType, struct{}{}); err == nil {
		t.Error("the zero Signer signed")
	}
}

func TestSecretsDoNotPrint(t *testing.T) {
	secret := strings.Repeat("needle-in-the-key", 2)
	key, err := jwt.NewHS256Key("k", []byte(secret))
	must(t, err)
	signer, err := jwt.NewHS256Signer("k", []byte(secret))
	must(t, err)
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, nil))
	for _, v := range []any{key, &key, []jwt.Key{key}, signer, &signer, struct{ k jwt.Key }{key}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			fmt.Fprintf(&out, verb, v)
		}
		log.InfoContext(t.Context(), "key", slog.Any("key", v))
	}
	for _, form := range []string{"needle", fmt.Sprintf("%x", "needle"), fmt.Sprintf("%d", []byte("needle"))[1:10]} {
		if strings.Contains(out.String(), form) {
			t.Errorf("the secret was printed as %q", form)
		}
	}
}
