package personal_test

import (
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/internal/surface/personal"
	"github.com/tokenwright/tokenwright/tokentest"
)

// signIn signs somebody in in a browser, which then needs no bearer.
func (s surface) signIn(person string) browser {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), "POST", "http://admin/api/admin/v1/links", strings.NewReader(`{"user":"`+person+`"}`))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := s.LocalClient().Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	made, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	b := s.browser("")
	link := regexp.MustCompile(`/sign-in/[A-Za-z0-9_-]+`).FindString(string(made))
	if got := b.send("POST", link, "", "Sec-Fetch-Site: same-origin", "Origin: "+s.URL); got.status != http.StatusOK {
		s.t.Fatalf("sign in as %s: %d %s", person, got.status, got.body)
	}
	return b
}

// submit sends a form of a page.
func (b browser) submit(path string, form url.Values) answer {
	b.t.Helper()
	return b.send("POST", path, form.Encode(), "Content-Type: application/x-www-form-urlencoded", "Sec-Fetch-Site: same-origin", "Origin: "+b.URL)
}

// csrf gives the value of a page's last form: the first may be that of its
// header.
func csrf(page string) string {
	found := regexp.MustCompile(`name="csrf" value="([^"]*)"`).FindAllStringSubmatch(page, -1)
	if found == nil {
		return ""
	}
	return found[len(found)-1][1]
}

func TestPeopleMakeAndEndTokensOnTheSettingsPage(t *testing.T) {
	s := start(t)
	b := s.signIn(alice)
	page := b.send("GET", personal.SettingsPath, "")
	if page.status != http.StatusOK || !strings.Contains(page.body, "No personal tokens yet") {
		t.Fatalf("page %d %s", page.status, page.body)
	}
	begun := b.submit(personal.SettingsPath+"/new", url.Values{"csrf": {csrf(page.body)}, "name": {"laptop"}, "expiry": {"30"}, "access": {"all"}})
	if begun.status != http.StatusSeeOther || !strings.HasPrefix(begun.header.Get("Location"), s.URL+"/api/auth/v1/authorize?") {
		t.Fatalf("make: %d %q %s", begun.status, begun.header.Get("Location"), begun.body)
	}
	consent := b.send("GET", begun.header.Get("Location"), "").header.Get("Location")
	question, _ := url.Parse(consent)
	asked := b.send("GET", question.Path, "")
	agreed := b.submit(question.Path, url.Values{"csrf": {csrf(asked.body)}, "decision": {"approve"}})
	made := b.arrive(agreed.header.Get("Location"))
	if !b.good(made.Token) || made.Metadata.Name != "laptop" {
		t.Fatalf("fragment %s", made.text)
	}
	page = b.send("GET", personal.SettingsPath, "")
	if !strings.Contains(page.body, `id="`+made.Metadata.ID+`"`) || strings.Contains(page.body, made.Token[37:]) {
		t.Errorf("page %s", page.body)
	}
	form := url.Values{"csrf": {csrf(page.body)}}
	end := personal.SettingsPath + "/" + made.Metadata.ID + "/revoke"
	if got := s.signIn(bob).submit(end, form); got.status != http.StatusForbidden {
		t.Errorf("with the value of somebody else's page: %d", got.status)
	}
	if got := b.submit(end, url.Values{}); got.status != http.StatusForbidden || !b.good(made.Token) {
		t.Errorf("without a value: %d", got.status)
	}
	if got := b.submit(end, form); got.status != http.StatusSeeOther || got.header.Get("Location") != personal.SettingsPath+"/"+made.Metadata.ID || b.good(made.Token) {
		t.Errorf("revoke: %d %q", got.status, got.header.Get("Location"))
	}
}

func TestTheSettingsPageIsForPeopleInBrowsers(t *testing.T) {
	s := start(t)
	for name, b := range map[string]browser{"nobody": s.browser(""), "a bearer": s.browser(alice)} {
		got := b.send("GET", personal.SettingsPath, "")
		if got.status != http.StatusSeeOther || got.header.Get("Location") != "/sign-in?next="+url.QueryEscape(personal.SettingsPath)+"#" {
			t.Errorf("%s: %d %q", name, got.status, got.header.Get("Location"))
		}
	}
	b := s.signIn(alice)
	got := b.send("GET", personal.SettingsPath, "")
	for name, want := range map[string]string{
		"Content-Security-Policy": "script-src 'self';", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer",
	} {
		if !strings.Contains(got.header.Get(name), want) {
			t.Errorf("%s is %q", name, got.header.Get(name))
		}
	}
	if first := regexp.MustCompile(`<(script|link)[^>]*>`).FindString(got.body); first != `<script src="/settings/personal-tokens/fragment.js">` {
		t.Errorf("before the script that clears the address there is %s", first)
	}
	script := b.send("GET", personal.SettingsPath+"/fragment.js", "")
	if script.status != http.StatusOK || script.header.Get("Content-Type") != "text/javascript; charset=utf-8" ||
		strings.Index(script.body, "history.replaceState") > strings.Index(script.body, "JSON.parse") {
		t.Errorf("script %d %v", script.status, script.header)
	}
	refused := b.submit(personal.SettingsPath+"/new", url.Values{"csrf": {csrf(got.body)}, "name": {"<b>"}, "expiry": {"30"}, "access": {"all"}})
	if refused.status != http.StatusUnprocessableEntity || !strings.Contains(refused.body, `id="name-fault"`) || strings.Contains(refused.body, "<b>") {
		t.Errorf("a bad name: %d %s", refused.status, refused.body)
	}
}

func TestTheSettingsPageOffersWhatIsAllowed(t *testing.T) {
	s := start(t, tokentest.WithConfig(`
default_role: none
roles: {reader: ["access-tokens:user:read"]}
bindings: [{role: reader, to: ["user:default/alice"]}]
`))
	b := s.signIn(alice)
	page := b.send("GET", personal.SettingsPath, "")
	if page.status != http.StatusOK || strings.Contains(page.body, personal.SettingsPath+"/new") {
		t.Errorf("page %d %s", page.status, page.body)
	}
	if got := s.signIn(bob).send("GET", personal.SettingsPath, ""); got.status != http.StatusForbidden ||
		!strings.Contains(got.body, "<code>access-tokens:user:read</code>") {
		t.Errorf("without the permission: %d %s", got.status, got.body)
	}
}
