package oauth

import (
	"strings"
	"unicode"
)

// maxName bounds what is shown of a client's name, in characters.
const maxName = 100

// PlainName gives the name of a client as it may be shown to people: in one
// line, and without the invisible characters by which a text can be made to
// read as another (F-10). otherwise stands in for a name of which nothing is
// left.
func PlainName(name, otherwise string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.Is(unicode.Cf, r), unicode.IsControl(r), !unicode.IsGraphic(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, ""))
	name = strings.Join(strings.FieldsFunc(name, func(r rune) bool { return r == ' ' }), " ")
	if runes := []rune(name); len(runes) > maxName {
		name = string(runes[:maxName]) + "…"
	}
	if name == "" {
		return otherwise
	}
	return name
}
