package cli_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/tokenwright/tokenwright/api"
)

// hostile holds text that a terminal, a log or a spreadsheet would act on.
func hostile() []string {
	return []string{
		"\x1b[2J\x1b]0;owned\x07", "line\r\nforged: line", "\u009b31mred", "\u202egnp.exe", "zero\u200bwidth",
		"null\x00", "\x7fdelete", "tab\there", "tag\U000e0041",
	}
}

// answering is a server that is not to be trusted: it answers every GET with
// a value and every POST with a problem whose text is the same.
func answering(t *testing.T, value any, text string) map[string]string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			_ = json.NewEncoder(w).Encode(value)
			return
		}
		w.WriteHeader(http.StatusConflict)
		_ = json.NewEncoder(w).Encode(api.Problem{Title: text, Detail: text, Status: http.StatusConflict})
	}))
	t.Cleanup(server.Close)
	return map[string]string{"TOKENWRIGHT_URL": server.URL, "TOKENWRIGHT_TOKEN": "x"}
}

// unsafeIn gives the first character that is no plain text, or -1.
func unsafeIn(s string) rune {
	for _, r := range s {
		if r != '\n' && unicode.In(r, unicode.Cc, unicode.Cf) {
			return r
		}
	}
	return -1
}

func TestWhatTheServerSaysCannotReachTheTerminal(t *testing.T) {
	for _, text := range hostile() {
		env := answering(t, api.TokenPage{Tokens: []api.Token{{ID: text, Name: text, Owner: text, Scopes: []string{text}}}, Next: text}, text)
		for _, args := range [][]string{
			{"token", "list"},
			{"token", "list", "-o", "json"},
			{"token", "revoke", "id"},
			{"user", "add", "alice"},
		} {
			got := run(t, env, args...)
			if r := unsafeIn(got.stdout + got.stderr); r >= 0 {
				t.Errorf("%q by %v: U+%04X reaches the terminal", text, args, r)
			}
		}
	}
}

func TestEscapesDoNotChangeTheJSON(t *testing.T) {
	for _, text := range hostile() {
		env := answering(t, api.TokenPage{Tokens: []api.Token{{Name: text}}}, text)
		var page api.TokenPage
		got := run(t, env, "token", "list", "-o", "json")
		if err := json.Unmarshal([]byte(got.stdout), &page); err != nil || page.Tokens[0].Name != text {
			t.Errorf("%q: the document reads %q (error %v)", text, got.stdout, err)
		}
	}
}

func TestATableHasOneLineForEachToken(t *testing.T) {
	tokens := []api.Token{{ID: "1", Name: "a\nb"}, {ID: "2", Name: "c\r\nd"}}
	got := run(t, answering(t, api.TokenPage{Tokens: tokens}, ""), "token", "list")
	if lines := strings.Count(got.stdout, "\n"); lines != 3 {
		t.Errorf("%d lines, want a header and two tokens:\n%s", lines, got.stdout)
	}
}

// exporting answers an export with one entry, and its total.
func exporting(t *testing.T, e api.Entry) map[string]string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(e)
		fmt.Fprintln(w, `{"end":true,"entries":1}`)
	}))
	t.Cleanup(server.Close)
	return map[string]string{"TOKENWRIGHT_URL": server.URL, "TOKENWRIGHT_TOKEN": "x"}
}

func TestNoCellOfACSVExportIsAFormula(t *testing.T) {
	for _, text := range []string{
		"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\x00=1", `="a"";b"`, "a,b", `a "quoted" b`, "two\nlines", "plain", "",
	} {
		got := run(t, exporting(t, api.Entry{ID: "id", Reason: text}), "audit", "export", "--format", "csv")
		records, err := csv.NewReader(strings.NewReader(got.stdout)).ReadAll()
		if err != nil || len(records) != 2 {
			t.Fatalf("%q: %d records, error %v", text, len(records), err)
		}
		cell := records[1][slices.Index(records[0], "reason")]
		if strings.ContainsAny(cell[:min(1, len(cell))], "=+-@\t\r\x00") {
			t.Errorf("%q: the cell %q is a formula", text, cell)
		}
		want := strings.TrimPrefix(cell, "'")
		if normal := strings.ReplaceAll(text, "\r", ""); strings.ReplaceAll(want, "\r", "") != normal {
			t.Errorf("%q: the cell reads %q", text, cell)
		}
		for _, cells := range records[1:] {
			if len(cells) != len(records[0]) {
				t.Errorf("%q: %d cells under %d names", text, len(cells), len(records[0]))
			}
		}
	}
}

func TestEveryCommandExplainsItselfWithAnExample(t *testing.T) {
	for _, command := range commands(t) {
		got := run(t, nil, append(command, "--help")...)
		if got.status != 0 || !strings.Contains(got.stdout, "Examples:") || !strings.Contains(got.stdout, "tokenwright "+strings.Join(command, " ")) {
			t.Errorf("%v --help: status %d\n%s%s", command, got.status, got.stdout, got.stderr)
		}
	}
}

// commands finds every command from the help of those above it.
func commands(t *testing.T, above ...string) [][]string {
	t.Helper()
	_, rest, found := strings.Cut(run(t, nil, append(above, "--help")...).stdout, "Available Commands:\n")
	if !found {
		return nil
	}
	list, _, _ := strings.Cut(rest, "\n\n")
	var all [][]string
	for line := range strings.Lines(list) {
		name := strings.Fields(line)[0]
		if name == "completion" || name == "help" { // of the library
			continue
		}
		one := append(slices.Clone(above), name)
		all = append(all, one)
		all = append(all, commands(t, one...)...)
	}
	if len(above) == 0 && len(all) < 30 {
		t.Fatalf("only %d commands were found", len(all))
	}
	return all
}
