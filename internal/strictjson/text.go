package strictjson

import (
	"strconv"
	"unicode/utf8"
)

// text reads a string; the next byte is its opening quote. Bytes below 0x20
// are not allowed in it, and \u escapes of surrogates only in whole pairs.
func (s *scanner) text() error {
	for s.at++; s.at < len(s.data); {
		switch c := s.data[s.at]; {
		case c == '"':
			s.at++
			return nil
		case c == '\\':
			if err := s.escape(); err != nil {
				return err
			}
		case c < 0x20:
			return ErrSyntax
		default:
			s.at++
		}
	}
	return ErrSyntax
}

// escape reads one escape, or the two of a surrogate pair.
func (s *scanner) escape() error {
	s.at++
	c := s.peek()
	s.at++
	switch c {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return nil
	case 'u':
	default:
		return ErrSyntax
	}
	unit, ok := hex4(s.data[min(s.at, len(s.data)):])
	if !ok {
		return ErrSyntax
	}
	s.at += 4
	if !isSurrogate(unit) {
		return nil
	}
	if rest := s.data[s.at:]; isHigh(unit) && len(rest) >= 6 && rest[0] == '\\' && rest[1] == 'u' {
		if low, ok := hex4(rest[2:]); ok && isSurrogate(low) && !isHigh(low) {
			s.at += 6
			return nil
		}
	}
	return ErrSurrogate
}

// unquote gives the text of a string that was read by text.
func unquote(quoted []byte) string {
	in := quoted[1 : len(quoted)-1]
	plain := 0
	for plain < len(in) && in[plain] != '\\' {
		plain++
	}
	if plain == len(in) {
		return string(in)
	}
	out := append(make([]byte, 0, len(in)), in[:plain]...)
	for i := plain; i < len(in); {
		if in[i] != '\\' {
			out = append(out, in[i])
			i++
			continue
		}
		if in[i+1] != 'u' {
			out = append(out, short[in[i+1]])
			i += 2
			continue
		}
		r, _ := hex4(in[i+2:])
		i += 6
		if isSurrogate(r) {
			low, _ := hex4(in[i+2:])
			r = 0x10000 + (r-0xd800)<<10 + (low - 0xdc00)
			i += 6
		}
		out = utf8.AppendRune(out, r)
	}
	return string(out)
}

// short is what the letter of a two-character escape stands for.
var short = [256]byte{ //nolint:gochecknoglobals // it is only read
	'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t',
}

func hex4(b []byte) (rune, bool) {
	if len(b) < 4 {
		return 0, false
	}
	for _, c := range b[:4] {
		// ParseUint alone would take "+123".
		if !isDigit(c) && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
			return 0, false
		}
	}
	n, err := strconv.ParseUint(string(b[:4]), 16, 16)
	return rune(n), err == nil
}

func isSurrogate(r rune) bool { return r >= 0xd800 && r <= 0xdfff }

func isHigh(r rune) bool { return r <= 0xdbff }
