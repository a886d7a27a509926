package personal_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/surface/personal"
	"github.com/tokenwright/tokenwright/tokentest"
)

// A token of somebody else does not exist, not even for an administrator
// (row C5, PER-06).
func TestTokensOfOthersAreNotFound(t *testing.T) {
	s := start(t)
	id := s.browser(alice).mint(wish("laptop")).Metadata.ID
	for _, who := range []string{bob, admin} {
		b := s.browser(who)
		for _, one := range []string{"GET /%s", "GET /%s/audit", "DELETE /%s"} {
			method, path, _ := strings.Cut(fmt.Sprintf(one, id), " ")
			theirs := b.on(method, path, "")
			s.want(theirs, http.StatusNotFound, "Not found")
			for _, never := range []string{"00000000-0000-4000-8000-000000000001", "x", "%27"} {
				method, path, _ := strings.Cut(strings.Replace(one, "%s", never, 1), " ")
				if got := b.on(method, path, ""); got.status != theirs.status || got.body != theirs.body {
					t.Errorf("%s %s = %d %s", method, path, got.status, got.body)
				}
			}
		}
		if got := b.on("GET", "", ""); got.body != `{"tokens":[],"total":0}` {
			t.Errorf("list of %s: %s", who, got.body)
		}
	}
	if got := s.browser(alice).on("GET", "/"+id, ""); got.text("status") != "active" {
		t.Errorf("it was changed: %s", got.body)
	}
}

func TestPER52TheDefaultRoleCanBeTakenAway(t *testing.T) {
	s := start(t, tokentest.WithConfig(`
default_role: none
roles: {keeper: ["access-tokens:user:read", "access-tokens:user:revoke"]}
bindings: [{role: keeper, to: ["user:default/bob"]}]
`))
	const forbidden = "Forbidden: access-tokens:user:%s required"
	for _, one := range []struct {
		who, method, path string
		status            int
		text              string
	}{
		{alice, "GET", "", 403, fmt.Sprintf(forbidden, "read")},
		{alice, "GET", "/x", 403, fmt.Sprintf(forbidden, "read")},
		{alice, "GET", "/x/audit", 403, fmt.Sprintf(forbidden, "read")},
		{alice, "POST", "/mint", 403, fmt.Sprintf(forbidden, "write")},
		{alice, "DELETE", "/x", 403, fmt.Sprintf(forbidden, "revoke")},
		{bob, "GET", "", 200, ""},
		{bob, "DELETE", "/x", 404, "Not found"},
		{bob, "POST", "/mint", 403, fmt.Sprintf(forbidden, "write")},
	} {
		s.want(s.browser(one.who).on(one.method, one.path, ""), one.status, one.text)
	}
	if got := s.browser(admin).on("POST", "/mint", wish("x")); got.status != http.StatusOK {
		t.Errorf("an administrator: %d %s", got.status, got.body)
	}
}

func TestWithoutACredentialOfAPerson(t *testing.T) {
	s := start(t)
	b := s.browser("")
	service := s.Issue("group:default/platform", "ci", "catalog:read").Secret.Reveal()
	const envelope = `{"error":{"name":"AuthenticationError","message":%q},"request":{"method":"GET","url":"/personal"},"response":{"statusCode":401}}`
	for bearer, body := range map[string]string{
		"": fmt.Sprintf(envelope, "Missing credentials"), "junk": fmt.Sprintf(envelope, "Illegal token"), service: `{"error":"Unauthorized"}`,
	} {
		if got := b.sendAs(bearer, "GET", personal.Base, ""); got.status != http.StatusUnauthorized || got.body != body {
			t.Errorf("%.10q = %d %s", bearer, got.status, got.body)
		}
	}
}

// The document by which a permission framework learns which permissions there
// are names those of personal tokens behind those of service tokens.
func TestThePermissionsAreListed(t *testing.T) {
	const path = "/api/access-tokens/.well-known/backstage/permissions/metadata"
	var want strings.Builder
	for _, one := range []string{"read read", "write create", "revoke delete"} {
		name, action, _ := strings.Cut(one, " ")
		fmt.Fprintf(&want, `,{"type":"resource","name":"access-tokens:user:%s","attributes":{"action":%q},"resourceType":"access-token-user"}`, name, action)
	}
	if got := start(t).browser(alice).send("GET", path, ""); !strings.Contains(got.body, want.String()+`],"rules":[]}`) {
		t.Errorf("metadata %s", got.body)
	}
	off := start(t, tokentest.WithConfig("kinds: {personal: {enabled: false}}"))
	if got := off.browser(alice).send("GET", path, ""); got.status != http.StatusOK || strings.Contains(got.body, "access-tokens:user:") {
		t.Errorf("without personal tokens: %d %s", got.status, got.body)
	}
}

func TestASwitchedOffKindHasNoRoutes(t *testing.T) {
	s := start(t)
	id := s.browser(alice).mint(wish("laptop")).Metadata.ID
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	s.Server = tokentest.Start(t, tokentest.WithData(s.Data), tokentest.WithClock(s.clock), tokentest.WithConfig("kinds: {personal: {enabled: false}}"))
	b := s.browser(alice)
	for _, route := range []string{"GET ", "POST /mint", "GET /mint/callback?state=x&code=y", "GET /" + id, "DELETE /" + id, "GET /" + id + "/audit"} {
		method, path, _ := strings.Cut(route, " ")
		s.want(b.on(method, path, ""), http.StatusNotFound, "Not found")
	}
	if got := s.administer("POST", "/tokens/"+id+"/revoke", ""); got.status != http.StatusOK {
		t.Errorf("an administrator cannot end what is there: %d %s", got.status, got.body)
	}
}

func TestPER32RequestsAreCountedPerPerson(t *testing.T) {
	s := start(t)
	alices, bobs, nobodys := s.browser(alice), s.browser(bob), s.browser("")
	want := func(got answer, status int, says string) {
		t.Helper()
		if got.status != status || got.header.Get("RateLimit") != says || got.header.Get("RateLimit-Policy") != "60;w=60" {
			t.Errorf("answer %d, %q %q, want %d, %q", got.status, got.header.Get("RateLimit"), got.header.Get("RateLimit-Policy"), status, says)
		}
	}
	for left := 59; left >= 0; left-- {
		want(alices.on("GET", "", ""), http.StatusOK, fmt.Sprintf("limit=60, remaining=%d, reset=60", left))
	}
	s.clock.Advance(6 * time.Second)
	limited := alices.on("DELETE", "/x", "")
	want(limited, http.StatusTooManyRequests, "limit=60, remaining=0, reset=54")
	s.want(limited, http.StatusTooManyRequests, "Too many requests, please try again later.")
	if limited.header.Get("Retry-After") != "54" {
		t.Errorf("Retry-After %q", limited.header.Get("Retry-After"))
	}
	want(bobs.on("GET", "/x", ""), http.StatusNotFound, "limit=60, remaining=59, reset=60")
	want(nobodys.on("GET", "/mint/callback", ""), http.StatusFound, "limit=60, remaining=59, reset=60")
	s.clock.Advance(54 * time.Second)
	want(alices.on("GET", "", ""), http.StatusOK, "limit=60, remaining=59, reset=60")
}

func TestPER48PagesOfAList(t *testing.T) {
	s := start(t)
	b := s.browser(alice)
	for i := range 3 {
		b.mint(wish(fmt.Sprint("t", i)))
		s.clock.Advance(time.Minute)
	}
	for _, one := range []struct {
		query string
		names []string
		tail  string
	}{
		{"", []string{"t2", "t1", "t0"}, `"total":3}`},
		{"?limit=2", []string{"t2", "t1"}, `"total":3,"limit":2,"offset":0}`},
		{"?limit=2&offset=2", []string{"t0"}, `"total":3,"limit":2,"offset":2}`},
		{"?offset=9", nil, `"total":3,"limit":200,"offset":9}`},
		{"?limit=", []string{"t2", "t1", "t0"}, `"total":3,"limit":200,"offset":0}`},
		{"?limit=1000", []string{"t2", "t1", "t0"}, `"total":3,"limit":200,"offset":0}`},
	} {
		got := b.on("GET", one.query, "")
		var names []string
		rows, _ := got.members["tokens"].([]any)
		for _, row := range rows {
			names = append(names, fmt.Sprint(row.(map[string]any)["name"]))
		}
		if fmt.Sprint(names) != fmt.Sprint(one.names) || !strings.HasSuffix(got.body, "],"+one.tail) {
			t.Errorf("%s = %s", one.query, got.body)
		}
	}
	for query, text := range map[string]string{
		"?limit=-1": "limit must be a whole number of at least 0", "?offset=x": "offset must be a whole number of at least 0",
		"?limit=1&limit=2": "limit given more than once",
	} {
		s.want(b.on("GET", query, ""), http.StatusBadRequest, text)
	}
}
