package token_test

import (
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/token"
)

func TestARefreshTokenNamesItsRecord(t *testing.T) {
	id, secret := token.NewRefresh()
	raw := secret.Reveal()
	if got, ok := token.ParseRefresh(raw); !ok || got != id || len(raw) != token.RefreshLength {
		t.Errorf("%q gives %q, want %q", raw, got, id)
	}
	if next := token.RenewRefresh(id).Reveal(); next == raw || next[:36] != id {
		t.Errorf("the next token is %q after %q", next, raw)
	}
}

// Rows A-09 and PER section 11: exactly one dot, and one spelling.
func TestWhatIsNoRefreshToken(t *testing.T) {
	_, secret := token.NewRefresh()
	raw := secret.Reveal()
	for _, bad := range []string{
		"", ".", raw[:36], raw[:37], raw[36:], raw + ".", raw + "A", raw[:79], "." + raw, strings.ToUpper(raw[:36]) + raw[36:],
		raw[:36] + ".." + raw[38:], "{" + raw[:34] + "}" + raw[36:], strings.ReplaceAll(raw[:36], "-", "") + raw[36:],
		raw[:79] + "=", raw[:78] + "+/", raw[:37] + strings.Repeat("A", 42) + "B", raw[:79] + "\n",
		raw[:37] + strings.Repeat("A", 42) + "\n", raw[:37] + "\r" + strings.Repeat("A", 42),
	} {
		if _, ok := token.ParseRefresh(bad); ok && bad != raw {
			t.Errorf("%q is taken for one", bad)
		}
	}
}

func FuzzParseRefresh(f *testing.F) {
	_, secret := token.NewRefresh()
	f.Add(secret.Reveal())
	f.Add("00000000-0000-0000-0000-000000000000." + strings.Repeat("A", 43))
	f.Fuzz(func(t *testing.T, raw string) {
		if id, ok := token.ParseRefresh(raw); ok && (len(raw) != token.RefreshLength || raw[:36] != id || raw[36] != '.') {
			t.Errorf("%q gives %q", raw, id)
		}
	})
}
