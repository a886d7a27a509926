package strictjson

import (
	"slices"
	"strconv"
	"strings"
)

// Member is one member of an object.
type Member struct {
	Name  string // escapes resolved
	Value Value
}

// Object is the members of an object in the order of the text. No two names
// are equal, not even without regard to letter case.
type Object []Member

// Value is the text of one JSON value that was checked.
type Value []byte

// ParseObject is Check for a text that must be an object, and gives its
// members. The values point into data, which must not be changed afterwards.
func ParseObject(data []byte, limits Limits) (Object, error) {
	s, err := newScanner(data, limits)
	if err != nil {
		return nil, err
	}
	s.space()
	if s.peek() != '{' {
		if err := Check(data, limits); err != nil {
			return nil, err
		}
		return nil, ErrNotObject
	}
	object := make(Object, 0, 8)
	err = s.object(func(name, value []byte) {
		object = append(object, Member{unquote(name), value})
	})
	if err != nil {
		return nil, err
	}
	if err := s.end(); err != nil {
		return nil, err
	}
	return object, nil
}

// Find gives the value of the member of exactly this name.
func (o Object) Find(name string) (Value, bool) {
	for i := range o {
		if o[i].Name == name {
			return o[i].Value, true
		}
	}
	return nil, false
}

// Unknown gives the first name that is none of the known ones. "Name" is
// unknown where "name" is known.
func (o Object) Unknown(known ...string) (name string, ok bool) {
	for i := range o {
		if !slices.Contains(known, o[i].Name) {
			return o[i].Name, true
		}
	}
	return "", false
}

// Variant gives the first name that a careless reader takes for one of the
// known ones though it is none: they differ in letter case.
func (o Object) Variant(known ...string) (name string, ok bool) {
	for i := range o {
		if IsVariant(o[i].Name, known...) {
			return o[i].Name, true
		}
	}
	return "", false
}

// IsVariant reports whether a name is one of the known ones but for letter
// case. It folds as Unicode does: "\u017fub" is a variant of "sub".
func IsVariant(name string, known ...string) bool {
	return !slices.Contains(known, name) &&
		slices.ContainsFunc(known, func(one string) bool { return strings.EqualFold(one, name) })
}

// Text gives the text of a string.
func (v Value) Text() (string, bool) {
	if len(v) == 0 || v[0] != '"' {
		return "", false
	}
	return unquote(v), true
}

// Object gives the members of an object.
func (v Value) Object() (Object, bool) {
	if len(v) == 0 || v[0] != '{' {
		return nil, false
	}
	// As in Elements.
	object, err := ParseObject(v, Limits{MaxBytes: len(v), MaxDepth: len(v), MaxKeys: len(v), CaseTwins: true})
	return object, err == nil
}

// Elements gives the elements of an array.
func (v Value) Elements() ([]Value, bool) {
	if len(v) == 0 || v[0] != '[' {
		return nil, false
	}
	// The text was checked; no limit can be reached that was not before.
	s := scanner{data: v, at: 1, depth: len(v), keys: len(v), twins: true}
	elements := []Value{}
	for s.space(); s.peek() != ']'; s.space() {
		if s.peek() == ',' {
			s.at++
			s.space()
		}
		start := s.at
		if s.value() != nil {
			return nil, false
		}
		elements = append(elements, v[start:s.at])
	}
	return elements, true
}

// Texts gives the elements of an array that holds strings only; an empty
// array gives an empty slice.
func (v Value) Texts() ([]string, bool) {
	if len(v) == 0 || v[0] != '[' {
		return nil, false
	}
	s := scanner{data: v, at: 1}
	texts := []string{}
	for s.space(); s.peek() != ']'; s.space() {
		if s.peek() == ',' {
			s.at++
			s.space()
		}
		start := s.at
		if s.peek() != '"' || s.text() != nil {
			return nil, false
		}
		texts = append(texts, unquote(v[start:s.at]))
	}
	return texts, true
}

// Integer gives a whole number from 0 to 2^53-1, written with digits alone.
// Fractions, exponents and signs are refused even where their value is whole:
// above 2^53 two readers of one number can disagree, and 1e3 is none of the
// spellings that a date or a count needs.
func (v Value) Integer() (int64, bool) {
	if len(v) == 0 || len(v) > 16 {
		return 0, false
	}
	for _, c := range v {
		if !isDigit(c) {
			return 0, false
		}
	}
	n, err := strconv.ParseInt(string(v), 10, 64)
	return n, err == nil && n < 1<<53
}

// IsNull reports whether the value is null.
func (v Value) IsNull() bool { return string(v) == "null" }
