package pagetest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/tokenwright/tokenwright/tokentest"
)

// Browser is one without scripts. It keeps cookies and follows redirects.
type Browser struct {
	t      testing.TB
	server *tokentest.Server
	client *http.Client
	agent  string // what it says of itself; "" is what Go says
	looks  bool   // by itself, as a script of a live page does
}

// Open gives a browser in which nobody is signed in.
func Open(t testing.TB, tw *tokentest.Server) *Browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &Browser{t: t, server: tw, client: &http.Client{Jar: jar}}
}

// SignIn gives a browser in which a person of the demonstration directory has
// signed in by a one-time link.
func SignIn(t testing.TB, tw *tokentest.Server, user string) *Browser {
	t.Helper()
	return SignInWith(t, tw, user, "")
}

// SignInWith is SignIn in a browser that says of itself (User-Agent) what it is.
func SignInWith(t testing.TB, tw *tokentest.Server, user, agent string) *Browser {
	t.Helper()
	b := Open(t, tw)
	b.agent = agent
	link, err := url.Parse(Link(t, tw, user))
	if err != nil {
		t.Fatal(err)
	}
	if p := b.Post(link.Path); p.Status != http.StatusOK {
		t.Fatalf("sign-in of %s: %d", user, p.Status)
	}
	return b
}

// Link makes a one-time sign-in link.
func Link(t testing.TB, tw *tokentest.Server, user string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://local/api/admin/v1/links", strings.NewReader(`{"user":"`+user+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := tw.LocalClient().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var made struct{ URL string }
	if err := json.NewDecoder(res.Body).Decode(&made); err != nil {
		t.Fatal(err)
	}
	return made.URL
}

// Get gets a page.
func (b *Browser) Get(path string) *Page {
	b.t.Helper()
	return b.send(http.MethodGet, path, nil)
}

// Glance is Get as the script of a live page does it by itself.
func (b *Browser) Glance(path string) *Page {
	b.t.Helper()
	script := *b
	script.looks = true
	return script.send(http.MethodGet, path, nil)
}

// Post sends a form: names and values in turn. It does what a browser does from
// a page of the same site; [Page.Submit] fills in the forms of pages.
func (b *Browser) Post(path string, values ...string) *Page {
	b.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(values); i += 2 {
		form.Add(values[i], values[i+1])
	}
	return b.send(http.MethodPost, path, form)
}

func (b *Browser) send(method, path string, form url.Values) *Page {
	b.t.Helper()
	target, err := url.Parse(b.server.URL)
	if err != nil {
		b.t.Fatal(err)
	}
	if target, err = target.Parse(path); err != nil {
		b.t.Fatal(err)
	}
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(b.t.Context(), method, target.String(), body)
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	req.Header.Set("Accept-Language", "en")
	if b.agent != "" {
		req.Header.Set("User-Agent", b.agent)
	}
	if b.looks {
		req.Header.Set("X-Requested-By", "tokenwright-live")
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", b.server.URL)
	}
	res, err := b.client.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	root, err := html.Parse(strings.NewReader(string(text)))
	if err != nil {
		b.t.Fatal(err)
	}
	p := &Page{Status: res.StatusCode, Header: res.Header, URL: res.Request.URL, browser: b, root: root, text: string(text)}
	p.judge()
	return p
}
