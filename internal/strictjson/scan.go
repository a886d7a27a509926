package strictjson

import "unicode/utf8"

// Check judges a text that holds one JSON value of any sort: nil, or one of
// the errors of this package.
func Check(data []byte, limits Limits) error {
	s, err := newScanner(data, limits)
	if err != nil {
		return err
	}
	s.space()
	if err := s.value(); err != nil {
		return err
	}
	return s.end()
}

// scanner walks over a text once, from front to back. It keeps no tree: what
// it needs to remember of a text stands on the call stack, whose depth is
// limited.
type scanner struct {
	data  []byte
	at    int
	depth int // levels that may still be entered
	keys  int // members that may still be read
	twins bool
	// each, when it is there, gets every object, inner ones first.
	each func(Object)
}

func newScanner(data []byte, limits Limits) (*scanner, error) {
	limits = limits.orDefault()
	if len(data) > limits.MaxBytes {
		return nil, ErrTooLong
	}
	if !utf8.Valid(data) {
		return nil, ErrUTF8
	}
	return &scanner{data: data, depth: limits.MaxDepth, keys: limits.MaxKeys, twins: limits.CaseTwins}, nil
}

// end reports what follows the value.
func (s *scanner) end() error {
	s.space()
	if s.at != len(s.data) {
		return ErrTrailing
	}
	return nil
}

// peek gives the next byte, or 0 at the end. A zero byte of the text itself
// is never valid where peek is asked, so the two need not be told apart.
func (s *scanner) peek() byte {
	if s.at < len(s.data) {
		return s.data[s.at]
	}
	return 0
}

func (s *scanner) space() {
	for s.at < len(s.data) {
		switch s.data[s.at] {
		case ' ', '\t', '\r', '\n':
			s.at++
		default:
			return
		}
	}
}

// value reads one value; the next byte is its first.
func (s *scanner) value() error {
	switch c := s.peek(); {
	case c == '{':
		return s.object(nil)
	case c == '[':
		return s.array()
	case c == '"':
		return s.text()
	case c == '-' || isDigit(c):
		return s.number()
	}
	for _, word := range [...]string{"true", "false", "null"} {
		if end := s.at + len(word); end <= len(s.data) && string(s.data[s.at:end]) == word {
			s.at = end
			return nil
		}
	}
	return ErrSyntax
}

// object reads an object. keep, when it is there, gets each member.
func (s *scanner) object(keep func(name, value []byte)) error {
	if s.depth--; s.depth < 0 {
		return ErrTooDeep
	}
	var members Object // for each alone
	seen := names{exact: s.twins}
	s.at++
	s.space()
	for first := true; s.peek() != '}'; first = false {
		if !first {
			if s.peek() != ',' {
				return ErrSyntax
			}
			s.at++
			s.space()
		}
		name, value, err := s.member()
		if err != nil {
			return err
		}
		if err := seen.add(name); err != nil {
			return err
		}
		if keep != nil {
			keep(name, value)
		}
		if s.each != nil {
			members = append(members, Member{unquote(name), value})
		}
		s.space()
	}
	s.at++
	s.depth++
	if s.each != nil {
		s.each(members)
	}
	return nil
}

// member reads a name, still quoted, and its value.
func (s *scanner) member() (name, value []byte, err error) {
	if s.keys--; s.keys < 0 {
		return nil, nil, ErrManyKeys
	}
	if s.peek() != '"' {
		return nil, nil, ErrSyntax
	}
	start := s.at
	if err := s.text(); err != nil {
		return nil, nil, err
	}
	name = s.data[start:s.at]
	s.space()
	if s.peek() != ':' {
		return nil, nil, ErrSyntax
	}
	s.at++
	s.space()
	start = s.at
	if err := s.value(); err != nil {
		return nil, nil, err
	}
	return name, s.data[start:s.at], nil
}

func (s *scanner) array() error {
	if s.depth--; s.depth < 0 {
		return ErrTooDeep
	}
	s.at++
	s.space()
	for first := true; s.peek() != ']'; first = false {
		if !first {
			if s.peek() != ',' {
				return ErrSyntax
			}
			s.at++
			s.space()
		}
		if err := s.value(); err != nil {
			return err
		}
		s.space()
	}
	s.at++
	s.depth++
	return nil
}

// number reads a number by the grammar of RFC 8259 section 6.
func (s *scanner) number() error {
	if s.peek() == '-' {
		s.at++
	}
	switch c := s.peek(); {
	case c == '0':
		s.at++
	case !s.digits():
		return ErrSyntax
	}
	if s.peek() == '.' {
		s.at++
		if !s.digits() {
			return ErrSyntax
		}
	}
	if c := s.peek(); c == 'e' || c == 'E' {
		s.at++
		if c := s.peek(); c == '+' || c == '-' {
			s.at++
		}
		if !s.digits() {
			return ErrSyntax
		}
	}
	return nil
}

// digits reads digits and reports whether there was at least one.
func (s *scanner) digits() bool {
	start := s.at
	for isDigit(s.peek()) {
		s.at++
	}
	return s.at > start
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
