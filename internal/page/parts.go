package page

import (
	"strconv"
	"strings"
	"time"
)

// Tone is what a colour means. It always stands beside a word.
type Tone string

// The tones.
const (
	ToneGood  Tone = "good"
	ToneWarn  Tone = "warn"
	ToneBad   Tone = "bad"
	ToneQuiet Tone = "quiet"
)

// shownChips is how many chips stand in a row before the rest is folded.
const shownChips = 3

// Expiry is how much is left of a lifetime.
type Expiry struct{ From, Until time.Time }

// left gives hundredths of the lifetime that are left.
func (e Expiry) left(now time.Time) int {
	whole, rest := e.Until.Sub(e.From), e.Until.Sub(now)
	switch {
	case whole <= 0 || rest <= 0:
		return 0
	case rest >= whole:
		return 100
	}
	return max(1, int(rest.Seconds()/whole.Seconds()*100))
}

// tone of the bar: green, amber below a quarter, red below a twentieth.
func (e Expiry) tone(now time.Time) Tone {
	switch left := e.left(now); {
	case left < 5:
		return ToneBad
	case left < 25:
		return ToneWarn
	}
	return ToneGood
}

func (e Expiry) width(now time.Time) string { return strconv.Itoa(e.left(now)) }

// Event is a line of a history.
type Event struct {
	Tone   Tone
	Title  string
	By     string
	At     time.Time
	Detail string
}

func noteIcon(tone Tone) Icon {
	if tone == ToneGood {
		return IconCheck
	}
	return IconWarn
}

// short leaves out of a ref what goes without saying: the kind of the thing, and
// the default namespace.
func short(ref string) string {
	kind, name, found := strings.Cut(ref, ":")
	if !found || kind != "group" && kind != "user" {
		return ref
	}
	return strings.TrimPrefix(name, "default/")
}
