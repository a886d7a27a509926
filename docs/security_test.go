package docs_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// threat is a row of security.tsv: something that must hold.
type threat struct {
	id, title string
	// named are tests that do not name the id themselves: "file" or
	// "file:TestName".
	named []string
	// why says why there is no test.
	why string
}

// open begins the reason of a row that has a test only when somebody runs one
// by hand, or none.
const open = "open: "

func threats(t *testing.T) []threat {
	t.Helper()
	var list []threat
	for line := range strings.Lines(page(t, "security.tsv")) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		cells := append(strings.Split(strings.TrimSuffix(line, "\n"), "\t"), "", "")
		if len(cells) < 4 || cells[0] == "" || cells[1] == "" {
			t.Fatalf("security.tsv: %q has no id or title", line)
		}
		list = append(list, threat{cells[0], cells[1], strings.Split(cells[2], " "), cells[3]})
	}
	return list
}

// idsIn finds the ids that a test names, in a comment, a text or its name.
func idsIn(text string) []string {
	ids := regexp.MustCompile(`\b(C1[0-2]|C[1-9]|[A-KT]-[0-9]{2}|MUST-[0-9]{2})\b`).FindAllString(text, -1)
	names := regexp.MustCompile(`(?m)^func (?:Test|Fuzz)((?:C1[0-2]|C[1-9]|[A-KT][0-9]{2}|And|To)+)[A-Z(]`)
	part := regexp.MustCompile(`(C)(1[0-2]|[1-9])|([A-KT])([0-9]{2})`)
	for _, match := range names.FindAllStringSubmatch(text, -1) {
		for _, p := range part.FindAllStringSubmatch(match[1], -1) {
			if p[1] != "" {
				ids = append(ids, p[1]+p[2])
			} else {
				ids = append(ids, p[3]+"-"+p[4])
			}
		}
	}
	return ids
}

// testsByID gives the test files of the module that name each id, in order.
func testsByID(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	tree := os.DirFS("..")
	err := fs.WalkDir(tree, ".", func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && name != "." && strings.HasPrefix(e.Name(), "."), name == "docs":
			return fs.SkipDir
		case !strings.HasSuffix(name, "_test.go") && !strings.HasPrefix(name, "store/storetest/"):
			return nil
		}
		text, err := fs.ReadFile(tree, name)
		for _, id := range idsIn(string(text)) {
			if !slices.Contains(found[id], name) {
				found[id] = append(found[id], name)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// tests gives the files in which a threat is tested. A test that security.tsv
// names must be there.
func (h threat) tests(t *testing.T, byID map[string][]string) []string {
	t.Helper()
	files := slices.Clone(byID[h.id])
	for _, one := range h.named {
		if one == "" {
			continue
		}
		file, name, _ := strings.Cut(one, ":")
		text, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(file)))
		if err != nil || !strings.Contains(string(text), "func "+name) {
			t.Errorf("security.tsv: %s names %s, which is not there", h.id, one)
		}
		if !slices.Contains(files, file) {
			files = append(files, file)
		}
	}
	slices.Sort(files)
	return files
}

// TestWhatMustHoldIsTestedOrHasAReason: the answers (C1 to C12), odd input (H),
// floods (I) and the traps of the language (T) must be tested as far as they
// can happen; of the others the page may say that they are open.
func TestWhatMustHoldIsTestedOrHasAReason(t *testing.T) {
	byID, known := testsByID(t), map[string]bool{}
	for _, one := range threats(t) {
		if known[one.id] {
			t.Errorf("%s stands twice in security.tsv", one.id)
		}
		known[one.id] = true
		mustHold := regexp.MustCompile(`^(C[0-9]+|[HIT]-[0-9]+)$`).MatchString(one.id)
		if len(one.tests(t, byID)) == 0 && (one.why == "" || mustHold && strings.HasPrefix(one.why, open)) {
			t.Errorf("%s (%s) has neither a test nor a reason", one.id, one.title)
		}
	}
	for id, files := range byID {
		if !known[id] {
			t.Errorf("%s names %s, which security.tsv does not have", files[0], id)
		}
	}
}

func TestTheSecurityPageIsMadeFromTheTests(t *testing.T) {
	const name = "reference/security.md"
	want := securityPage(t)
	if *update {
		if err := os.WriteFile(filepath.FromSlash(name), []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(page(t, name), want); diff != "" {
		t.Errorf("%s is not what the tests say; mend with: go test ./docs -update\n(-page +tests)\n%s", name, diff)
	}
}

// sections are the parts of the page, by what their ids begin with.
func sections() [][2]string {
	return [][2]string{
		{"C", "How it answers"},
		{"A-", "Signed tokens"},
		{"B-", "Opaque tokens and what is stored"},
		{"C-", "Caches and revocation"},
		{"D-", "Proxies, headers, paths"},
		{"E-", "Scopes and rights"},
		{"F-", "OAuth"},
		{"G-", "Registration and outgoing requests"},
		{"H-", "Odd input"},
		{"I-", "Floods"},
		{"J-", "Sign-in and browsers"},
		{"K-", "Operation and durability"},
		{"T-", "Traps of Go's standard library"},
		{"MUST-", "What the standards demand"},
	}
}

func securityPage(t *testing.T) string {
	t.Helper()
	var out strings.Builder
	out.WriteString(`# Security, row by row

What must hold, and the tests that would tell if it did not. Comments in the
source and names of tests use these ids. The page is made from the tests and
from ` + "`docs/security.tsv`" + `; mend it with ` + "`go test ./docs -update`" + `.

A row without tests says why: what it is about is not offered yet, or not at
all, or cannot happen by design. What is *open* has no test yet.
`)
	byID, all := testsByID(t), threats(t)
	for _, section := range sections() {
		fmt.Fprintf(&out, "\n## %s\n\n| id | what | tests |\n| --- | --- | --- |\n", section[1])
		for _, one := range all {
			if lead := strings.TrimRight(one.id, "0123456789"); lead == section[0] {
				fmt.Fprintf(&out, "| %s | %s | %s |\n", one.id, one.title, one.told(one.tests(t, byID)))
			}
		}
	}
	return out.String()
}

// told gives the last cell of a row: a test says more than a reason.
func (h threat) told(tests []string) string {
	if len(tests) == 0 {
		return h.why
	}
	return "`" + strings.Join(tests, "`, `") + "`"
}
