package strictjson

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// names are the member names of one object seen so far, in folded form.
// Nearly every object has few members, and a short list needs no memory of
// its own; the map makes sure that many members do not cost the square of
// their number.
type names struct {
	few  [16]seenName
	n    int
	many map[string][]byte // folded to quoted
	// exact compares names as they are, only the escapes resolved.
	exact bool
}

type seenName struct{ folded, quoted []byte }

// add takes a new quoted name, or gives ErrRepeated or ErrCaseTwin.
func (s *names) add(quoted []byte) error {
	name := s.form(quoted)
	for _, other := range s.few[:s.n] {
		if bytes.Equal(other.folded, name) {
			return collision(other.quoted, quoted)
		}
	}
	if s.n < len(s.few) {
		s.few[s.n] = seenName{name, quoted}
		s.n++
		return nil
	}
	if other, ok := s.many[string(name)]; ok {
		return collision(other, quoted)
	}
	if s.many == nil {
		s.many = make(map[string][]byte)
	}
	s.many[string(name)] = quoted
	return nil
}

// form gives what two names that collide have in common.
func (s *names) form(quoted []byte) []byte {
	if s.exact {
		return []byte(unquote(quoted))
	}
	return fold(quoted)
}

// collision says in which way two names are equal.
func collision(a, b []byte) error {
	if unquote(a) == unquote(b) {
		return ErrRepeated
	}
	return ErrCaseTwin
}

// fold gives the form of a name in which names that a careless reader takes
// for one are equal: the escapes resolved, and of all letters that Unicode
// holds for the same but for their case the smallest. The Kelvin sign U+212A
// so becomes "k" and the long s U+017F becomes "s" (T-04).
func fold(quoted []byte) []byte {
	inner := quoted[1 : len(quoted)-1]
	if isFolded(inner) {
		return inner
	}
	text := unquote(quoted)
	out := make([]byte, 0, len(text))
	for _, r := range text {
		out = utf8.AppendRune(out, foldRune(r))
	}
	return out
}

// isFolded reports whether fold would give the same bytes, which holds for
// nearly every name there is.
func isFolded(name []byte) bool {
	for _, c := range name {
		if c >= utf8.RuneSelf || c == '\\' || c >= 'A' && c <= 'Z' {
			return false
		}
	}
	return true
}

func foldRune(r rune) rune {
	least := r
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		least = min(least, next)
	}
	if least >= 'A' && least <= 'Z' {
		least += 'a' - 'A'
	}
	return least
}
