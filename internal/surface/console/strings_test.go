package console_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/tokenwright/tokenwright/internal/page/pagetest"
	"github.com/tokenwright/tokenwright/tokentest"
)

// shared gives a file of the lists beside the checkout, or skips the test.
func shared(t *testing.T, name string) []byte {
	t.Helper()
	folder, err := os.Getwd()
	for err == nil {
		if _, gone := os.Stat(filepath.Join(folder, "go.mod")); gone == nil || folder == filepath.Dir(folder) {
			break
		}
		folder = filepath.Dir(folder)
	}
	text, err := os.ReadFile(filepath.Join(folder, "..", "shared", "corpora", name))
	if os.IsNotExist(err) {
		t.Skipf("shared/corpora/%s not found: list test not run", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// naughty gives the texts of both lists, each once.
func naughty(t *testing.T) []string {
	t.Helper()
	var list []string
	if err := json.Unmarshal(shared(t, "blns.json"), &list); err != nil || len(list) < 500 {
		t.Fatal(len(list), err)
	}
	for line := range strings.Lines(string(shared(t, "names.txt"))) {
		line = strings.TrimSuffix(line, "\n")
		if name, _, _ := strings.Cut(line, " ("); !strings.HasPrefix(line, "#") {
			if text, err := strconv.Unquote(`"` + strings.ReplaceAll(name, `"`, `\"`) + `"`); err == nil {
				name = text
			}
			list = append(list, name)
		}
	}
	list = append(list, strings.Repeat("x", 256), strings.Repeat("x", 60_000), "\xff\xfe", "\xed\xa0\x80")
	slices.Sort(list)
	return slices.Compact(list)
}

// H-01: whatever is typed into any field of any form is shown as text, or refused
// with a word at the field. Pages and fields are found by themselves.
func TestNaughtyTextsAreTextInEveryField(t *testing.T) {
	if watched {
		t.Skip("so many texts are typed without the race detector: scripts/test.sh runs this by itself")
	}
	texts := naughty(t)
	tw := tokentest.Start(t, tokentest.WithConfig("limits: {requests_per_minute: 1000000}\nkinds: {service: {max_per_owner: 100000}, user: {max_per_owner: 100000}, workspace: {max_per_owner: 10000}}"))
	furnish(t, tw)
	for i := range 60 { // lists have several pages
		tw.Issue(platform, fmt.Sprintf("furnished-%d", i), "catalog:read")
		assign(t, tw, alice, fmt.Sprintf("Furnished %d", i), "upload")
	}
	var known []string
	fields := map[string]bool{}
	browsers := []*pagetest.Browser{pagetest.SignIn(t, tw, admin), pagetest.SignIn(t, tw, alice)}
	for _, b := range browsers {
		for _, one := range crawl(tw, b) {
			if one.file {
				continue
			}
			p := b.Get(one.path)
			known = append(known, p.Elements()...)
			for _, form := range p.Forms() {
				for _, field := range form.Texts {
					name := one.pattern + " " + field.Name
					if fields[name] || one.pattern == "/settings/personal-tokens/{id}/revoke" {
						continue // it can be sent once, and each token takes a consent; the field is that of the other kinds
					}
					fields[name] = true
					t.Run(name, func(t *testing.T) {
						typed := texts
						if strings.HasPrefix(one.pattern, "/settings/personal-tokens/") {
							typed = likeMarkup(texts)[:12] // a browser may have as many consents pending
						}
						typing{t, tw, b, one, form, field, p, map[string]string{}}.all(typed)
					})
				}
			}
		}
	}
	if len(fields) < 7 {
		t.Errorf("only %d fields were found", len(fields))
	}
	for _, b := range browsers {
		for _, one := range crawl(tw, b) { // with all of them in the lists, the log, the titles
			if one.file {
				continue
			}
			p := b.Get(one.path)
			judge(t, p, known)
			for i := 0; i < 20 && p.Has(".pager [rel=next]"); i++ {
				p = p.Follow(".pager [rel=next]")
				judge(t, p, known)
			}
		}
	}
}

// likeMarkup gives the texts that look like markup.
func likeMarkup(texts []string) []string {
	return slices.DeleteFunc(slices.Clone(texts), func(text string) bool { return !strings.Contains(text, "<") })
}

// isPage reports whether an answer is made of package page, and no file.
func isPage(p *pagetest.Page) bool {
	return strings.Contains(p.Header.Get("Content-Security-Policy"), "trusted-types")
}

// typing types texts into one field of a form.
type typing struct {
	t       *testing.T
	tw      *tokentest.Server
	b       *pagetest.Browser
	station station
	form    pagetest.Form
	field   pagetest.TextField
	page    *pagetest.Page // with the form

	outlines map[string]string // of pages on which the same happened
}

func (y typing) all(texts []string) {
	t := y.t
	plain := y.submit("plain", 0)
	y.answer("plain", plain)
	known := []string{"@aria-invalid", "@role", "strong", "svg", "path"}
	for _, p := range []*pagetest.Page{plain, y.submit("", len(texts)+1), y.b.Get(y.station.path), y.b.Get(servicePath + "/none")} {
		known = append(known, p.Elements()...)
	}
	for i, text := range texts {
		p := y.submit(text, i+1)
		judge(t, p, known)
		y.answer(text, p)
		if t.Failed() {
			t.Fatalf("after %q", text)
		}
	}
}

// submit sends the form with a text in the field, and what is asked for in the
// others.
func (y typing) submit(text string, n int) *pagetest.Page {
	p, path := y.page, y.path(n)
	if p == nil || path != y.station.path {
		p = y.b.Get(path)
	}
	values := append([]string{y.field.Name, text}, y.form.Rest...)
	for _, other := range y.form.Texts {
		switch {
		case other.Name == y.field.Name || other.Value != "":
		case other.Suggested != "":
			values = append(values, other.Name, other.Suggested)
		default:
			values = append(values, other.Name, fmt.Sprintf("plain-%s-%d", strings.ToLower(y.field.Name), n))
		}
	}
	action := strings.Replace(y.form.Action, y.station.path, p.URL.Path, 1)
	return p.Submit("form[action="+action+"]", values...)
}

// path gives the page of the form, about something new where the form ends it.
func (y typing) path(n int) string {
	lead, rest, about := strings.Cut(y.station.pattern, "{id}")
	name := fmt.Sprintf("typed-%d", n)
	switch {
	case about && lead == servicePath+"/":
		return lead + y.tw.Issue(platform, name, "catalog:read").Token.ID + rest
	case about && lead == userPath+"/":
		return lead + assign(y.t, y.tw, alice, name, "upload").Token.ID + rest
	case about && strings.HasPrefix(lead, "/settings/workspaces/"):
		return "/settings/workspaces/demo/api-tokens/" + inDemo(y.t, y.tw, name) + rest
	}
	return y.station.path
}

// answer judges what became of a text.
func (y typing) answer(text string, p *pagetest.Page) {
	t, trimmed := y.t, strings.TrimSpace(text)
	made := false
	happened := strconv.Itoa(p.Status) + strings.Join(p.Texts(".faults a"), "|")
	switch {
	case p.Status != http.StatusOK && !utf8.ValidString(text):
		return // no browser sends it
	case p.Status == http.StatusUnprocessableEntity:
		if !p.Has("#" + y.field.ID + "-fault") {
			t.Errorf("%q is refused without a word at its field: %s", text, p.Text("main"))
			return
		}
		if got := p.Attr("#"+y.field.ID, "value") + p.Text("#"+y.field.ID); got != asShown(trimmed) && spaced(got) != spaced(asShown(trimmed)) {
			t.Errorf("%q was typed, and then stands there %q", text, got)
		}
	case p.Status != http.StatusOK:
		t.Errorf("%q: %d %s", text, p.Status, p.Text("main"))
	default:
		if p.Has("a[data-done]") {
			p, made = p.Follow("a[data-done]"), true // the page of what was made
		}
		if !p.Says(asShown(trimmed)) {
			t.Errorf("%q is not shown: %s", text, p.Text("main"))
		}
	}
	if trimmed == "" || p.Status == http.StatusOK && !made && !strings.Contains(y.station.pattern, "{id}") {
		return // what has no text has no place on the page; and lists grow
	}
	outline := p.Outline()
	if former, known := y.outlines[happened]; known && former != outline {
		t.Errorf("%q changed the page:\n%s\n%s", text, former, outline)
	}
	y.outlines[happened] = outline
}

// asShown gives a text as HTML can say it, which has no NUL.
func asShown(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\ufffd"), "\x00", "\ufffd")
}

func spaced(text string) string { return strings.Join(strings.Fields(text), " ") }

// judge holds a page to the elements that pages are made of, and to addresses of
// this server.
func judge(t *testing.T, p *pagetest.Page, known []string) {
	t.Helper()
	for _, name := range p.Elements() {
		if !slices.Contains(known, name) {
			t.Errorf("%s: an element or attribute of no template: %q", p.URL, name)
		}
	}
	for _, target := range p.Targets() {
		if !strings.HasPrefix(target, "/") && !strings.HasPrefix(target, "#") || strings.HasPrefix(target, "//") {
			t.Errorf("%s: something leads to %q", p.URL, target)
		}
	}
}
