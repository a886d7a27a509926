package proof_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// corpus gives the lines of a list of hostile input that stands beside the
// checkout, or none where it does not: then only generated requests are sent,
// and the test says so. Bytes are kept as they are.
func corpus(t testing.TB, name string) []string {
	t.Helper()
	text, err := os.ReadFile(corpusPath(t, name))
	if os.IsNotExist(err) {
		t.Logf("shared/corpora/%s not found: list not sent", name)
		return nil
	}
	must(t, err)
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	if strings.HasPrefix(lines[0], "#") {
		lines = lines[1:]
	}
	if len(lines) == 0 {
		t.Fatalf("%s has no lines", name)
	}
	return lines
}

// naughty gives the strings of a JSON array beside the checkout.
func naughty(t testing.TB) []string {
	t.Helper()
	text, err := os.ReadFile(corpusPath(t, "blns.json"))
	if os.IsNotExist(err) {
		t.Log("shared/corpora/blns.json not found: list not sent")
		return nil
	}
	must(t, err)
	var list []string
	must(t, json.Unmarshal(text, &list))
	if len(list) == 0 {
		t.Fatal("blns.json has no strings")
	}
	return list
}

// corpusPath finds the lists from the folder that holds go.mod.
func corpusPath(t testing.TB, name string) string {
	t.Helper()
	folder, err := os.Getwd()
	must(t, err)
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return filepath.Join(folder, "..", "shared", "corpora", name)
		}
		if folder == filepath.Dir(folder) {
			t.Fatal("no go.mod above the test")
		}
		folder = filepath.Dir(folder)
	}
}

// unescape reads the escapes of the lists; what cannot be read stays.
func unescape(s string) string {
	if text, err := strconv.Unquote(`"` + strings.ReplaceAll(s, `"`, `\"`) + `"`); err == nil {
		return text
	}
	return s
}
