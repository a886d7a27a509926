package workspace_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"regexp"
	"testing"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/tokentest"
)

// browser is one in which somebody has signed in, and the value that changes from
// it must bring.
type browser struct {
	*kit

	client *http.Client
	csrf   string
}

func (k *kit) browser(user string) *browser {
	k.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		k.t.Fatal(err)
	}
	b := &browser{kit: k, client: &http.Client{Jar: jar}}
	var link api.Link
	k.administer(http.MethodPost, api.PathLinks, api.LinkRequest{User: user}, &link)
	path := regexp.MustCompile(`/sign-in/[A-Za-z0-9_-]+`).FindString(link.URL)
	if got := b.send(http.MethodPost, path, nil, "Sec-Fetch-Site: same-origin"); got.status != http.StatusOK {
		k.t.Fatalf("sign in: %d %s", got.status, got.body)
	}
	var who api.WhoAmI
	k.decode(b.send(http.MethodGet, "/api/session", nil).body, &who)
	b.csrf = who.CSRF
	return b
}

// send sends a request of a script of a page; headers are "Name: value".
func (b *browser) send(method, path string, body any, headers ...string) answer {
	b.t.Helper()
	var sent io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			b.t.Fatal(err)
		}
		sent = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(b.t.Context(), method, b.URL+path, sent)
	if err != nil {
		b.t.Fatal(err)
	}
	if sent != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for _, header := range headers {
		name, value, _ := bytes.Cut([]byte(header), []byte(": "))
		req.Header.Set(string(name), string(value))
	}
	return b.do(b.client, req)
}

// ours sends a change as a page of ours does.
func (b *browser) ours(method, path string, body any) answer {
	b.t.Helper()
	return b.send(method, path, body, "Sec-Fetch-Site: same-origin", "X-Csrf-Token: "+b.csrf)
}

// TestThePersonInABrowserManagesTheirTokens by the cookie of their login session,
// with the same rights as by a bearer.
func TestThePersonInABrowserManagesTheirTokens(t *testing.T) {
	onBoth(t, func(t *testing.T, opts ...tokentest.Option) {
		k := start(t, opts...)
		b := k.browser(bob)
		var made, next restIssued
		got := b.ours(http.MethodPost, restBase, m{"name": "export", "workspace": "demo", "scopes": []string{"read:*"}})
		k.equal("made", got.status, http.StatusCreated)
		k.decode(got.body, &made)
		k.is("good", k.check(made.RawToken), nil)
		one := restBase + "/" + made.Token.ID
		for _, path := range []string{restBase, one, one + "/audit"} {
			k.equal(path, b.send(http.MethodGet, path, nil).status, http.StatusOK)
		}
		k.equal("all of the workspace, as a user of it", b.send(http.MethodGet, restBase+"?workspace=demo", nil).status, http.StatusForbidden)
		k.equal("somebody else's token", k.browser(admin).send(http.MethodGet, restBase+"?workspace=demo", nil).status, http.StatusOK)
		got = b.ours(http.MethodPost, one+"/rotate", m{})
		k.equal("rotated", got.status, http.StatusOK)
		k.decode(got.body, &next)
		k.equal("ended", b.ours(http.MethodDelete, restBase+"/"+next.Token.ID, nil).status, http.StatusNoContent)
	})
}

// TestJ06NoOtherSiteManagesTokens: a change by a login session comes from a page
// of ours that knows the value of that session.
func TestJ06NoOtherSiteManagesTokens(t *testing.T) {
	k := start(t)
	b, other := k.browser(bob), k.browser(alice)
	made := k.create(bob, k.demo)
	one := restBase + "/" + made.ID
	for _, change := range []struct {
		method, path string
		body         any
	}{
		{http.MethodPost, restBase, m{"name": "n", "workspace": "demo"}},
		{http.MethodPost, one + "/rotate", m{}},
		{http.MethodDelete, one, nil},
	} {
		for name, headers := range map[string][]string{
			"another site, with the value":  {"Sec-Fetch-Site: cross-site", "X-Csrf-Token: " + b.csrf},
			"a sibling, with the value":     {"Origin: https://evil.example.com", "X-Csrf-Token: " + b.csrf},
			"our page, without a value":     {"Sec-Fetch-Site: same-origin"},
			"our page, with somebody's":     {"Sec-Fetch-Site: same-origin", "X-Csrf-Token: " + other.csrf},
			"a browser that says nothing":   {"X-Csrf-Token: " + b.csrf},
			"no cookie of ours, and no JWT": {"Cookie: other=1"},
		} {
			sender := b
			want := http.StatusForbidden
			if name == "no cookie of ours, and no JWT" {
				sender, want = &browser{kit: k, client: &http.Client{}}, http.StatusUnauthorized
			}
			if got := sender.send(change.method, change.path, change.body, headers...); got.status != want {
				t.Errorf("%s %s by %s: %d %s, want %d", change.method, change.path, name, got.status, got.body, want)
			}
		}
	}
	both := b.send(http.MethodGet, restBase, nil, "Authorization: Bearer "+k.UserToken(bob))
	k.equal("C3: a session and a bearer", both.status, http.StatusBadRequest)
	k.equal("nothing happened", k.find(bob, made.ID).Status, "active")
	k.equal("nor was anything made", len(k.list(bob)), 1)
}
