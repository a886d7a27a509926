package web_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

const origin = "https://tokens.example.com"

// signedIn is the sessions of these tests: the secret is the name of the user.
func signedIn(opts *web.Options) {
	opts.Sessions = web.Sessions{
		Cookie: "session", Origin: origin,
		Authenticate: func(_ context.Context, session token.Secret) (token.Principal, error) {
			switch session.Reveal() {
			case "alice", "bob":
				return token.Principal{Type: token.PrincipalUser, Ref: "user:default/" + session.Reveal()}, nil
			case "away":
				return token.Principal{}, token.Unavailable(nil)
			}
			return token.Principal{}, token.ErrExpired
		},
	}
}

// paper answers with the CSRF value for the id of the path.
func paper(w http.ResponseWriter, r *web.Request) error {
	return web.WriteJSON(w, http.StatusOK, map[string]string{
		"who": r.Principal.Ref, "plain": r.CSRF(""), "bound": r.CSRF(r.PathValue("id")),
	})
}

func browserRoutes() web.Surface {
	both, only := web.Users("read").AndBrowsers(), web.Browsers("")
	return web.Surface{Base: "/b", Dialect: web.Problem{}, Routes: []web.Route{
		{Method: "GET", Pattern: "/both/{id}", Access: both, Handle: paper},
		{Method: "POST", Pattern: "/both/{id}", Access: both, Handle: paper},
		{Method: "POST", Pattern: "/bound/{id}", Access: both.BoundTo("id"), Handle: paper},
		{Method: "GET", Pattern: "/only/{id}", Access: only, Handle: paper},
		{Method: "GET", Pattern: "/bearer/{id}", Access: web.Users("read"), Handle: paper},
		{Method: "POST", Pattern: "/bearer/{id}", Access: web.Users("read"), Handle: paper},
		{Method: "GET", Pattern: "/open/{id}", Access: web.Public("for all").AndBrowsers(), Handle: paper},
		{Method: "POST", Pattern: "/open/{id}", Access: web.Public("for all").SameOrigin(), Handle: paper},
		{Method: "GET", Pattern: "/codes/{id}", Access: web.Public("for all").TakesCodes(), Handle: paper},
	}}
}

const jwtLike = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJlLXNpZ25hdHVyZQc2lnbmF0dXJlLXNpZ25hdHVyZQ"

func TestLoginSessionsAreCredentialsWhereARouteSaysSo(t *testing.T) {
	s := start(t, signedIn, browserRoutes())
	cookie := func(name string) string { return "Cookie: session=" + name }
	for _, test := range []struct {
		name, method, target string
		headers              []string
		status               int
	}{
		{"a session", "GET", "/b/both/1", []string{cookie("alice")}, 200},
		{"a bearer", "GET", "/b/both/1", []string{as(alices)}, 200},
		{"C3 both", "GET", "/b/both/1", []string{cookie("alice"), as(alices)}, 400},
		{"C3 a session that is over and a bearer", "GET", "/b/both/1", []string{cookie("old"), as(alices)}, 400},
		{"J-01 two sessions", "GET", "/b/both/1", []string{"Cookie: session=alice; session=bob"}, 400},
		{"a session that is over", "GET", "/b/both/1", []string{cookie("old")}, 401},
		{"an empty session", "GET", "/b/both/1", []string{cookie("")}, 401},
		{"C10 the store away", "GET", "/b/both/1", []string{cookie("away")}, 503},
		{"without the permission", "GET", "/b/both/1", []string{cookie("bob")}, 403},
		{"a bearer where sessions alone count", "GET", "/b/only/1", []string{as(alices)}, 401},
		{"a session where sessions alone count", "GET", "/b/only/1", []string{cookie("alice")}, 200},
		{"a session where bearers alone count", "GET", "/b/bearer/1", []string{cookie("alice")}, 401},
		{"both where bearers alone count", "POST", "/b/bearer/1", []string{cookie("bob"), as(alices)}, 200},
		{"nobody on an open page", "GET", "/b/open/1", nil, 200},
		{"somebody on an open page", "GET", "/b/open/1", []string{cookie("alice")}, 200},
		{"somebody who was, on an open page", "GET", "/b/open/1", []string{cookie("old")}, 200},
		{"the store away on an open page", "GET", "/b/open/1", []string{cookie("away")}, 503},
		{"login CSRF", "POST", "/b/open/1", []string{"Sec-Fetch-Site: cross-site"}, 403},
		{"no browser", "POST", "/b/open/1", nil, 200},
		{"our page behind a proxy", "POST", "/b/open/1", []string{"Origin: " + origin}, 200},
		{"a code that looks like a token", "GET", "/b/codes/1?code=" + jwtLike, nil, 200},
		{"the same elsewhere", "GET", "/b/open/1?code=" + jwtLike, nil, 400},
		{"J-06 a change without a value", "POST", "/b/both/1", []string{cookie("alice"), "Sec-Fetch-Site: same-origin"}, 403},
		{"J-06 an unknown method", "PURGE", "/b/both/1", []string{cookie("alice"), "Sec-Fetch-Site: same-origin"}, 403},
	} {
		got := s.send(test.method, test.target, test.headers...)
		challenge := got.header.Get("WWW-Authenticate")
		if got.status != test.status || got.status == 401 && strings.Contains(test.name, "session that is over") && challenge != noError {
			t.Errorf("%s: %d %q %s, want %d", test.name, got.status, challenge, got.body, test.status)
		}
	}
}

func TestF07AValueIsForOneSessionAndOneThing(t *testing.T) {
	s := start(t, signedIn, browserRoutes())
	value := func(who, id, member string) string {
		body := s.send("GET", "/b/only/"+id, "Cookie: session="+who).body
		_, rest, _ := strings.Cut(body, `"`+member+`":"`)
		found, _, _ := strings.Cut(rest, `"`)
		if len(found) != 86 {
			t.Fatalf("no value in %s", body)
		}
		return found
	}
	if first, second := value("alice", "1", "plain"), value("alice", "1", "plain"); first == second {
		t.Error("a value is the same in two answers: their lengths could tell it")
	}
	for _, test := range []struct {
		name, target, value string
		status              int
	}{
		{"its own", "/b/bound/1", value("alice", "1", "bound"), 200},
		{"that of another thing", "/b/bound/1", value("alice", "2", "bound"), 403},
		{"that of another session", "/b/bound/1", value("bob", "1", "bound"), 403},
		{"that of no thing", "/b/bound/1", value("alice", "1", "plain"), 403},
		{"that of no thing where there is none", "/b/both/1", value("alice", "1", "plain"), 200},
		{"that of a thing where there is none", "/b/both/1", value("alice", "1", "bound"), 403},
		{"none", "/b/bound/1", "", 403},
	} {
		got := s.send("POST", test.target, "Cookie: session=alice", "Origin: "+origin, "X-Csrf-Token: "+test.value)
		if got.status != test.status {
			t.Errorf("%s: %d %s, want %d", test.name, got.status, got.body, test.status)
		}
		form := "csrf=" + test.value
		raw := s.raw("POST " + test.target + " HTTP/1.1\r\nHost: x\r\nCookie: session=alice\r\nSec-Fetch-Site: same-origin\r\n" +
			"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: " + itoa(len(form)) + "\r\nConnection: close\r\n\r\n" + form)
		if raw.status != test.status {
			t.Errorf("%s, by a form: %d %s, want %d", test.name, raw.status, raw.body, test.status)
		}
	}
}

func TestJ06ARefusedChangeIsRecorded(t *testing.T) {
	s := start(t, signedIn, browserRoutes())
	s.send("POST", "/b/both/1", "Cookie: session=alice", "Sec-Fetch-Site: cross-site")
	refusals := s.recorded()
	if len(refusals) != 1 || token.ReasonOf(refusals[0].Err) != "cross_site" || refusals[0].Principal.Ref != "user:default/alice" {
		t.Errorf("recorded: %+v", refusals)
	}
}

func TestF02LocalTargets(t *testing.T) {
	for target, want := range map[string]bool{
		"/": true, "/a/b?c=d&e=%2F": true, "/a/": true, "": false, "//a": false, "/a//b": false, "a": false, `/\a`: false,
		"/a/../b": false, "/%2e%2e/b": false, "/a%2fb": false, "/a#b": false, "/a b": false, "/\ta": false, "/a?b c": false,
		"/" + strings.Repeat("a", 511): true, "/" + strings.Repeat("a", 512): false,
	} {
		if got := web.LocalTarget(target); got != want {
			t.Errorf("%q: %t", target, got)
		}
	}
}
