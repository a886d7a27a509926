package message

import (
	"strconv"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// Language says things in one language.
type Language struct {
	name    string
	tag     language.Tag
	texts   map[Key]text
	english *Language // nil for English itself
}

// Name gives the name by which the language is chosen, such as "pt-br".
func (l *Language) Name() string { return l.name }

// Tag gives the value of the lang attribute (BCP 47), such as "pt-BR".
func (l *Language) Tag() string { return l.tag.String() }

// Dir gives the value of the dir attribute.
func (l *Language) Dir() string {
	script, _ := l.tag.Script()
	switch script.String() {
	case "Arab", "Hebr", "Thaa", "Syrc", "Nkoo":
		return "rtl"
	}
	return "ltr"
}

// Text gives a message. values are names and what stands for them, in turn:
//
//	l.Text("revoke.title", "name", t.Name)
//
// A message that does not exist is its key between brackets, for tests to find.
func (l *Language) Text(key Key, values ...string) string {
	found, _ := l.find(key)
	if found == nil {
		return "⟦" + string(key) + "⟧"
	}
	return fill(found[plural.Other], values)
}

// Count gives the form of a message for a number.
func (l *Language) Count(key Key, n int, values ...string) string {
	found, from := l.find(key)
	if found == nil {
		return "⟦" + string(key) + "⟧"
	}
	form, ok := found[plural.Cardinal.MatchPlural(from.tag, n, 0, 0, 0, 0)]
	if !ok {
		form = found[plural.Other]
	}
	return fill(form, append(values, "n", from.Number(n)))
}

// Has reports whether a message exists.
func (l *Language) Has(key Key) bool {
	found, _ := l.find(key)
	return found != nil
}

// find gives a message and the language that it was found in.
func (l *Language) find(key Key) (text, *Language) {
	if found := l.texts[key]; found != nil {
		return found, l
	}
	if l.english != nil {
		return l.english.texts[key], l.english
	}
	return nil, l
}

// fill puts values into a text. A value is not looked into: one that holds
// "{name}" stays as it is.
func fill(text string, values []string) string {
	if len(values) == 0 || !strings.Contains(text, "{") {
		return text
	}
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{")
		out.WriteString(before)
		name, after, closed := strings.Cut(rest, "}")
		if !found || !closed {
			return out.String()
		}
		out.WriteString(valueOf(name, values))
		text = after
	}
}

func valueOf(name string, values []string) string {
	for i := 0; i+1 < len(values); i += 2 {
		if values[i] == name {
			return values[i+1]
		}
	}
	return "⟦" + name + "⟧"
}

// Number writes a whole number with its digits in groups.
func (l *Language) Number(n int) string {
	digits := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	first := len(digits) % 3
	groups := []string{}
	if first > 0 {
		groups = append(groups, digits[:first])
	}
	for i := first; i < len(digits); i += 3 {
		groups = append(groups, digits[i:i+3])
	}
	return sign + strings.Join(groups, l.Text("format.group"))
}
