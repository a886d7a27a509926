package pagetest

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// step is one compound of a selector: every part must hold.
type step struct {
	tag, id string
	classes []string
	values  map[string]string // attributes and their values
	present []string          // attributes of any value
}

// compile reads the selectors that tests need: tag, #id, .class, [attr] and
// [attr=value], joined by spaces for "anywhere below".
func compile(selector string) []step {
	part := regexp.MustCompile(`^(?:([a-z][a-z0-9]*)|#([\w-]+)|\.([\w-]+)|\[([\w-]+)(?:=([^\]]*))?\])`)
	var steps []step
	for word := range strings.FieldsSeq(selector) {
		s := step{values: map[string]string{}}
		for word != "" {
			found := part.FindStringSubmatch(word)
			if found == nil {
				panic("pagetest: no selector: " + selector)
			}
			switch word = word[len(found[0]):]; {
			case found[1] != "":
				s.tag = found[1]
			case found[2] != "":
				s.id = found[2]
			case found[3] != "":
				s.classes = append(s.classes, found[3])
			case strings.Contains(found[0], "="):
				s.values[found[4]] = strings.Trim(found[5], `"'`)
			default:
				s.present = append(s.present, found[4])
			}
		}
		steps = append(steps, s)
	}
	return steps
}

func (s step) holds(n *html.Node) bool {
	if n.Type != html.ElementNode || s.tag != "" && n.Data != s.tag {
		return false
	}
	if s.id != "" && attribute(n, "id") != s.id {
		return false
	}
	classes := strings.Split(attribute(n, "class"), " ")
	for _, class := range s.classes {
		if !slices.Contains(classes, class) {
			return false
		}
	}
	for name, value := range s.values {
		if attribute(n, name) != value {
			return false
		}
	}
	return !slices.ContainsFunc(s.present, func(name string) bool { return !has(n, name) })
}

// find gives all elements that a selector names, in the order of the page.
func find(root *html.Node, selector string) []*html.Node {
	steps := compile(selector)
	var found []*html.Node
	for n := range root.Descendants() {
		if matches(n, steps) {
			found = append(found, n)
		}
	}
	return found
}

// matches reports whether n is what the last step names, somewhere below what
// the others name.
func matches(n *html.Node, steps []step) bool {
	last := len(steps) - 1
	if !steps[last].holds(n) {
		return false
	}
	for above := n.Parent; last > 0; above = above.Parent {
		if above == nil {
			return false
		}
		if steps[last-1].holds(above) {
			last--
		}
	}
	return true
}

func attribute(n *html.Node, name string) string {
	for _, one := range n.Attr {
		if one.Key == name {
			return one.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

// textOf gives the text of an element with single spaces, without what only
// screen readers say.
func textOf(n *html.Node) string {
	var out strings.Builder
	for below := range n.Descendants() {
		if below.Type == html.TextNode && !unseen(below, n) {
			out.WriteString(below.Data)
			out.WriteByte(' ')
		}
	}
	return strings.TrimSpace(regexp.MustCompile(`\s+`).ReplaceAllString(out.String(), " "))
}

func unseen(n, root *html.Node) bool {
	for above := n.Parent; above != nil && above != root; above = above.Parent {
		if slices.Contains(strings.Split(attribute(above, "class"), " "), "unseen") {
			return true
		}
	}
	return false
}
