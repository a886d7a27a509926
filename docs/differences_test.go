package docs_test

import (
	"errors"
	"io/fs"
	"os"
	"regexp"
	"testing"
)

// TestEveryDeliberateDifferenceIsExplained compares the page with the contracts,
// which stand beside the module where the product is made.
func TestEveryDeliberateDifferenceIsExplained(t *testing.T) {
	explained := map[string]bool{}
	for _, cells := range rows(page(t, "reference/differences.md")) {
		switch id := cells[0]; {
		case len(cells) != 3 || cells[1] == "" || cells[2] == "":
			t.Errorf("%s does not say what differs and why", id)
		case explained[id]:
			t.Errorf("%s is explained twice", id)
		default:
			explained[id] = true
		}
	}
	for contract, ids := range map[string]string{
		"service-tokens.md": `SVC-\d\d`, "personal-tokens.md": `PER-\d\d`, "peer-tokens.md": `PEER-\d\d`,
	} {
		for _, id := range declared(t, contract, ids) {
			if !explained[id] {
				t.Errorf("%s is not explained", id)
			}
			delete(explained, id)
		}
	}
	for id := range explained {
		t.Errorf("%s is explained, and no contract has it", id)
	}
}

// declared gives the ids of the differences that a contract declares.
func declared(t *testing.T, contract, ids string) []string {
	t.Helper()
	text, err := os.ReadFile("../../shared/contracts/" + contract)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("the contract %s is not beside this checkout", contract)
	}
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, match := range regexp.MustCompile(`(?m)^\| (`+ids+`) \|`).FindAllStringSubmatch(string(text), -1) {
		found = append(found, match[1])
	}
	if len(found) == 0 {
		t.Fatalf("%s declares no difference: its table was not found", contract)
	}
	return found
}
