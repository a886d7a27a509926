package docs_test

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/internal/config"
	"github.com/tokenwright/tokenwright/tokentest"
)

// blocks gives the fenced blocks of a language.
func blocks(text, language string) []string {
	var found []string
	for _, match := range regexp.MustCompile("(?ms)^```"+language+"\n(.*?)^```$").FindAllStringSubmatch(text, -1) {
		found = append(found, match[1])
	}
	return found
}

func pages(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob("*/*.md")
	if err != nil || len(names) == 0 {
		t.Fatalf("no page was found: %v", err)
	}
	return append(names, "README.md", "glossary.md", "../README.md", "../CHANGELOG.md", "../CONTRIBUTING.md", "../SECURITY.md")
}

// TestGoInThePagesIsCompiled finds every block of Go in an example or test of
// the packages, where the compiler and the tests see it.
func TestGoInThePagesIsCompiled(t *testing.T) {
	var compiled strings.Builder
	for _, name := range []string{"../client/example_test.go", "../verify/example_test.go", "../peer/plugin_example_test.go", "../tokentest/example_test.go"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		compiled.WriteString(unindented(string(text)))
	}
	for _, name := range pages(t) {
		for _, block := range blocks(page(t, name), "go") {
			if !strings.Contains(compiled.String(), unindented(block)) {
				t.Errorf("%s: this is not in any example:\n%s", name, block)
			}
		}
	}
}

// unindented drops the tabs before each line: a block may show the inside of a
// function.
func unindented(text string) string {
	return regexp.MustCompile(`(?m)^\t+`).ReplaceAllString(text, "")
}

func TestConfigurationsInThePagesAreGood(t *testing.T) {
	for _, name := range []string{"reference/configuration.md", "guides/operating.md", "guides/moving.md", "guides/peer.md", "guides/sign-in.md"} {
		for i, block := range blocks(page(t, name), "yaml") {
			file := filepath.Join(t.TempDir(), "tokenwright.yaml")
			if err := os.WriteFile(file, []byte(block), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, _, err := config.Load(config.Sources{File: file}); err != nil {
				t.Errorf("%s, block %d: %v", name, i+1, err)
			}
		}
	}
}

func TestLinksLeadSomewhere(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#: ]+)(#[^)]*)?\)`)
	for _, name := range pages(t) {
		for _, match := range link.FindAllStringSubmatch(page(t, name), -1) {
			target := filepath.Join(filepath.Dir(name), filepath.FromSlash(match[1]))
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s: the link to %s leads nowhere", name, match[1])
			}
		}
	}
}

// TestMetricsAreDescribed compares the names that the program serves with
// those of the guide.
func TestMetricsAreDescribed(t *testing.T) {
	server := tokentest.Start(t, tokentest.WithOps())
	guide := page(t, "guides/operating.md")
	served := regexp.MustCompile(`(?m)^# HELP (tokenwright_\w+) `).FindAllStringSubmatch(metrics(t, server), -1)
	if len(served) == 0 {
		t.Fatal("no metric of our own is served")
	}
	for _, match := range served {
		if !strings.Contains(guide, "`"+match[1]) {
			t.Errorf("%s is served and not described", match[1])
		}
	}
}

func metrics(t *testing.T, server *tokentest.Server) string {
	t.Helper()
	answer, err := http.Get(server.OpsURL + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
