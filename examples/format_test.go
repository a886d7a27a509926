package examples_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/token"
)

// The page about the format is what scanners are built from.
func TestThePublishedFormatIsTheRealOne(t *testing.T) {
	text, err := os.ReadFile("../docs/reference/token-format.md")
	if err != nil {
		t.Fatal(err)
	}
	block := func(kind string, contains string) string {
		for _, m := range regexp.MustCompile("(?s)```"+kind+"\n(.*?)\n```").FindAllStringSubmatch(string(text), -1) {
			if strings.Contains(m[1], contains) {
				return m[1]
			}
		}
		t.Fatalf("the page has no block of %s with %s", kind, contains)
		return ""
	}
	published := regexp.MustCompile("^" + block("regexp", "{49}") + "$")
	formats, err := token.NewFormats(map[token.Kind]string{token.KindService: "bsat", token.KindUser: "a1_longest_prefi"})
	if err != nil {
		t.Fatal(err)
	}
	if example := block("text", "EXAMPLE"); !published.MatchString(example) {
		t.Errorf("the expression does not find the example %s", example)
	} else if _, err := formats.Parse(example); err != nil {
		t.Errorf("the example is refused: %v", err)
	}
	for _, kind := range []token.Kind{token.KindService, token.KindUser} {
		secret, err := formats.Generate(kind)
		if err != nil {
			t.Fatal(err)
		}
		if !published.MatchString(secret.Reveal()) {
			t.Errorf("the expression does not find a token of %d characters with prefix %s", len(secret.Reveal()), formats.Prefix(kind))
		}
	}
}
