package pagetest

import (
	"net/http"
	"net/url"

	"golang.org/x/net/html"
)

// Submit sends the first form of a selector as it stands on the page, but with
// these names and values in turn in the place of what the fields hold. A name
// that is given several times has several values.
func (p *Page) Submit(selector string, values ...string) *Page {
	p.browser.t.Helper()
	form := p.one(selector)
	fields := filled(form)
	given := url.Values{}
	for i := 0; i+1 < len(values); i += 2 {
		given.Add(values[i], values[i+1])
	}
	for name, list := range given {
		fields[name] = list
	}
	target := p.resolve(attribute(form, "action"))
	if attribute(form, "method") != "post" {
		u, err := url.Parse(target)
		if err != nil {
			p.browser.t.Fatal(err)
		}
		u.RawQuery = fields.Encode()
		return p.browser.send(http.MethodGet, u.String(), nil)
	}
	return p.browser.send(http.MethodPost, target, fields)
}

// filled gives what a form would send: its fields as they stand (HTML, "form
// entry list"), without buttons.
func filled(form *html.Node) url.Values {
	fields := url.Values{}
	for n := range form.Descendants() {
		name := attribute(n, "name")
		if n.Type != html.ElementNode || name == "" {
			continue
		}
		switch n.Data {
		case "input":
			kind := attribute(n, "type")
			if kind != "radio" && kind != "checkbox" || has(n, "checked") {
				fields.Add(name, attribute(n, "value"))
			}
		case "textarea":
			fields.Add(name, textOf(n))
		case "select":
			fields.Add(name, chosen(n))
		}
	}
	return fields
}

// chosen gives the value of a list: the selected one, else the first.
func chosen(list *html.Node) string {
	options := find(list, "option")
	for _, option := range options {
		if has(option, "selected") {
			return attribute(option, "value")
		}
	}
	if len(options) == 0 {
		return ""
	}
	return attribute(options[0], "value")
}

// Form is a form that is sent by POST.
type Form struct {
	Action string
	Texts  []TextField
	// Rest are values for what else must be chosen: the first of each set of
	// checkboxes of which none is checked. Names and values in turn.
	Rest []string
}

// TextField is a field into which anything can be typed.
type TextField struct {
	Name, ID  string
	Value     string // as it stands
	Suggested string // the first suggestion, or ""
}

// Forms lists the forms of the content that are sent by POST and have fields to
// type in.
func (p *Page) Forms() []Form {
	var list []Form
	for _, n := range find(p.root, "main form[method=post]") {
		form := Form{Action: attribute(n, "action")}
		for below := range n.Descendants() {
			if field, ok := p.textField(below); ok {
				form.Texts = append(form.Texts, field)
			}
		}
		form.Rest = unchecked(n)
		if len(form.Texts) > 0 {
			list = append(list, form)
		}
	}
	return list
}

func (p *Page) textField(n *html.Node) (field TextField, ok bool) {
	kind := attribute(n, "type")
	switch {
	case n.Type != html.ElementNode:
		return TextField{}, false
	case n.Data == "textarea":
		field.Value = textOf(n)
	case n.Data == "input" && (kind == "" || kind == "text" || kind == "search" || kind == "url" || kind == "email"):
		field.Value = attribute(n, "value")
	default:
		return TextField{}, false
	}
	field.Name, field.ID = attribute(n, "name"), attribute(n, "id")
	if list := attribute(n, "list"); list != "" {
		if options := find(p.root, "#"+list+" option"); len(options) > 0 {
			field.Suggested = attribute(options[0], "value")
		}
	}
	return field, true
}

// unchecked gives the first value of each set of checkboxes of which none is
// checked.
func unchecked(form *html.Node) []string {
	first, checked := url.Values{}, map[string]bool{}
	for _, box := range find(form, "input[type=checkbox]") {
		name := attribute(box, "name")
		if first.Get(name) == "" {
			first.Set(name, attribute(box, "value"))
		}
		checked[name] = checked[name] || has(box, "checked")
	}
	var rest []string
	for name := range first {
		if !checked[name] {
			rest = append(rest, name, first.Get(name))
		}
	}
	return rest
}
