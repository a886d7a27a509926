package token_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/token"
)

// plugin is how the access-tokens plugin of Backstage writes its tokens.
func plugin() token.ImportedForm {
	return token.ImportedForm{Kind: token.KindService, Prefix: "bsat", Length: 43, Alphabet: token.AlphabetBase64URL}
}

func withImported(tb testing.TB, forms ...token.ImportedForm) token.Formats {
	tb.Helper()
	f, err := formats(tb, map[token.Kind]string{token.KindService: "bsat", token.KindUser: "pv_live"}).WithImported(forms...)
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

// TestImportedTokensAreKnownByTheirShape covers row U-05 as well: of several
// prefixes the longest decides, and a failure there is final.
func TestImportedTokensAreKnownByTheirShape(t *testing.T) {
	f := withImported(t, plugin(),
		token.ImportedForm{Kind: token.KindUser, Prefix: "pv", Length: 64, Alphabet: token.AlphabetLetters},
		token.ImportedForm{Kind: token.KindUser, Prefix: "pv_old", Length: 64, Alphabet: token.AlphabetHex})
	letters, hexadecimal := strings.Repeat("aZ", 32), strings.Repeat("0f", 32)
	own := generate(t, f, token.KindUser)
	for _, one := range []struct {
		name, raw string
		want      token.Kind
		err       error
	}{
		{"of the plugin", "bsat_Z_81qEZfsPyhGSy3xfq_oyAPm4qsTvPqKxsgcH08Fbo", token.KindService, nil},
		{"in a second spelling", "bsat_Z_81qEZfsPyhGSy3xfq_oyAPm4qsTvPqKxsgcH08Fbp", "", token.ErrMalformed},
		{"one character less", "bsat_Z_81qEZfsPyhGSy3xfq_oyAPm4qsTvPqKxsgcH08Fb", "", token.ErrMalformed},
		{"one more", "bsat_Z_81qEZfsPyhGSy3xfq_oyAPm4qsTvPqKxsgcH08FboA", "", token.ErrMalformed},
		{"with a character of no alphabet", "bsat_Z_81qEZfsPyhGSy3xfq_oyAPm4qsTvPqKxsgcH08F+o", "", token.ErrMalformed},
		{"of our own beside it", generate(t, f, token.KindService), token.KindService, nil},
		{"of letters", "pv_" + letters, token.KindUser, nil},
		{"of letters with a digit", "pv_" + letters[:63] + "1", "", token.ErrMalformed},
		{"of letters that are no ASCII", "pv_" + letters[:62] + "é", "", token.ErrMalformed},
		{"of a longer prefix", "pv_old_" + hexadecimal, token.KindUser, nil},
		{"in capitals", "pv_old_" + strings.ToUpper(hexadecimal), "", token.ErrMalformed},
		{"of our own longer prefix", own, token.KindUser, nil},
		{"of that with a wrong checksum", own[:len(own)-1] + "!", "", token.ErrMalformed},
		{"of an unknown prefix", "gho_" + letters, "", token.ErrUnknown},
	} {
		if kind, err := f.Parse(one.raw); kind != one.want || !errors.Is(err, one.err) {
			t.Errorf("%s: Parse = %q, %v", one.name, kind, err)
		}
	}
}

func TestNewTokensNeverHaveAnImportedForm(t *testing.T) {
	f := withImported(t, plugin())
	if raw := generate(t, f, token.KindService); len(raw) != 54 {
		t.Errorf("%d characters", len(raw))
	}
	if got := f.Prefix(token.KindService); got != "bsat" {
		t.Errorf("prefix %q", got)
	}
}

// TestAHintSaysWhichFormATokenHas by the longest prefix, as the whole token will.
func TestAHintSaysWhichFormATokenHas(t *testing.T) {
	letters := token.ImportedForm{Kind: token.KindUser, Prefix: "pv", Length: 64, Alphabet: token.AlphabetLetters}
	f := withImported(t, plugin(), letters)
	for hint, want := range map[string]int{"": 1, "pv_": 1, "pv_abc": 1, "pv_live_ab": 0, "bsat_": 0, "ghp_": 0, "pv": 0} {
		if got := f.Imported(token.KindUser, hint); len(got) != want {
			t.Errorf("%q: %d forms", hint, len(got))
		}
	}
	if got := f.Imported(token.KindService, "bsat_Z_81qEZ"); len(got) != 1 {
		t.Errorf("%d forms of the plugin", len(got))
	}
}

func TestFormsThatCannotBeToldApartAreRefused(t *testing.T) {
	f := formats(t, map[token.Kind]string{token.KindService: "bsat", token.KindUser: "pv_live"})
	for want, change := range map[string]func(*token.ImportedForm){
		"the same prefix":      func(i *token.ImportedForm) { i.Kind = token.KindUser },
		"the same length":      func(i *token.ImportedForm) { i.Length, i.Alphabet = 49, token.AlphabetBase62 },
		"128 bits":             func(i *token.ImportedForm) { i.Length = 21 },
		"1 to 256":             func(i *token.ImportedForm) { i.Length = 1 << 20 },
		"no base64url":         func(i *token.ImportedForm) { i.Length = 45 },
		"the alphabet":         func(i *token.ImportedForm) { i.Alphabet = "runes" },
		"2 to 16":              func(i *token.ImportedForm) { i.Prefix = "B" },
		"cannot be imported":   func(i *token.ImportedForm) { i.Kind = token.KindPeer },
		"the kind of an impor": func(i *token.ImportedForm) { i.Kind = "" },
	} {
		form := plugin()
		change(&form)
		if _, err := f.WithImported(form); !errors.Is(err, token.ErrInvalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q: %v", want, err)
		}
	}
	if _, err := f.WithImported(plugin(), plugin()); !errors.Is(err, token.ErrInvalid) {
		t.Errorf("the same form twice: %v", err)
	}
}

func TestImportedTokensAreDigestedAsElsewhere(t *testing.T) {
	key := "the key of another system"
	keyed := token.ImportedForm{Kind: token.KindUser, Prefix: "old", Length: 64, Alphabet: token.AlphabetHex, Key: token.NewSecret(key)}
	f := withImported(t, plugin(), keyed)
	peppered, err := token.NewDigester([]byte(strings.Repeat("p", 32)))
	if err != nil {
		t.Fatal(err)
	}
	ofPlugin, ofKeyed, own := "bsat_Z_81qEZfsPyhGSy3xfq_oyAPm4qsTvPqKxsgcH08Fbo", "old_"+strings.Repeat("0f", 32), generate(t, f, token.KindService)
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(ofKeyed))
	for _, d := range []token.Digester{{}, peppered} {
		foreign := d.For(f)
		if got := foreign.Digest(ofPlugin); got != sha256.Sum256([]byte(ofPlugin)) {
			t.Errorf("of the plugin: %v", got)
		}
		if got := foreign.Digest(ofKeyed); got != token.Digest(mac.Sum(nil)) {
			t.Errorf("under a key: %v", got)
		}
		if got := foreign.Digest(own); got != d.Digest(own) {
			t.Errorf("of our own: %v", got)
		}
	}
}

func FuzzParseImported(f *testing.F) {
	known := withImported(f, plugin(), token.ImportedForm{Kind: token.KindUser, Prefix: "pv", Length: 64, Alphabet: token.AlphabetLetters})
	f.Add("bsat_Z_81qEZfsPyhGSy3xfq_oyAPm4qsTvPqKxsgcH08Fbo")
	f.Add("pv_" + strings.Repeat("a", 64))
	f.Add("pv_live_")
	f.Add("bsat_")
	f.Fuzz(func(t *testing.T, raw string) {
		kind, err := known.Parse(raw)
		if (err == nil) != (kind != "") {
			t.Fatalf("Parse = %q, %v", kind, err)
		}
		if mine, ok := known.KindOf(raw); err == nil && (!ok || mine != kind) {
			t.Fatalf("Parse = %q, KindOf = %q", kind, mine)
		}
	})
}
