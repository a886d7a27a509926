package token_test

import (
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/token"
)

// hashOfBackstage is what Backstage kept of a test token.
const hashOfBackstage = "p9UFxZ3xwkQ9RMpmTxIw5g==.FE0ZGN8RBzbDr/DxayD3GIZALxl1sVXXDU3za3EnQFEbJ6xHPy+Ihhm4yOCPFGGJAgHZJr53nETaiAnCYCRUGQ=="

func TestAScryptHashIsReadAsItIsWritten(t *testing.T) {
	hash, err := token.ParseScryptHash(hashOfBackstage)
	if err != nil || hash.String() != hashOfBackstage || len(hash.Salt()) != 16 || len(hash.Key()) != 64 || hash.IsZero() {
		t.Errorf("%s, %v", hash, err)
	}
}

// Row A-09: one spelling. No fault quotes the text (B-07).
func TestWhatIsNoScryptHash(t *testing.T) {
	salt, key, _ := strings.Cut(hashOfBackstage, ".")
	for _, bad := range []string{
		"", ".", salt, salt + ".", "." + key, key + "." + salt, salt + "." + key + ".", salt + "." + key + "\n",
		salt + "\n." + key, strings.TrimRight(salt, "=") + "." + key, salt + "." + key[:84], salt[:21] + "h==." + key,
		strings.ReplaceAll(hashOfBackstage, "/", "_"),
	} {
		hash, err := token.ParseScryptHash(bad)
		if err == nil || !hash.IsZero() || len(bad) > 10 && strings.Contains(err.Error(), bad[:10]) {
			t.Errorf("%q: %v, %v", bad, hash, err)
		}
	}
}

func FuzzParseScryptHash(f *testing.F) {
	f.Add(hashOfBackstage)
	f.Add(".")
	f.Fuzz(func(t *testing.T, text string) {
		if hash, err := token.ParseScryptHash(text); err == nil && hash.String() != text {
			t.Fatalf("%q is read as %q", text, hash)
		}
	})
}
