package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"golang.org/x/term"
)

const (
	barWidth = 30
	barPause = 100 * time.Millisecond
)

// bar shows how far long work is, on a terminal. In a pipe it is silent.
type bar struct {
	w     io.Writer
	name  string
	shown bool
	clock func() time.Time
	last  time.Time
}

// progress begins a bar on the standard error.
func (a *app) progress(name string) *bar {
	file, ok := a.Stderr.(*os.File)
	return &bar{w: a.Stderr, name: name, clock: a.Clock, shown: ok && term.IsTerminal(int(file.Fd()))}
}

// show redraws the bar, but not more often than an eye can follow.
func (b *bar) show(done, all int64) {
	now := b.clock()
	if !b.shown || (now.Sub(b.last) < barPause && done < all) {
		return
	}
	b.last = now
	filled := 0
	if all > 0 {
		filled = int(min(done, all) * barWidth / all)
	}
	fmt.Fprintf(b.w, "\r\x1b[K%s [%s%s] %s of %s", b.name,
		strings.Repeat("#", filled), strings.Repeat(".", barWidth-filled), humanize.Comma(done), humanize.Comma(all))
}

// end clears the line.
func (b *bar) end() {
	if b.shown && !b.last.IsZero() {
		fmt.Fprint(b.w, "\r\x1b[K")
	}
}
