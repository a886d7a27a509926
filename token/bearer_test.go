package token_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/token"
)

func TestABearerIsVisibleASCII(t *testing.T) {
	for c := range 256 {
		for _, at := range []int{0, 1, 7, 8, 15, 16, 18} {
			text := []byte(strings.Repeat("a", 19))
			text[at] = byte(c)
			raw, err := token.Bearer([]string{"Bearer x" + string(text)})
			if good := c > 0x20 && c < 0x7f; good != (err == nil) || good && raw != "x"+string(text) {
				t.Fatalf("byte %#x at %d: %q, %v", c, at, raw, err)
			}
		}
	}
}

func TestExactlyOneBearerIsRead(t *testing.T) {
	for _, tc := range []struct {
		values []string
		raw    string
		err    error
	}{
		{nil, "", token.ErrNoCredential},
		{[]string{""}, "", token.ErrNoCredential},
		{[]string{"Bearer"}, "", token.ErrNoCredential},
		{[]string{"Bearer  "}, "", token.ErrNoCredential},
		{[]string{"Basic x"}, "", token.ErrNoCredential},
		{[]string{"x"}, "", token.ErrNoCredential},
		{[]string{"Bearer x y"}, "", token.ErrNoCredential},
		{[]string{"bEARER   x"}, "x", nil},
		{[]string{"Bearer x", "Bearer x"}, "", token.ErrManyCredentials},
		{[]string{"Bearer x", ""}, "", token.ErrManyCredentials},
	} {
		if raw, err := token.Bearer(tc.values); raw != tc.raw || !errors.Is(err, tc.err) {
			t.Errorf("%q: %q, %v, want %q, %v", tc.values, raw, err, tc.raw, tc.err)
		}
	}
}
