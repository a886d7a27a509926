package token_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/token"
)

// A token that was imported has no checksum: what looks like one of a configured
// form is taken for one.
func TestAnImportedTokenIsFoundInAnyText(t *testing.T) {
	plain, err := token.NewFormats(map[token.Kind]string{token.KindService: "bsat"})
	if err != nil {
		t.Fatal(err)
	}
	formats, err := plain.WithImported(
		token.ImportedForm{Kind: token.KindService, Prefix: "old", Length: 43, Alphabet: token.AlphabetBase64URL},
		token.ImportedForm{Kind: token.KindUser, Prefix: "pv_old", Length: 32, Alphabet: token.AlphabetHex},
	)
	if err != nil {
		t.Fatal(err)
	}
	for _, raw := range []string{"old_" + strings.Repeat("a_-B9", 8) + "abA", "pv_old_" + strings.Repeat("0a", 16)} {
		for name, text := range map[string]string{
			"alone": raw, "in a sentence": "use " + raw + " for now", "glued": "x" + raw + "y", "behind the same lead": "old_ pv_old_ " + raw,
		} {
			if !formats.HoldsSecret(text) {
				t.Errorf("%s, %s: not found", raw, name)
			}
			if plain.HoldsSecret(text) {
				t.Errorf("%s, %s: found though no such form is configured", raw, name)
			}
		}
		if err := formats.CheckText("q", raw); !errors.Is(err, token.ErrInvalid) || strings.Contains(err.Error(), raw[8:]) {
			t.Errorf("%s: %v", raw, err)
		}
	}
	for _, text := range []string{"", "old_", "old_short", "the old_name of pv_old_things", "pv_old_" + strings.Repeat("G", 32)} {
		if formats.HoldsSecret(text) {
			t.Errorf("%q was taken for a token", text)
		}
	}
	if ours := generated(t, "bsat"); !formats.HoldsSecret(ours) {
		t.Errorf("one of ours was not found")
	}
}
