package arch_test

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

// traceOfOneMachine matches text that means something only where it was
// written: a path of that machine, or the folder of tools beside the checkout.
// The expression is written so that it does not match itself.
func traceOfOneMachine() *regexp.Regexp {
	return regexp.MustCompile(`(?:^|[^\w.-])[/]work/|[.]library\b`)
}

// TestNothingInTheRepositoryNamesOneMachine reads every file that is or would
// be committed.
func TestNothingInTheRepositoryNamesOneMachine(t *testing.T) {
	root := moduleRoot(t)
	list := exec.CommandContext(t.Context(), "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	list.Dir = root
	out, err := list.Output()
	if err != nil {
		t.Skipf("git does not list the files of this checkout: %v", err)
	}
	names := strings.FieldsFunc(string(out), func(r rune) bool { return r == 0 })
	report(t, traces(t, os.DirFS(root), names))
}

// traces names each line of the files that holds a trace. A file that Git
// still lists and that is gone from the disk has none.
func traces(t *testing.T, tree fs.FS, names []string) []string {
	t.Helper()
	var complaints []string
	trace := traceOfOneMachine()
	for _, name := range names {
		text, err := fs.ReadFile(tree, name)
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(text), "\n") {
			if found := trace.FindString(line); found != "" {
				complaints = append(complaints, fmt.Sprintf("%s:%d: %q means something only on one machine", name, i+1, found))
			}
		}
	}
	return complaints
}

func TestTracesAreFound(t *testing.T) {
	for _, tc := range []struct {
		text  string
		found bool
	}{
		{"/" + "work/main", true},
		{"see " + "/" + "work/main", true},
		{"see ." + "library/README.md", true},
		{"https://example.com/" + "work/", false},
		{"../" + "work/main", false},
		{"/workspaces/demo", false},
		{"a library", false},
	} {
		t.Run(tc.text, func(t *testing.T) {
			tree := fstest.MapFS{"a.md": {Data: []byte("first\n" + tc.text + "\n")}}
			got := traces(t, tree, []string{"a.md", "gone.md"})
			if found := len(got) > 0; found != tc.found {
				t.Errorf("found %v, want %v: %q", found, tc.found, got)
			}
		})
	}
}
