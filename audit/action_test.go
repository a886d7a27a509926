package audit_test

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tokenwright/tokenwright/audit"
)

func TestActionsListsEveryActionOnce(t *testing.T) {
	source, err := os.ReadFile("entry.go")
	must(t, err)
	var want, got []string
	for _, found := range regexp.MustCompile(`Action += "([^"]+)"`).FindAllSubmatch(source, -1) {
		want = append(want, string(found[1]))
	}
	for _, action := range audit.Actions() {
		got = append(got, string(action))
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("actions (-declared +listed):\n%s", diff)
	}
}
