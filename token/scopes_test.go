package token_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/token"
)

func TestAScopeIsAScopeTokenOfTheRFC(t *testing.T) {
	for c := range 256 {
		want := c == 0x21 || c >= 0x23 && c <= 0x5b || c >= 0x5d && c <= 0x7e
		for _, s := range []string{string([]byte{byte(c)}), "a" + string([]byte{byte(c)}) + "z"} {
			if got := token.ValidScope(s); got != want {
				t.Errorf("ValidScope(%q) = %v", s, got)
			}
		}
	}
	for n, want := range map[int]bool{0: false, 1: true, 100: true, 101: false, 1 << 20: false} {
		if got := token.ValidScope(strings.Repeat("x", n)); got != want {
			t.Errorf("a scope of %d bytes: %v", n, got)
		}
	}
}

func TestParseScopes(t *testing.T) {
	hundred := make([]string, 100)
	for i := range hundred {
		hundred[i] = fmt.Sprint("s", i)
	}
	for _, tc := range []struct {
		name, text string
		want       token.Scopes
		bad        bool
	}{
		{"nothing", "", nil, false},
		{"one", "a:b", token.Scopes{"a:b"}, false},
		{"in the order given", "c a b", token.Scopes{"c", "a", "b"}, false},
		{"repeated, first position kept", "a b a", token.Scopes{"a", "b"}, false},
		{"letter case counts", "a A", token.Scopes{"a", "A"}, false},
		{"a hundred", strings.Join(hundred, " "), hundred, false},
		{"a hundred and one", strings.Join(hundred, " ") + " more", nil, true},
		{"a hundred, one repeated", strings.Join(hundred, " ") + " s1", hundred, false},
		{"a space before", " a", nil, true},
		{"a space behind", "a ", nil, true},
		{"two spaces", "a  b", nil, true},
		{"a space alone", " ", nil, true},
		{"a tab", "a\tb", nil, true},
		{"a line feed", "a\nb", nil, true},
		{"a no-break space", "a\u00a0b", nil, true}, // T-16
		{"an em space", "a\u2003b", nil, true},
		{"a comma is a character", "a,b", token.Scopes{"a,b"}, false},
		{"a quote", `a"b`, nil, true},
		{"a backslash", `a\b`, nil, true},
	} {
		got, err := token.ParseScopes(tc.text)
		if tc.bad != errors.Is(err, token.ErrInvalid) || !slices.Equal(got, tc.want) {
			t.Errorf("%s: %v, %v", tc.name, got, err)
		}
	}
}

func TestCovers(t *testing.T) {
	for _, tc := range []struct {
		held     token.Scopes
		demanded string
		want     bool
	}{
		{nil, "tokens:read", false},
		{nil, "", false},
		{token.Scopes{"tokens:read"}, "tokens:read", true},
		{token.Scopes{"a", "tokens:read"}, "tokens:read", true},
		{token.Scopes{"tokens:read"}, "tokens:write", false},
		{token.Scopes{"tokens:read"}, "tokens:readwrite", false},
		{token.Scopes{"tokens:read"}, "tokens:rea", false},
		{token.Scopes{"tokens:read"}, "TOKENS:READ", false},
		{token.Scopes{"*"}, "tokens:read", true},
		{token.Scopes{"*"}, "", false},
		{token.Scopes{"tokens:*"}, "tokens:read", true},
		{token.Scopes{"tokens:*"}, "tokens:*", true},
		{token.Scopes{"tokens:*"}, "tokens:", false},
		{token.Scopes{"tokens:*"}, "tokens", false},
		{token.Scopes{"tokens:*"}, "tokensx:read", false},
		{token.Scopes{"tokens:*"}, "other:read", false},
		// The demand's wildcard is a demand for everything, not a pattern.
		{token.Scopes{"tokens:read"}, "tokens:*", false},
		{token.Scopes{"tokens:read"}, "*", false},
		{token.Scopes{"tokens:*"}, "*", false},
		// An asterisk elsewhere is a character like any other.
		{token.Scopes{"tokens*"}, "tokens:read", false},
		{token.Scopes{"tokens:r*"}, "tokens:read", false},
		{token.Scopes{"*:read"}, "tokens:read", false},
		{token.Scopes{"tokens:**"}, "tokens:read", false},
		{token.Scopes{"**"}, "tokens:read", false},
		{token.Scopes{":*"}, ":read", false},
		{token.Scopes{"a:b:*"}, "a:b:c", true},
		{token.Scopes{"a:b:*"}, "a:c", false},
	} {
		if got := tc.held.Covers(tc.demanded); got != tc.want {
			t.Errorf("%q covers %q: %v", tc.held, tc.demanded, got)
		}
		missing := tc.held.Missing(token.Scopes{tc.demanded})
		if (len(missing) == 0) != tc.want {
			t.Errorf("%q lacks %q: %v", tc.held, tc.demanded, missing)
		}
	}
}

// TestHostileScopes holds every line of the list of row E-01, and demands what
// it was made to get at.
func TestHostileScopes(t *testing.T) {
	for _, line := range corpus(t, "scopes.txt") {
		if strings.HasPrefix(line, "(") {
			continue // an instruction for another test
		}
		if text, err := strconv.Unquote(`"` + strings.ReplaceAll(line, `"`, `\"`) + `"`); err == nil {
			line = text
		}
		held := token.Scopes{line}
		if line == "*" {
			// It is a wildcard where the catalogue has it; no request can
			// bring it, which is the authority's to refuse.
			continue
		}
		for _, demanded := range []string{"tokens:read", "tokens:write", "tokens:admin", "*"} {
			if held.Covers(demanded) && line != demanded {
				t.Errorf("holding %q covers %q", line, demanded)
			}
		}
		if set, err := token.ParseScopes(line); err == nil && set.Covers("tokens:write") {
			t.Errorf("asking for %q gives tokens:write", line)
		}
	}
}

func TestMissingNamesWhatIsNotCovered(t *testing.T) {
	held := token.Scopes{"a", "b:*"}
	if got := held.Missing(token.Scopes{"c", "a", "b:x", "d"}); !slices.Equal(got, token.Scopes{"c", "d"}) {
		t.Errorf("Missing = %v", got)
	}
	demanded := token.Scopes{"a", "b:x"}
	if n := testing.AllocsPerRun(100, func() { held.Missing(demanded) }); n != 0 {
		t.Errorf("%v allocations with nothing missing", n)
	}
}

func TestUniqueKeepsFirstPositions(t *testing.T) {
	got := token.Scopes{"b", "a", "b", "c", "a"}.Unique()
	if !slices.Equal(got, token.Scopes{"b", "a", "c"}) || got.String() != "b a c" {
		t.Errorf("Unique = %v", got)
	}
}

func FuzzParseScopes(f *testing.F) {
	for _, s := range []string{"", "a b", " a", "a\u00a0b", strings.Repeat("a ", 200)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		set, err := token.ParseScopes(text)
		if err != nil {
			return
		}
		again, err := token.ParseScopes(set.String())
		if err != nil || !slices.Equal(set, again) || len(set) > token.MaxScopes {
			t.Errorf("%q gives %q, then %q, %v", text, set, again, err)
		}
	})
}

// corpus reads a list of hostile input, without its comment line.
func corpus(t *testing.T, name string) []string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if filepath.Dir(dir) == dir {
			t.Fatal("no go.mod above the test's folder")
		}
		dir = filepath.Dir(dir)
	}
	text, err := os.ReadFile(filepath.Join(dir, "..", "shared", "corpora", name))
	if errors.Is(err, os.ErrNotExist) {
		t.Skipf("shared/corpora/%s not found: list test not run", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	if strings.HasPrefix(lines[0], "#") {
		lines = lines[1:]
	}
	if len(lines) < 10 {
		t.Fatalf("%s has only %d lines", name, len(lines))
	}
	return lines
}
