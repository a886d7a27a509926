package verify

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tokenwright/tokenwright/token"
)

// errAmbiguous is the answer to a target that two programs could read as two
// different paths. It is refused, never repaired: what is judged here must be
// what the upstream serves (D-06).
var errAmbiguous = token.Invalid("the request target is ambiguous")

const maxTargetLength = 8192

// segments gives the decoded path segments of a request target in origin form
// (RFC 9112 section 3.2.1). Refused are: anything that does not begin with a
// slash, empty and dot segments, encoded slash, backslash, dot, percent sign,
// semicolon and control characters, the same raw (but for the slash and the
// dot), raw bytes outside visible ASCII, bad escapes, invalid UTF-8, and what
// some servers take for a slash or a dot segment though it is none. A single
// trailing slash gives an empty last segment.
func segments(target string) ([]string, error) {
	path, _, _ := strings.Cut(target, "?")
	if len(target) > maxTargetLength || !strings.HasPrefix(path, "/") || !plain(path) {
		return nil, errAmbiguous
	}
	raw := strings.Split(path[1:], "/")
	for i, s := range raw {
		decoded, ok := decodeSegment(s)
		last := i == len(raw)-1
		if !ok || decoded == "" && !last || looksSpecial(decoded) {
			return nil, errAmbiguous
		}
		raw[i] = decoded
	}
	return raw, nil
}

// plain: visible ASCII without '\\', ';' and '#'.
func plain(path string) bool {
	for i := range len(path) {
		if c := path[i]; c <= 0x20 || c >= 0x7f || c == '\\' || c == ';' || c == '#' {
			return false
		}
	}
	return true
}

func decodeSegment(s string) (string, bool) {
	if !strings.Contains(s, "%") {
		return s, true
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			out = append(out, s[i])
			continue
		}
		if i+2 >= len(s) {
			return "", false
		}
		hi, lo := unhex(s[i+1]), unhex(s[i+2])
		if hi > 15 || lo > 15 {
			return "", false
		}
		c := hi<<4 | lo
		if c < 0x20 || c == 0x7f || strings.IndexByte(`/\.%;`, c) >= 0 {
			return "", false
		}
		out = append(out, c)
		i += 2
	}
	return string(out), utf8.Valid(out)
}

// looksSpecial reports whether a segment is, or could be taken for, a dot
// segment or more than one segment. Some servers drop spaces and dots at the
// end of a name, and some replace characters by the ASCII ones that look like
// them (compatibility forms of Unicode, "best fit" of code pages).
func looksSpecial(segment string) bool {
	dots := segment != ""
	for _, r := range segment {
		switch r {
		case '\u2044', '\u2215', '\u29f8', '\uff0f', '\u29f5', '\ufe68', '\uff3c', // / and \
			'\u066a', '\ufe6a', '\uff05', '\ufe54', '\uff1b', '\u037e': // % and ;
			return true
		case '.', ' ', '\u00a0', '\u2024', '\u2025', '\u2026', '\ufe52', '\uff0e', '\u3002', '\uff61': // . and space
		default:
			dots = dots && unicode.IsSpace(r)
		}
	}
	return dots
}

func unhex(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10
	}
	return 255
}
