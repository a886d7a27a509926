package docs_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

func TestEveryActionOfTheLogIsDescribed(t *testing.T) {
	source, err := os.ReadFile("../audit/entry.go")
	if err != nil {
		t.Fatal(err)
	}
	actions := regexp.MustCompile(`Action += "([^"]+)"`).FindAllSubmatch(source, -1)
	if len(actions) < 10 {
		t.Fatalf("only %d actions were found in audit/entry.go", len(actions))
	}
	var table strings.Builder
	for _, cells := range rows(page(t, "reference/log.md")) {
		table.WriteString(cells[0] + "\n")
	}
	for _, match := range actions {
		if action := string(match[1]); !strings.Contains(table.String(), "`"+action+"`") {
			t.Errorf("%s is an action that the page does not describe", action)
		}
	}
}
