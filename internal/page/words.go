package page

import (
	"strings"
	"unicode/utf8"

	"github.com/tokenwright/tokenwright/internal/page/message"
)

// initial gives the letter that stands for a person.
func (p Person) initial() string {
	label := p.Label()
	if i := strings.LastIndexByte(label, '/'); p.Name == "" && i >= 0 {
		label = label[i+1:]
	}
	first, _ := utf8.DecodeRuneInString(label)
	if first == utf8.RuneError {
		return ""
	}
	return strings.ToUpper(string(first))
}

// title names a theme.
func (t Theme) title() message.Key {
	switch t {
	case ThemeLight:
		return "shell.theme.light"
	case ThemeDark:
		return "shell.theme.dark"
	}
	return "shell.theme.system"
}

// pressed gives the value of aria-pressed and its like.
func pressed(is bool) string {
	if is {
		return "true"
	}
	return "false"
}

// isLive reports whether the page is to hear of changes.
func (s Sheet) isLive(v *Visitor) bool { return len(s.Live) > 0 && v.heard != "" }

// kinds gives the kinds of a live page, with spaces between them.
func (s Sheet) kinds() string {
	names := make([]string, len(s.Live))
	for i, kind := range s.Live {
		names[i] = string(kind)
	}
	return strings.Join(names, " ")
}

// place gives the path by which the current tab is found.
func (s Sheet) place(v *Visitor) string {
	if s.Tab != "" {
		return s.Tab
	}
	return v.Here
}
