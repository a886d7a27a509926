package token

import (
	"unicode/utf16"
	"unicode/utf8"
)

// ValidText reports whether s can be stored as text for people on every
// database: valid UTF-8 without control characters but tab, CR and LF, and
// without characters that reorder what a reader sees.
func ValidText(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		switch {
		case r == '\t', r == '\r', r == '\n':
		case r < 0x20, r >= 0x7f && r < 0xa0: // C0, DEL, C1
			return false
		case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069: // bidi controls (H-04)
			return false
		}
	}
	return true
}

// UTF16Length counts UTF-16 code units, by which the limits of the REST
// contract are stated.
func UTF16Length(s string) int {
	n := 0
	for _, r := range s {
		n += max(utf16.RuneLen(r), 1)
	}
	return n
}
