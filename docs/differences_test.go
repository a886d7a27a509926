package docs_test

import (
	"errors"
	"io/fs"
	"os"
	"regexp"
	"testing"
)

// TestEveryDeliberateDifferenceIsExplained compares the page with the contract
// of service tokens, which stands beside the module where the product is made.
func TestEveryDeliberateDifferenceIsExplained(t *testing.T) {
	contract, err := os.ReadFile("../../shared/contracts/service-tokens.md")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the contract of service tokens is not beside this checkout")
	}
	if err != nil {
		t.Fatal(err)
	}
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
	declared := regexp.MustCompile(`(?m)^\| (SVC-\d\d) \|`).FindAllSubmatch(contract, -1)
	if len(declared) == 0 {
		t.Fatal("the contract declares no difference: its table was not found")
	}
	for _, match := range declared {
		id := string(match[1])
		if !explained[id] {
			t.Errorf("%s is not explained", id)
		}
		delete(explained, id)
	}
	for id := range explained {
		t.Errorf("%s is explained, and the contract does not have it", id)
	}
}
