package arch_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func TestRoomsImportOnlyWhatTheTableAllows(t *testing.T) {
	text, err := os.ReadFile("rooms.txt")
	if err != nil {
		t.Fatal(err)
	}
	allowed, err := parseTable(string(text))
	if err != nil {
		t.Fatal(err)
	}
	files := sources(t, os.DirFS(moduleRoot(t)))
	if len(files) == 0 {
		t.Fatal("no Go file was found")
	}
	report(t, forbiddenImports(allowed, files))
}

// forbiddenImports names every edge between our rooms that the table does not
// allow, and every room that it does not know.
func forbiddenImports(allowed table, files []source) []string {
	var complaints []string
	unknown := map[string]bool{}
	for _, file := range files {
		if file.external() {
			continue
		}
		room := file.room()
		if _, known := allowed[room]; !known {
			if !unknown[room] {
				unknown[room] = true
				complaints = append(complaints, fmt.Sprintf(
					"%s is not in internal/arch/rooms.txt: give it a line with what it may import and why", room))
			}
			continue
		}
		for _, other := range ourImports(file) {
			if !allowed.allows(room, other) {
				complaints = append(complaints, fmt.Sprintf("%s: %s may not import %s", file.path, room, other))
			}
		}
	}
	return complaints
}

// ourImports lists the rooms of this module that the file imports.
func ourImports(file source) []string {
	var rooms []string
	for _, spec := range file.syntax.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue // the parser accepts no such file
		}
		switch room, ours := strings.CutPrefix(imported, modulePath+"/"); {
		case ours:
			rooms = append(rooms, room)
		case imported == modulePath:
			rooms = append(rooms, ".")
		}
	}
	return rooms
}

func TestForbiddenImportsAreFound(t *testing.T) {
	allowed, err := parseTable(`
# a comment
@shared: token # a list
token: # the words
store: token # the rows
internal/surface/a: @shared # a protocol
internal/server: token internal/surface/* # joins
`)
	if err != nil {
		t.Fatal(err)
	}
	file := func(pkg, imported string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte("package " + pkg + "\n\nimport _ \"" + imported + "\"\n")}
	}
	ours := func(room string) string { return modulePath + "/" + room }

	for _, tc := range []struct {
		name, path string
		file       *fstest.MapFile
		want       []string
	}{
		{"an edge of the table", "store/a.go", file("store", ours("token")), nil},
		{"an edge by a list", "internal/surface/a/a.go", file("a", ours("token")), nil},
		{"an edge by a pattern", "internal/server/a.go", file("server", ours("internal/surface/a")), nil},
		{"the standard library", "token/a.go", file("token", "strings"), nil},
		{"a name that only begins like ours", "token/a.go", file("token", modulePath+"er/x"), nil},
		{"an external test", "token/a_test.go", file("token_test", ours("store")), nil},
		{"a nested module", "nested/a.go", file("nested", ours("store")), nil},
		{
			"an edge upward", "token/a.go", file("token", ours("store")),
			[]string{"token/a.go: token may not import store"},
		},
		{
			"a surface that reaches a store", "internal/surface/a/a.go", file("a", ours("store")),
			[]string{"internal/surface/a/a.go: internal/surface/a may not import store"},
		},
		{
			"a test inside the package", "token/a_test.go", file("token", ours("store")),
			[]string{"token/a_test.go: token may not import store"},
		},
		{
			"a file of another platform", "token/a_windows.go", file("token", ours("store")),
			[]string{"token/a_windows.go: token may not import store"},
		},
		{
			"a pattern does not reach into folders", "internal/server/a.go", file("server", ours("internal/surface/a/b")),
			[]string{"internal/server/a.go: internal/server may not import internal/surface/a/b"},
		},
		{
			"the root of the module", "token/a.go", file("token", modulePath),
			[]string{"token/a.go: token may not import ."},
		},
		{
			"a room without a line", "novel/a.go", file("novel", ours("token")),
			[]string{"novel is not in internal/arch/rooms.txt: give it a line with what it may import and why"},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tree := fstest.MapFS{tc.path: tc.file, "nested/go.mod": {Data: []byte("module nested\n")}}
			got := forbiddenImports(allowed, sources(t, tree))
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("complaints (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheTableRefusesLinesItCannotRead(t *testing.T) {
	for _, tc := range []struct{ name, text, want string }{
		{"no colon", "token # why", `rooms.txt:1: want "room: imports", have "token # why"`},
		{"two names", "token store: audit # why", `rooms.txt:1: want "room: imports", have "token store: audit # why"`},
		{"a room twice", "token: # why\ntoken: audit # why", "rooms.txt:2: token has a line already"},
		{"an unknown list", "token: @none # why", "rooms.txt:1: the list @none is not defined above"},
		{"no reason", "token: audit", "rooms.txt:1: write the reason behind a #"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := parseTable(tc.text)
			if err == nil || err.Error() != tc.want {
				t.Errorf("got %v, want %s", err, tc.want)
			}
		})
	}
}
