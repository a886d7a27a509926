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
