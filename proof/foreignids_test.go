package proof_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/tokentest"
)

// neighbour is one of two people who have the same things, each their own: a
// group whose service tokens they keep, a workspace that they own, and tokens of
// every kind in both workspaces.
type neighbour struct {
	ref, group, workspace string

	raw, cookies string
	things       map[string]string // what it is, to its id
	shared       string            // their token in the other's workspace
}

// TestE07SomebodyElsesThingIsNotThere asks, as each of two neighbours, by bearer
// and by browser, every route that names a thing about everything of the other
// (row E-07, C5, MUST-35). The answer is that of an id which never existed, byte
// for byte, and nothing is changed by asking.
func TestE07SomebodyElsesThingIsNotThere(t *testing.T) {
	t.Parallel()
	onBothDatabases(t, func(t *testing.T, v visitor) {
		v = v.inside()
		alice := &neighbour{ref: "user:default/alice", group: platform, workspace: "demo"}
		bob := &neighbour{ref: "user:default/bob", group: "group:default/data", workspace: "other"}
		v.furnish(alice, bob)
		before, done := v.stored(alice, bob), v.allowed()
		asked := v.knock(alice, bob) + v.knock(bob, alice)
		if asked < 400 {
			t.Errorf("only %d requests were made", asked)
		}
		if after := v.stored(alice, bob); after != before {
			t.Errorf("asking changed something:\n%s\n%s", before, after)
		}
		if got := v.allowed(); got != done {
			t.Errorf("%d changes are in the log, and %d were there", got, done)
		}
		v.seesWhatIsTheirs(alice, bob)
		t.Logf("%d requests", asked)
	}, tokentest.WithConfig(`
oauth: {registration: true}
kinds: {personal: {requests_per_minute: 1000}}
limits: {requests_per_minute: 1000000}
default_role: user
roles: {keeper: ['access-tokens:service:read', 'access-tokens:service:write', 'access-tokens:service:revoke']}
bindings:
  - {role: keeper, to: [user:default/alice], groups: [group:default/platform]}
  - {role: keeper, to: [user:default/bob], groups: [group:default/data]}
`))
}

// furnish gives both what they have.
func (v visitor) furnish(alice, bob *neighbour) {
	v.t.Helper()
	admin := v.s.UserToken("user:default/admin")
	for _, body := range []string{
		`/workspaces {"name":"other"}`, `/workspaces/join {"name":"other","user":"user:default/bob","role":"owner"}`,
		`/workspaces/join {"name":"other","user":"user:default/alice","role":"user"}`,
	} {
		target, body, _ := strings.Cut(body, " ")
		if got := v.json(http.MethodPost, api.Base+target, admin, body); !got.acknowledged() {
			v.t.Fatalf("%s: %d %s", target, got.status, got.body)
		}
	}
	client := v.app(admin)
	for _, n := range []*neighbour{alice, bob} {
		n.raw, n.cookies = v.s.UserToken(n.ref), v.signIn(n.ref)
		_, personal := v.journey(n.raw).mint("laptop")
		var listed api.Sessions
		must(v.t, json.Unmarshal(v.json(http.MethodGet, "/api/sessions", n.raw, "").body, &listed))
		n.things = map[string]string{
			"a service token":   v.s.Issue(n.group, "theirs", held).Token.ID,
			"a personal token":  personal,
			"a user token":      v.issue(`{"kind":"user","name":"u","user":"` + n.ref + `","scopes":["upload"]}`).Token.ID,
			"a workspace token": v.inWorkspace(n, n.workspace),
			"a session":         listed.Sessions[0].ID,
			"an authorization":  v.journey(n.raw).ask(client.where("openid")),
		}
	}
	alice.shared, bob.shared = v.inWorkspace(alice, "other"), v.inWorkspace(bob, "demo")
}

func (v visitor) inWorkspace(n *neighbour, workspace string) (id string) {
	v.t.Helper()
	got := v.json(http.MethodPost, "/api/access-tokens/workspace", n.raw, `{"name":"w","workspace":"`+workspace+`"}`)
	var made struct{ Token struct{ ID string } }
	if !got.acknowledged() || json.Unmarshal(got.body, &made) != nil {
		v.t.Fatalf("a workspace token of %s: %d %s", n.ref, got.status, got.body)
	}
	return made.Token.ID
}

// knock asks about everything of the other, and gives how many requests it made.
func (v visitor) knock(asker, other *neighbour) (asked int) {
	v.t.Helper()
	for _, route := range v.routes() {
		if !strings.Contains(route.Pattern, "{id}") {
			continue
		}
		for what, id := range other.things {
			for _, ask := range forms(route) {
				theirs, nobodys := v.about(route, asker, id, ask), v.about(route, asker, unknownID, ask)
				asked += 2
				if theirs != nobodys {
					v.t.Errorf("%s asks %s %s about %s of %s (%+v):\n%s\nand about nothing:\n%s",
						asker.ref, route.Method, route.Pattern, what, other.ref, ask, theirs, nobodys)
				}
			}
		}
	}
	for _, method := range []string{"revokeApiToken", "rotateApiToken", "listApiTokenAudit", "revokeWorkspaceApiToken"} {
		for what, id := range other.things {
			call := func(id string) string {
				body := fmt.Sprintf(`{"method":%q,"params":{"tokenId":%q}}`, method, id)
				return v.json(http.MethodPost, "/_accounts", asker.raw, body).about(id)
			}
			asked += 2
			if theirs, nobodys := call(id), call(unknownID); theirs != nobodys {
				v.t.Errorf("%s calls %s about %s of %s:\n%s\nand about nothing:\n%s", asker.ref, method, what, other.ref, theirs, nobodys)
			}
		}
	}
	return asked
}

// form is how something is asked for.
type form struct {
	browser bool
	body    string
}

// forms are requests that would do what a route is for, and requests in which
// only a look at the token, or none, could tell what is wrong.
func forms(route tokentest.Route) []form {
	bodies := []string{""}
	switch {
	case route.Method == http.MethodPost && isPage(route):
		bodies = []string{"decision=approve"}
	case route.Method == http.MethodPost:
		bodies = []string{"{}", `{"overlapSeconds":604801}`, `{"expiresInSeconds":315360000}`, `{"expiresAt":"2001-01-01T00:00:00Z"}`}
	}
	var list []form
	for _, body := range bodies {
		list = append(list, form{false, body}, form{true, body})
	}
	return list
}

// about asks a route about an id.
func (v visitor) about(route tokentest.Route, asker *neighbour, id string, ask form) string {
	v.t.Helper()
	header := bearer(asker.raw)
	if ask.browser {
		purpose := ""
		if route.BoundTo != "" {
			purpose = id
		}
		header = http.Header{
			"Cookie": {asker.cookies}, "Origin": {v.s.URL}, "Sec-Fetch-Site": {"same-origin"}, "X-Csrf-Token": {csrf(asker.cookies, purpose)},
		}
	}
	switch {
	case strings.HasPrefix(ask.body, "{"):
		header["Content-Type"] = []string{"application/json"}
	case ask.body != "":
		header["Content-Type"] = []string{"application/x-www-form-urlencoded"}
	}
	return v.send(route.Method, strings.ReplaceAll(route.Pattern, "{id}", id), header, ask.body).about(id)
}

// about is same, apart from the id that was asked about, from what is left of a
// limit, and from the value for forms, which every page writes under a pad of its own.
func (r reply) about(id string) string {
	r.header = r.header.Clone()
	r.header.Del("RateLimit")
	text := strings.ReplaceAll(r.same(), id, "IT")
	return formValue.ReplaceAllString(text, `name="csrf" value="PADDED"`)
}

// formValue is 64 bytes of base64url: a pad, and the value under it.
var formValue = regexp.MustCompile(`name="csrf" value="[\w-]{86}"`)

// stored gives what an administrator sees of everything, and whether the sessions
// and authorizations go on.
func (v visitor) stored(all ...*neighbour) string {
	v.t.Helper()
	var text strings.Builder
	admin := v.s.UserToken("user:default/admin")
	for _, n := range all {
		for _, what := range []string{"a service token", "a personal token", "a user token", "a workspace token"} {
			text.Write(v.json(http.MethodGet, api.Base+"/tokens/"+n.things[what], admin, "").body)
		}
		fmt.Fprintln(&text, v.send(http.MethodGet, "/api/session", http.Header{"Cookie": {n.cookies}}, "").status)
	}
	return text.String()
}

// allowed counts what the log says was done, but for the making of bearers.
func (v visitor) allowed() (n int) {
	v.t.Helper()
	for _, e := range v.s.Entries(audit.Query{Outcome: audit.Allowed}) {
		if e.Action != audit.AccessTokenMade {
			n++
		}
	}
	return n
}

// seesWhatIsTheirs shows that the requests were of a form that is answered: each
// finds what is their own, and the owner of a workspace what is in it.
func (v visitor) seesWhatIsTheirs(all ...*neighbour) {
	v.t.Helper()
	for i, n := range all {
		other := all[1-i]
		for _, target := range []string{
			"/api/access-tokens/service/" + n.things["a service token"], "/api/access-tokens/personal/" + n.things["a personal token"],
			"/api/access-tokens/workspace/" + n.things["a workspace token"], "/api/access-tokens/workspace/" + other.shared,
			api.Base + "/tokens/" + n.things["a workspace token"],
		} {
			if got := v.json(http.MethodGet, target, n.raw, ""); got.status != http.StatusOK {
				v.t.Errorf("%s asks %s: %d %s", n.ref, target, got.status, got.body)
			}
		}
		if got := v.json(http.MethodDelete, "/api/sessions/"+n.things["a session"], n.raw, ""); !got.acknowledged() {
			v.t.Errorf("%s ends their session: %d %s", n.ref, got.status, got.body)
		}
	}
}
