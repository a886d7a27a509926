package pagetest

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// Outline gives the elements of the content in their order. Text that became
// markup shows in it.
func (p *Page) Outline() string {
	p.browser.t.Helper()
	var out strings.Builder
	for n := range p.one("main").Descendants() {
		if n.Type == html.ElementNode {
			out.WriteString(n.Data)
			out.WriteByte(' ')
		}
	}
	return out.String()
}

// Elements gives the names of all elements of the page, and of their attributes
// with an "@" before.
func (p *Page) Elements() []string {
	names := map[string]bool{}
	for n := range p.root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		names[n.Data] = true
		for _, a := range n.Attr {
			names["@"+a.Key] = true
		}
	}
	var list []string
	for name := range names {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}

// Targets gives where anything on the page leads or comes from.
func (p *Page) Targets() []string {
	var list []string
	for n := range p.root.Descendants() {
		for _, a := range n.Attr {
			if slices.Contains([]string{"href", "src", "action", "formaction"}, a.Key) {
				list = append(list, a.Val)
			}
		}
	}
	return list
}

// Says reports whether a text stands in the page as text, or in a field, whatever
// its spaces and whether its letters are large or small.
func (p *Page) Says(text string) bool {
	text = folded(text)
	for n := range p.root.Descendants() {
		if n.Type == html.TextNode && strings.Contains(folded(n.Data), text) {
			return true
		}
		if n.Type == html.ElementNode && strings.Contains(folded(attribute(n, "value")), text) {
			return true
		}
	}
	return false
}

// folded writes a text in small letters, and all white space as single spaces.
func folded(text string) string { return strings.ToLower(strings.Join(strings.Fields(text), " ")) }
