package token_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/token"
)

func TestADigestIsOfTheWholeString(t *testing.T) {
	pepper := []byte("0123456789abcdef0123456789abcdef")
	peppered, err := token.NewDigester(pepper)
	if err != nil {
		t.Fatal(err)
	}
	for n := range 200 {
		text := strings.Repeat("x", n)
		if got := (token.Digester{}).Digest(text); got != sha256.Sum256([]byte(text)) {
			t.Fatalf("the digest of %d characters is %s", n, got)
		}
		mac := hmac.New(sha256.New, pepper)
		mac.Write([]byte(text))
		if got := peppered.Digest(text); got != token.Digest(mac.Sum(nil)) {
			t.Fatalf("the peppered digest of %d characters is %s", n, got)
		}
	}
}

func TestThePepperIsCopiedAndHidden(t *testing.T) {
	pepper := []byte("0123456789abcdef0123456789abcdef")
	d, err := token.NewDigester(pepper)
	if err != nil {
		t.Fatal(err)
	}
	before := d.Digest("x")
	clear(pepper)
	if d.Digest("x") != before {
		t.Error("the caller changed the pepper")
	}
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
		for _, value := range []any{d, &d, struct{ d token.Digester }{d}, []token.Digester{d}} {
			text := fmt.Sprintf(format, value)
			if strings.Contains(text, "0123456789abcdef") || strings.Contains(text, "30313233") || strings.Contains(text, "48 49 50") {
				t.Errorf("%s shows the pepper: %s", format, text)
			}
		}
	}
}

func TestPeppersAreLong(t *testing.T) {
	for n, good := range map[int]bool{0: true, 1: false, 31: false, 32: true, 64: true} {
		if _, err := token.NewDigester(make([]byte, n)); (err == nil) != good || err != nil && !errors.Is(err, token.ErrInvalid) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

func TestDigestsAreComparedWhole(t *testing.T) {
	a := token.Digester{}.Digest("a")
	for i := range token.DigestSize {
		b := a
		b[i] ^= 1
		if a.Equal(b) {
			t.Errorf("byte %d does not count", i)
		}
	}
	if same := a; !a.Equal(same) || len(a.String()) != 64 || strings.ToLower(a.String()) != a.String() {
		t.Errorf("%s", a)
	}
}

func TestTextForPeople(t *testing.T) {
	for text, good := range map[string]bool{
		"": true, "ci pipeline": true, "tab\tand\r\nline": true, "Grüße 🦊": true,
		"\x00": false, "\x1b[31m": false, "\x7f": false, "\u0085": false, "\u202egpj": false, "\u2066x": false, "\xff": false,
	} {
		if token.ValidText(text) != good {
			t.Errorf("ValidText(%q) = %v", text, !good)
		}
	}
	for text, n := range map[string]int{"": 0, "abc": 3, "é": 1, "🦊": 2} {
		if got := token.UTF16Length(text); got != n {
			t.Errorf("UTF16Length(%q) = %d", text, got)
		}
	}
}

func TestKinds(t *testing.T) {
	for _, kind := range token.Kinds() {
		if got, err := token.ParseKind(string(kind)); got != kind || err != nil {
			t.Errorf("ParseKind(%q) = %q, %v", kind, got, err)
		}
	}
	for _, name := range []string{"", "access", "Service", "service ", "jwt"} {
		if _, err := token.ParseKind(name); !errors.Is(err, token.ErrInvalid) {
			t.Errorf("ParseKind(%q) = %v", name, err)
		}
	}
}

func TestIdsSortByTheirTime(t *testing.T) {
	former := ""
	for range 10_000 {
		id := token.NewID()
		if id <= former || len(id) != 36 || strings.ToLower(id) != id || id[14] != '7' {
			t.Fatalf("%q after %q", id, former)
		}
		former = id
	}
}
