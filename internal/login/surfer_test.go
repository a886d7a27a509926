package login_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/tokentest"
)

// surfer is a person's browser: it keeps cookies, says where a request comes
// from, and follows no redirect by itself.
type surfer struct {
	t      *testing.T
	client *http.Client
	base   string
}

type reply struct {
	status   int
	header   http.Header
	body     string
	location string
}

func newSurfer(t *testing.T, s *tokentest.Server) *surfer {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &surfer{t: t, base: s.URL, client: &http.Client{
		Jar:           jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// send sends a request with headers as pairs.
func (b *surfer) send(method, target, body string, headers ...string) reply {
	b.t.Helper()
	if strings.HasPrefix(target, "/") {
		target = b.base + target
	}
	req, err := http.NewRequestWithContext(b.t.Context(), method, target, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := b.client.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return reply{resp.StatusCode, resp.Header, string(text), resp.Header.Get("Location")}
}

func (b *surfer) get(target string) reply {
	b.t.Helper()
	return b.send(http.MethodGet, target, "")
}

// change asks for a change as a page of ours does.
func (b *surfer) change(method, target, csrf string) reply {
	b.t.Helper()
	return b.send(method, target, "", "Sec-Fetch-Site", "same-origin", "Origin", b.base, "X-Csrf-Token", csrf)
}

// begin goes to the provider and gives the address that the provider sends the
// browser back to.
func (b *surfer) begin(next string) string {
	b.t.Helper()
	there := b.get("/sign-in/oidc?next=" + url.QueryEscape(next))
	if there.status != http.StatusSeeOther {
		b.t.Fatalf("begin: %d %s", there.status, there.body)
	}
	back := b.get(there.location)
	if back.status != http.StatusSeeOther {
		b.t.Fatalf("the provider answers %d %s", back.status, back.body)
	}
	return back.location
}

// signIn signs in through the provider and gives the last answer.
func (b *surfer) signIn(next string) reply {
	b.t.Helper()
	return b.get(b.begin(next))
}

// mustSignIn is signIn that must succeed.
func (b *surfer) mustSignIn() api.WhoAmI {
	b.t.Helper()
	if got := b.signIn("/sign-in"); got.status != http.StatusSeeOther || got.location != "/sign-in" {
		b.t.Fatalf("sign-in: %d %q %s", got.status, got.location, got.body)
	}
	return b.whoAmI()
}

// whoAmI asks who is signed in, who must be somebody.
func (b *surfer) whoAmI() api.WhoAmI {
	b.t.Helper()
	got := b.get("/api/session")
	if got.status != http.StatusOK {
		b.t.Fatalf("who am I: %d %s", got.status, got.body)
	}
	var who api.WhoAmI
	if err := json.Unmarshal([]byte(got.body), &who); err != nil {
		b.t.Fatal(err)
	}
	return who
}

// signedIn reports whether somebody is signed in.
func (b *surfer) signedIn() bool {
	b.t.Helper()
	switch got := b.get("/api/session"); got.status {
	case http.StatusOK:
		return true
	case http.StatusUnauthorized:
		return false
	default:
		b.t.Fatalf("who am I: %d %s", got.status, got.body)
		return false
	}
}

// sessions lists where the person is signed in.
func (b *surfer) sessions() []api.Session {
	b.t.Helper()
	var list api.Sessions
	if err := json.Unmarshal([]byte(b.get("/api/sessions").body), &list); err != nil {
		b.t.Fatal(err)
	}
	return list.Sessions
}

// cookie gives the value of a cookie of the server, "" for none.
func (b *surfer) cookie(name string) string {
	u, err := url.Parse(b.base)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, c := range b.client.Jar.Cookies(u) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

// plant puts a cookie into the browser.
func (b *surfer) plant(name, value string) {
	u, err := url.Parse(b.base)
	if err != nil {
		b.t.Fatal(err)
	}
	b.client.Jar.SetCookies(u, []*http.Cookie{{Name: name, Value: value, Path: "/"}})
}

const sessionCookie, browserCookie = "tokenwright", "tokenwright-browser"

// element gives the text of an element of a page by its id, without tags.
func element(page, id string) string {
	found := regexp.MustCompile(`(?s)id="` + id + `"[^>]*>(.*?)</(?:dd|p|a)>`).FindStringSubmatch(page)
	if found == nil {
		return ""
	}
	return strings.TrimSpace(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(found[1], ""))
}
