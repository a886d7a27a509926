package bench_test

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"
)

// report gathers the figures of a run.
var report figures

type figures struct {
	mu    sync.Mutex
	lines []figure
}

// figure is one line: what was measured, the figure, and its target.
type figure struct {
	id, what, got, target string
}

// set keeps a figure; a later one of the same name replaces it, because the
// testing package runs a benchmark several times and the last run is the
// longest.
func (f *figures) set(line figure) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.lines {
		if f.lines[i].id == line.id && f.lines[i].what == line.what {
			f.lines[i] = line
			return
		}
	}
	f.lines = append(f.lines, line)
}

// print writes the figures side by side.
func (f *figures) print() {
	if len(f.lines) == 0 {
		return
	}
	slices.SortStableFunc(f.lines, func(a, b figure) int { return strings.Compare(order(a.id), order(b.id)) })
	fmt.Fprintf(os.Stdout, "\n%s, %s/%s, %d CPU\n\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "line\twhat\tmeasured\ttarget")
	for _, l := range f.lines {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", l.id, l.what, l.got, l.target)
	}
	_ = w.Flush()
}

// order sorts P2 before P10.
func order(id string) string { return fmt.Sprintf("%08s", id) }
