package proof_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/tokentest"
)

// TestD12EveryRouteAnswersAsItDeclares asks every mounted route with every kind
// of credential in every place, with one permission, some, all or none (row
// D-12, figure F5; E-09, MUST-86). What is expected follows from the declaration
// of the route and from what the holder was given, so a route that is added is in
// the matrix, and one that declares nothing fails it.
func TestD12EveryRouteAnswersAsItDeclares(t *testing.T) {
	t.Parallel()
	c := assemble(t)
	m := matrix{cast: c, people: map[string]*holder{}, refusals: map[string]int{}}
	for _, h := range c.holders {
		m.people[h.name] = h
	}
	for _, route := range c.routes() {
		d, ok := declarationOf(route)
		if !ok {
			t.Errorf("%s %s declares %q, which says nothing of who may use it", route.Method, route.Pattern, route.Access)
		}
		if route.Pattern != "/forward-auth" { // judges the credential itself: see below
			m.routes = append(m.routes, d)
		}
	}
	m.byBearer()
	m.byBrowser()
	m.run()
	m.compareLog()
	if cells := int(m.asked.Load()); cells < 20_000 {
		t.Errorf("the matrix has only %d cells", cells)
	}
	t.Logf("%d cells: %d routes, %d bearers, %d sessions; %d deviations", m.asked.Load(), len(m.routes), len(c.holders), len(c.signedIn), m.deviations.Load())
}

// decidedLater: every good credential passes the guard, and the authority
// decides when it knows the kind of the token.
func decidedLater(r tokentest.Route) bool {
	return r.Access == "principals" || r.Access == "principals or browsers"
}

// verb is what a route asks the authority for, about a service token.
type verb struct {
	needs  []policy.Permission
	person bool // never for services: tokens do not issue tokens
	body   string
}

// verbs are the routes whose permission depends on the kind of the token.
func verbs() map[string]verb {
	const tokens = "/api/admin/v1/tokens"
	return map[string]verb{
		"GET /openapi.json":             {},
		"GET " + tokens:                 {needs: []policy.Permission{policy.ServiceRead}},
		"GET " + tokens + "/{id}":       {needs: []policy.Permission{policy.ServiceRead}},
		"GET " + tokens + "/{id}/audit": {needs: []policy.Permission{policy.ServiceRead}},
		"POST " + tokens: {
			[]policy.Permission{policy.ServiceWrite},
			true,
			`{"kind":"service","name":"NAME","description":"d","owner":"platform","scopes":["` + held + `"]}`,
		},
		"POST " + tokens + "/{id}/rotate": {[]policy.Permission{policy.ServiceWrite}, true, `{}`},
		"POST " + tokens + "/{id}/revoke": {[]policy.Permission{policy.ServiceRevoke}, false, `{"reason":"matrix"}`},
	}
}

// TestD12TheAuthorityDecidesWhereTheRouteDoesNot asks the routes that let in
// every good credential about a token that is there.
func TestD12TheAuthorityDecidesWhereTheRouteDoesNot(t *testing.T) {
	t.Parallel()
	config, holders := everybody()
	v := visit(t, tokentest.WithConfig(config))
	about := v.s.Issue(platform, "about", held).Token.ID
	for _, h := range holders {
		v.credential(h)
	}
	for _, route := range v.routes() {
		if !decidedLater(route) {
			continue
		}
		asked, known := verbs()[route.Method+" "+route.Pattern]
		if !known {
			t.Errorf("%s %s leaves the decision to a verb: say in this table which permission it needs", route.Method, route.Pattern)
			continue
		}
		target := strings.ReplaceAll(route.Pattern, "{id}", about) + "?kind=service"
		if strings.Contains(route.Pattern, "{id}") || route.Method == http.MethodPost {
			target = strings.TrimSuffix(target, "?kind=service")
		}
		for i, h := range holders {
			may := h.holdsAll(asked.needs) && (h.person || !asked.person)
			got := v.json(route.Method, target, h.raw, strings.ReplaceAll(asked.body, "NAME", fmt.Sprintf("by-%d", i)))
			refused := got.status == http.StatusUnauthorized || got.status == http.StatusForbidden || got.status == http.StatusNotFound
			if may == refused || got.status >= 500 || h.good && got.status == http.StatusUnauthorized {
				t.Errorf("%s %s answers %s with %d: %.200s", route.Method, target, h.name, got.status, got.body)
			}
		}
	}
}

// probe asks a route for something that it refuses after it has let one in: a
// body of a type that nobody takes, about a thing that is not there.
func (v visitor) probe(route tokentest.Route, header http.Header) reply {
	v.t.Helper()
	body := ""
	if route.Method == http.MethodPost || route.Method == http.MethodDelete {
		body = "probe"
		header = header.Clone()
		header.Set("Content-Type", "text/x-probe")
	}
	return v.send(route.Method, path(route.Pattern), header, body)
}

// TestD12ACredentialCountsInOnePlaceAlone presents good credentials in every
// place where clients are known to put them. Only Authorization: Bearer lets
// one in; a query is refused whoever asks (rows B-06, D-12; MUST-28, MUST-31,
// MUST-32).
func TestD12ACredentialCountsInOnePlaceAlone(t *testing.T) {
	t.Parallel()
	v := visit(t, tokentest.WithConfig("bindings: [{role: auditor, to: ['service-token:"+platform+":transport']}]"))
	credentials := []string{
		v.s.UserToken("user:default/admin"), v.s.Issue(platform, "transport", held).Secret.Reveal(),
	}
	v = v.fromEverywhere()
	for _, route := range v.routes() {
		if route.Pattern == "/forward-auth" || isPage(route) {
			continue
		}
		for _, raw := range credentials {
			for name, header := range elsewhere(raw) {
				got, bare := v.probe(route, header), v.probe(route, http.Header{})
				if !isPublic(route) && !saysForbidden(route) && got.status != http.StatusUnauthorized || got.status != bare.status {
					t.Errorf("%s %s, %s: %d, and %d without", route.Method, route.Pattern, name, got.status, bare.status)
				}
				if !isPublic(route) && strings.Contains(got.header.Get("WWW-Authenticate"), "error") {
					t.Errorf("%s %s, %s: taken for a credential", route.Method, route.Pattern, name)
				}
			}
			inQuery := route
			inQuery.Pattern += "?access_token=" + raw
			if got := v.probe(inQuery, http.Header{}); got.status != http.StatusBadRequest {
				t.Errorf("%s %s, in the query: %d", route.Method, route.Pattern, got.status)
			}
		}
	}
}

// elsewhere puts a credential where it does not belong.
func elsewhere(raw string) map[string]http.Header {
	basic := func(user, password string) http.Header {
		text := base64.StdEncoding.EncodeToString([]byte(user + ":" + password))
		return http.Header{"Authorization": {"Basic " + text}}
	}
	return map[string]http.Header{
		"Basic user":     basic(raw, ""),
		"Basic password": basic("x-token", raw),
		"cookies":        {"Cookie": {"access_token=" + raw + "; backstage-auth=" + raw + "; session=" + raw + "; Authorization=Bearer%20" + raw}},
		"WebSocket": {
			"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"},
			"Sec-Websocket-Key": {"dGhlIHNhbXBsZSBub25jZQ=="}, "Sec-Websocket-Protocol": {"bearer, " + raw},
		},
		"other headers": {
			"X-Api-Key": {raw}, "X-Access-Token": {raw}, "X-Auth-Token": {raw}, "Proxy-Authorization": {"Bearer " + raw},
			"X_authorization": {"Bearer " + raw}, "Authorization_": {"Bearer " + raw}, "X-Forwarded-Access-Token": {raw},
		},
	}
}

// TestD12ForwardAuthTakesACredentialFromThreePlaces: the one surface that
// judges its client's credential takes it from where clients of others put it.
func TestD12ForwardAuthTakesACredentialFromThreePlaces(t *testing.T) {
	t.Parallel()
	v := visit(t)
	raw := v.s.Issue(platform, "asked", held).Secret.Reveal()
	want := map[string]int{
		"Basic user": http.StatusUnauthorized, "Basic password": http.StatusOK, "cookies": http.StatusUnauthorized,
		"WebSocket": http.StatusUnauthorized, "other headers": http.StatusOK, // X-Api-Key is among them
	}
	for name, header := range elsewhere(raw) {
		if got := v.send(http.MethodGet, "/forward-auth?scope="+held, header, ""); got.status != want[name] {
			t.Errorf("%s: %d, want %d", name, got.status, want[name])
		}
		if got := v.send(http.MethodGet, "/forward-auth?scope="+beyond, header, ""); got.acknowledged() {
			t.Errorf("%s: a scope that the token lacks is let in", name)
		}
	}
	if got := v.send(http.MethodGet, "/forward-auth?scope="+held+"&access_token="+raw, http.Header{}, ""); got.status != http.StatusBadRequest {
		t.Errorf("in the query: %d", got.status)
	}
}
