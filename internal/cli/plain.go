package cli

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// plain makes text from elsewhere safe for a terminal, on one line: control
// characters, those that reorder or hide what a reader sees, and bytes that
// are no UTF-8 are written as escapes (rows H-02, H-04).
func plain(s string) string {
	return escape(s, func(rune) bool { return false })
}

// plainLines is plain, but keeps line breaks: for messages of several lines.
func plainLines(s string) string {
	return escape(s, func(r rune) bool { return r == '\n' })
}

func escape(s string, keep func(rune) bool) string {
	var out strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&out, `\x%02x`, s[i])
		case keep(r):
			out.WriteRune(r)
		case r == '\n':
			out.WriteString(`\n`)
		case r == '\t':
			out.WriteString(`\t`)
		case risky(r):
			out.WriteString(unicodeEscape(r))
		default:
			out.WriteRune(r)
		}
		i += size
	}
	return out.String()
}

// risky: a terminal or a reader could take it for something else than text.
func risky(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs)
}

// unicodeEscape writes a character as JSON does.
func unicodeEscape(r rune) string {
	if r > 0xffff {
		r -= 0x10000
		return fmt.Sprintf(`\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
	}
	return fmt.Sprintf(`\u%04x`, r)
}

// plainJSON escapes in a JSON text what encoding/json leaves: C1 controls are
// terminal escapes too. The value stays the same.
func plainJSON(text []byte) []byte {
	return []byte(escape(string(text), func(r rune) bool { return r == '\n' || r == '\t' }))
}
