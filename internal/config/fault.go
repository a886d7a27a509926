package config

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tokenwright/tokenwright/token"
)

// Place is where a value was given.
type Place struct {
	// Source is the path of the file, the name of the environment variable,
	// or the flag with its dashes.
	Source string
	Line   int // in the file, from 1; 0 when Source has no lines
}

// String gives "tokenwright.yaml:12", "TOKENWRIGHT_LISTEN" or "--listen".
func (p Place) String() string {
	if p.Line == 0 {
		return p.Source
	}
	return p.Source + ":" + strconv.Itoa(p.Line)
}

// Fault is one thing that is wrong.
type Fault struct {
	Place   Place  // zero when a default is at fault
	Key     string // path of the key, "kinds.service.prefix"; "" for the whole source
	Message string // what is wrong and how to mend it
}

// Error gives "place: key: message", without what is not there.
func (f Fault) Error() string { return describe(f.Place, f.Key, f.Message) }

// Faults is every fault of a configuration, in the order of the file, then
// environment and flags. It is the error of [Load] and means
// token.ErrInvalid.
type Faults []Fault

// Error gives one line for each fault.
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, one := range f {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap gives token.ErrInvalid.
func (f Faults) Unwrap() error { return token.ErrInvalid }

// Warning is something that works, but perhaps not as meant.
type Warning struct {
	Place   Place
	Key     string
	Message string
}

// String gives "place: key: message", without what is not there.
func (w Warning) String() string { return describe(w.Place, w.Key, w.Message) }

func describe(place Place, key, message string) string {
	parts := slices.DeleteFunc([]string{place.String(), key, message}, func(s string) bool { return s == "" })
	return strings.Join(parts, ": ")
}

// places remembers where each key was given.
type places map[string]Place

// of gives the place of a key, or of the nearest key above it.
func (p places) of(key string) Place {
	for ; ; key = parent(key) {
		if place, ok := p[key]; ok || key == "" {
			return place
		}
	}
}

// parent cuts the last segment off: "a.b[2].c", "a.b[2]", "a.b", "a", "".
func parent(key string) string { return key[:max(0, strings.LastIndexAny(key, ".["))] }

func join(key, name string) string {
	if key == "" {
		return name
	}
	return key + "." + name
}

func indexed(key string, i int) string { return key + "[" + strconv.Itoa(i) + "]" }

// findings gathers faults and warnings.
type findings struct {
	places   places
	faults   Faults
	warnings []Warning
	faulty   map[string]bool // keys with a fault
}

// fault notes a fault at a key. What follows from an earlier fault at the key
// or above it is left out: one mistake, one line.
func (f *findings) fault(key, format string, args ...any) {
	f.faultAt(f.places.of(key), key, format, args...)
}

func (f *findings) faultAt(place Place, key, format string, args ...any) {
	for k := key; k != ""; k = parent(k) {
		if f.faulty[k] {
			return
		}
	}
	f.faulty[key] = true
	f.faults = append(f.faults, Fault{place, key, fmt.Sprintf(format, args...)})
}

func (f *findings) warn(key, format string, args ...any) {
	f.warnings = append(f.warnings, Warning{f.places.of(key), key, fmt.Sprintf(format, args...)})
}

// given reports whether any source set the key.
func (f *findings) given(key string) bool { _, ok := f.places[key]; return ok }

// err gives the faults in order, or nil.
func (f *findings) err() error {
	if len(f.faults) == 0 {
		return nil
	}
	slices.SortStableFunc(f.faults, func(a, b Fault) int { return byPlace(a.Place, b.Place) })
	return f.faults
}

// byPlace: lines of the file first, then what has no line, then flags.
func byPlace(a, b Place) int {
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Line, b.Line))
}

func rank(p Place) int {
	switch {
	case p.Line > 0:
		return 0
	case strings.HasPrefix(p.Source, "--"):
		return 2
	}
	return 1
}
