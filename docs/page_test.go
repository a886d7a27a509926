// Package docs_test compares the pages of this folder with the program, so
// that none of them can be out of date without a test that says so.
package docs_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the pages that are made from the program anew")

// page reads a page of this folder.
func page(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.FromSlash(name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// rows gives the cells of every row of every table of a page, trimmed, without
// heads and rules. A bar within a cell is written \|.
func rows(text string) [][]string {
	var found [][]string
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		head := i+1 < len(lines) && strings.HasPrefix(lines[i+1], "| ---")
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| ---") || head {
			continue
		}
		line = strings.ReplaceAll(strings.Trim(line, "| "), `\|`, "\x00")
		var cells []string
		for cell := range strings.SplitSeq(line, "|") {
			cells = append(cells, strings.ReplaceAll(strings.TrimSpace(cell), "\x00", "|"))
		}
		found = append(found, cells)
	}
	return found
}

// code takes the backticks from a cell that is code and nothing else.
func code(cell string) string { return strings.Trim(cell, "`") }
