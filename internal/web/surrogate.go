package web

import (
	"strconv"
	"unicode/utf16"
)

// replaceHalfPairs turns each \u escape that is half of a surrogate pair
// into \u0000, in place. Outside of strings a backslash is never valid JSON,
// so strings need not be told apart.
func replaceHalfPairs(data []byte) {
	for i := 0; i+1 < len(data); {
		switch unit, ok := escapedUnit(data[i:]); {
		case ok && utf16.IsSurrogate(unit):
			low, _ := escapedUnit(data[i+6:])
			if utf16.DecodeRune(unit, low) != 0xFFFD {
				i += 12
				continue
			}
			copy(data[i:], `\u0000`)
			i += 6
		case data[i] == '\\':
			i += 2
		default:
			i++
		}
	}
}

// escapedUnit reads the escape that data begins with, of the form \uXXXX.
func escapedUnit(data []byte) (rune, bool) {
	if len(data) < 6 || data[0] != '\\' || data[1] != 'u' {
		return 0, false
	}
	unit, err := strconv.ParseUint(string(data[2:6]), 16, 16)
	return rune(unit), err == nil
}
