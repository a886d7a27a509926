package docs_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tokenwright/tokenwright/internal/cli"
)

func TestTheCommandLineIsDescribedAsItIs(t *testing.T) {
	const name = "reference/commands.md"
	var want bytes.Buffer
	if err := cli.WriteReference(&want); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(name, want.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(page(t, name), want.String()); diff != "" {
		t.Errorf("%s is not what the program says; mend with: go test ./docs -update\n(-page +program)\n%s", name, diff)
	}
}
