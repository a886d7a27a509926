package pagetest

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// Page is what a browser got, after all redirects.
type Page struct {
	Status int
	Header http.Header
	URL    *url.URL

	browser *Browser
	root    *html.Node
	text    string
}

// judge holds every page of ours to what must hold for all of them: a strict
// policy, nothing kept by caches, no message without a text, no inline script or
// style, every id once.
func (p *Page) judge() {
	t := p.browser.t
	t.Helper()
	policy := p.Header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "trusted-types") {
		return // not made of package page
	}
	if strings.Contains(policy, "unsafe") || p.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%s: policy %q, Cache-Control %q", p.URL, policy, p.Header.Get("Cache-Control"))
	}
	if found := regexp.MustCompile(`⟦[^⟧]*⟧`).FindString(p.text); found != "" {
		t.Errorf("%s: there is no text for %s", p.URL, found)
	}
	ids := map[string]bool{}
	for n := range p.root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if id := attribute(n, "id"); id != "" && ids[id] {
			t.Errorf("%s: two elements have the id %q", p.URL, id)
		} else {
			ids[id] = true
		}
		for _, a := range n.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
				t.Errorf("%s: <%s> has an inline %s", p.URL, n.Data, a.Key)
			}
		}
		if n.Data == "style" || n.Data == "script" && attribute(n, "src") == "" {
			t.Errorf("%s: an inline <%s>", p.URL, n.Data)
		}
	}
}

// Has reports whether the selector names anything.
func (p *Page) Has(selector string) bool { return len(find(p.root, selector)) > 0 }

// Text gives the text of the first element of a selector, with single spaces;
// it ends the test when there is none.
func (p *Page) Text(selector string) string {
	p.browser.t.Helper()
	return textOf(p.one(selector))
}

// Texts gives the texts of all elements of a selector.
func (p *Page) Texts(selector string) []string {
	var list []string
	for _, n := range find(p.root, selector) {
		list = append(list, textOf(n))
	}
	return list
}

// Attr gives an attribute of the first element of a selector.
func (p *Page) Attr(selector, name string) string {
	p.browser.t.Helper()
	return attribute(p.one(selector), name)
}

// Attrs gives an attribute of all elements of a selector.
func (p *Page) Attrs(selector, name string) []string {
	var list []string
	for _, n := range find(p.root, selector) {
		list = append(list, attribute(n, name))
	}
	return list
}

// Holds reports whether a text stands anywhere in the answer, markup included.
func (p *Page) Holds(text string) bool { return strings.Contains(p.text, text) }

func (p *Page) one(selector string) *html.Node {
	p.browser.t.Helper()
	found := find(p.root, selector)
	if len(found) == 0 {
		p.browser.t.Fatalf("%s (%d): nothing is %q on the page %q", p.URL, p.Status, selector, textOf(p.root))
	}
	return found[0]
}

// Follow goes where the first link of a selector leads.
func (p *Page) Follow(selector string) *Page {
	p.browser.t.Helper()
	return p.browser.Get(p.resolve(attribute(p.one(selector), "href")))
}

func (p *Page) resolve(path string) string {
	target, err := p.URL.Parse(path)
	if err != nil {
		p.browser.t.Fatal(err)
	}
	return target.RequestURI()
}

// Source gives the answer as it came.
func (p *Page) Source() string { return p.text }
