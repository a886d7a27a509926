package arch_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

const modulePath = "github.com/tokenwright/tokenwright"

// source is one parsed Go file of the module.
type source struct {
	path      string // slash-separated, from the root of the module
	lines     int
	generated bool
	test      bool // its name ends in _test.go
	fset      *token.FileSet
	syntax    *ast.File
}

// room is the folder of the file: its import path without the module's.
func (s source) room() string { return path.Dir(s.path) }

// external reports whether the file is a test from outside its package.
func (s source) external() bool {
	return s.test && strings.HasSuffix(s.syntax.Name.Name, "_test")
}

// span counts the lines between the first and the last line of a node.
func (s source) span(n ast.Node) int {
	return s.fset.Position(n.End()).Line - s.fset.Position(n.Pos()).Line - 1
}

// moduleRoot is the nearest folder above the test that holds go.mod.
func moduleRoot(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod above the test's folder")
		}
		dir = parent
	}
}

// sources parses every Go file of the module in tree, whatever its build
// constraints. Nested modules, testdata and folders that the go command
// ignores are left out.
func sources(t *testing.T, tree fs.FS) []source {
	t.Helper()
	var found []source
	err := fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if ignored(tree, name) {
				return fs.SkipDir
			}
			return nil
		}
		if path.Ext(name) != ".go" {
			return nil
		}
		file, err := parse(tree, name)
		if err != nil {
			return err
		}
		found = append(found, file)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func ignored(tree fs.FS, dir string) bool {
	if dir == "." {
		return false
	}
	if name := path.Base(dir); name == "testdata" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") {
		return true
	}
	_, err := fs.Stat(tree, path.Join(dir, "go.mod"))
	return err == nil
}

func parse(tree fs.FS, name string) (source, error) {
	text, err := fs.ReadFile(tree, name)
	if err != nil {
		return source{}, err
	}
	fset := token.NewFileSet()
	syntax, err := parser.ParseFile(fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return source{}, err
	}
	return source{
		path:      name,
		lines:     strings.Count(string(text), "\n"),
		generated: ast.IsGenerated(syntax),
		test:      strings.HasSuffix(name, "_test.go"),
		fset:      fset,
		syntax:    syntax,
	}, nil
}

// report fails the test with one line per complaint.
func report(t *testing.T, complaints []string) {
	t.Helper()
	for _, complaint := range complaints {
		t.Error(complaint)
	}
}
