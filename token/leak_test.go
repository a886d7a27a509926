package token_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/token"
)

const someJWT = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"

// generated gives a fresh token of a prefix.
func generated(t *testing.T, prefix string) string {
	t.Helper()
	formats, err := token.NewFormats(map[token.Kind]string{token.KindService: prefix})
	if err != nil {
		t.Fatal(err)
	}
	secret, err := formats.Generate(token.KindService)
	if err != nil {
		t.Fatal(err)
	}
	return secret.Reveal()
}

func TestATokenIsFoundInAnyText(t *testing.T) {
	for _, prefix := range []string{"bsat", "pv_live", "ab", "a234567890123456"} {
		raw := generated(t, prefix)
		for name, text := range map[string]string{
			"alone": raw, "in a sentence": "use " + raw + " for now", "in quotes": `"` + raw + `"`,
			"in a header": "Authorization: Bearer " + raw, "glued": "x" + raw + "y", "after underscores": "my_old_" + raw,
			"in a URL": "https://example.com/?t=" + raw + "&x=1", "on a second line": "ci\n" + raw,
		} {
			if !token.HoldsSecret(text) {
				t.Errorf("%s, %s: not found", prefix, name)
			}
		}
		err := token.CheckText("q", raw)
		if !errors.Is(err, token.ErrInvalid) || strings.Contains(err.Error(), raw[len(prefix)+1:]) {
			t.Errorf("the error is %v", err)
		}
	}
	_, refresh := token.NewRefresh()
	for _, text := range []string{refresh.Reveal(), "use " + refresh.Reveal() + " for now", "a." + refresh.Reveal() + ".b", "x" + refresh.Reveal() + "y"} {
		if !token.HoldsSecret(text) {
			t.Errorf("a refresh token is not found in %q", text)
		}
	}
	if !token.HoldsSecret("bearer "+someJWT+" .") || !token.HoldsSecret("eyJ.eyJx."+someJWT) {
		t.Error("a JWT is not found")
	}
}

func TestWhatOnlyLooksLikeATokenPasses(t *testing.T) {
	raw := generated(t, "bsat")
	other := byte('0')
	if raw[20] == other {
		other = '1'
	}
	for name, text := range map[string]string{
		"nothing": "", "a hint": raw[:token.HintLength], "half of one": raw[:40], "a wrong checksum": raw[:20] + string(other) + raw[21:],
		"in lower case": strings.ToLower(raw[:20]) + "0" + strings.ToLower(raw[21:]), "its random part": raw[5:],
		"a UUID and a short word": "f3187e04-b296-4a28-84e5-819d4e5f4e8f.TcRGdMJ84aSaIhn6JF57lfVVXZpCn7ZTe1zBlet",
		"a long word":             strings.Repeat("_a", 200), "half a JWT": someJWT[:60], "a digest": strings.Repeat("0f", 32),
		"a short signature": someJWT[:strings.LastIndex(someJWT, ".")+20], "objects": strings.Repeat("eyJ.", 50),
	} {
		if token.HoldsSecret(text) {
			t.Errorf("%s: %q is taken for a token", name, text)
		}
	}
}

func FuzzATokenIsFoundWhateverIsAroundIt(f *testing.F) {
	f.Add("", "")
	f.Add("my_", "_x")
	f.Add("eyJ.", ".")
	f.Fuzz(func(t *testing.T, before, after string) {
		if !token.HoldsSecret(before + generated(t, "bsat") + after) {
			t.Error("not found")
		}
	})
}
