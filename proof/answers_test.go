package proof_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
)

const realm = `Bearer realm="tokenwright"`

// guarded lists the routes that let no stranger in, and forward-auth, which
// asks for a credential as if it were what stands behind it.
func (v visitor) guarded() []tokentest.Route {
	v.t.Helper()
	return slices.DeleteFunc(v.routes(), func(r tokentest.Route) bool {
		return isPublic(r) && r.Pattern != "/forward-auth" || saysForbidden(r)
	})
}

// saysForbidden reports whether a route is one that answers who is not signed in
// with 403, as its contract says (PER-30); the tests of its surface see to it.
func saysForbidden(r tokentest.Route) bool {
	return strings.HasPrefix(r.Pattern, "/api/auth/v1/sessions/")
}

// Row C1 (RFC 6750 section 3.1, MUST-33): who presented nothing is told what is
// needed, and not that something was wrong with it.
func TestC1WithoutACredentialEveryRouteAsksForOne(t *testing.T) {
	t.Parallel()
	v := visit(t)
	for _, route := range v.guarded() {
		got := v.probe(route, http.Header{})
		if isPage(route) {
			asksToSignIn(t, route, got)
			continue
		}
		if challenge := got.header.Get("WWW-Authenticate"); got.status != http.StatusUnauthorized || challenge != realm {
			t.Errorf("%s %s: %d, challenge %q", route.Method, route.Pattern, got.status, challenge)
		}
	}
}

// isPage reports whether a route is one of the pages: who is not signed in is
// led to where one signs in, and not told by a challenge, which browsers do not
// understand.
func isPage(r tokentest.Route) bool {
	leads := func(lead string) bool { return strings.HasPrefix(r.Pattern, lead) }
	return !isPublic(r) && (r.Pattern == "/" || slices.ContainsFunc([]string{"/sign-", "/oauth2/authorize/", "/settings/", "/admin/", "/docs/"}, leads))
}

// takesSessionsAlone reports whether a route looks at no other credential.
func takesSessionsAlone(r tokentest.Route) bool { return strings.Contains(r.Access, "in a browser") }

func asksToSignIn(t *testing.T, route tokentest.Route, got reply) {
	t.Helper()
	if got.status != http.StatusSeeOther || !strings.HasPrefix(got.header.Get("Location"), "/sign-in") {
		t.Errorf("%s %s: %d to %q", route.Method, route.Pattern, got.status, got.header.Get("Location"))
	}
}

// badCredentials gives credentials that are bad for one reason each, by the
// name of the reason, and moves the clock past the end of the expired ones.
func badCredentials(v visitor, clock *tokentest.Clock, idp *foreignIssuer) map[string]string {
	s, other := v.s, tokentest.Start(v.t)
	good := s.Issue(platform, "good", held)
	revoked, rotated := s.Issue(platform, "revoked", held), s.Issue(platform, "rotated", held)
	disabled, swept := s.Issue(platform, "disabled", held), s.Issue("group:default/data", "swept", held)
	s.Revoke(revoked)
	s.Rotate(rotated, 0)
	s.RevokeOwner("group:default/data")
	_, err := s.Authority().Disable(v.t.Context(), tokentest.Admin(), token.KindService, disabled.Token.ID)
	must(v.t, err)
	short := v.issue(`{"kind":"service","name":"short","description":"d","owner":"platform","scopes":["` + held + `"],"expiresInSeconds":60}`)
	ownJWT := s.UserToken("user:default/admin")
	expired := idp.sign(v.t, clock, nil)
	clock.Advance(2 * time.Hour)
	raw, jwt := good.Secret.Reveal(), idp.sign(v.t, clock, nil)
	change := func(claim string, value any) string { return idp.sign(v.t, clock, map[string]any{claim: value}) }
	return map[string]string{
		"malformed": "x", "a bad checksum": raw[:len(raw)-1] + "!", "cut": raw[:len(raw)-1], "longer": raw + "0",
		"another prefix": "ghp_" + raw[5:], "unknown": other.Issue(platform, "foreign", held).Secret.Reveal(),
		"revoked": revoked.Secret.Reveal(), "rotated": rotated.Secret.Reveal(), "disabled": disabled.Secret.Reveal(),
		"revoked with many": swept.Secret.Reveal(), "expired": short.RawToken, "an expired JWT": expired,
		"our own expired JWT": ownJWT, "a JWT of another server": other.UserToken("user:default/admin"),
		"a wrong signature": jwt[:len(jwt)-8] + "AAAAAAAA", "no signature": jwt[:strings.LastIndexByte(jwt, '.')+1],
		"a wrong audience": change("aud", "elsewhere"), "a wrong issuer": change("iss", "https://evil.example"),
		"nobody's JWT": change("sub", "user:default/mallory"), "no subject": change("sub", ""),
		"not yet valid": change("nbf", clock.Now().Add(time.Hour).Unix()), "8 KiB": strings.Repeat("y", 8<<10),
	}
}

// Row C2 (MUST-34, J-04): why a credential is not good shows in no byte of the
// answer, of any route.
func TestC2EveryBadCredentialHasTheSameAnswerEverywhere(t *testing.T) {
	t.Parallel()
	clock, idp := tokentest.NewClock(time.Time{}), newForeignIssuer(t)
	v := visit(t, tokentest.WithClock(clock), idp.config())
	bad := badCredentials(v, clock, idp)
	if got := v.json(http.MethodGet, api.Base+api.PathUsers, idp.sign(t, clock, nil), ""); got.status != http.StatusOK {
		t.Fatalf("control: a good JWT of the foreign issuer: %d %s", got.status, got.body)
	}
	v = v.fromEverywhere()
	for _, route := range v.guarded() {
		if isPage(route) {
			continue // a bearer is nothing to it
		}
		first, of, asked := "", "", 0
		for name, raw := range bad {
			// The gate asks each route with some of them, in any order.
			if asked++; asked > amount(8, len(bad)) {
				break
			}
			got := v.probe(route, bearer(raw))
			if challenge := got.header.Get("WWW-Authenticate"); got.status != http.StatusUnauthorized || challenge != realm+`, error="invalid_token"` {
				t.Errorf("%s %s, %s: %d, challenge %q", route.Method, route.Pattern, name, got.status, challenge)
			}
			if first == "" {
				first, of = got.same(), name
			}
			if got.same() != first {
				t.Errorf("%s %s, %s:\n%s\n%s:\n%s", route.Method, route.Pattern, name, got.same(), of, first)
			}
		}
	}
}

// Row C2: a good credential of a kind that a route is not for is not good
// there; that it is good elsewhere does not show in status or challenge.
func TestC2AGoodTokenOfAnotherKindIsNotGoodHere(t *testing.T) {
	t.Parallel()
	v := visit(t)
	service := v.s.Issue(platform, "service", held).Secret.Reveal()
	asked := 0
	for _, route := range v.routes() {
		if !strings.HasPrefix(route.Access, "users") || isPage(route) || saysForbidden(route) {
			continue
		}
		asked++
		got := v.probe(route, bearer(service))
		if got.status != http.StatusUnauthorized || got.header.Get("WWW-Authenticate") != realm+`, error="invalid_token"` {
			t.Errorf("%s %s: %d %q", route.Method, route.Pattern, got.status, got.header.Get("WWW-Authenticate"))
		}
	}
	if asked == 0 {
		t.Error("no route is for people alone")
	}
}

// Row C3 (RFC 6749 sections 2.3 and 3.1, MUST-02, MUST-05, MUST-31): two
// credentials are refused on every route, the public ones too, even when they
// are equal and good.
func TestC3TwoCredentialsAreRefusedEverywhere(t *testing.T) {
	t.Parallel()
	v := visit(t)
	admin := v.s.UserToken("user:default/admin")
	for _, route := range v.routes() {
		for name, header := range map[string]http.Header{
			"one twice":      {"Authorization": {"Bearer " + admin, "Bearer " + admin}},
			"two schemes":    {"Authorization": {"Bearer " + admin, "Basic eDp5"}},
			"two spellings":  {"Authorization": {"Bearer " + admin}, "authorization": {"Bearer x"}},
			"an empty first": {"Authorization": {"", "Bearer " + admin}},
		} {
			if got := v.probe(route, header); got.status != http.StatusBadRequest {
				t.Errorf("%s %s, %s: %d", route.Method, route.Pattern, name, got.status)
			}
		}
		inQuery := route
		for _, name := range []string{"access_token", "ACCESS_TOKEN", "token", "api_key"} {
			inQuery.Pattern = route.Pattern + "?" + name + "=x"
			if got := v.probe(inQuery, bearer(admin)); got.status != http.StatusBadRequest {
				t.Errorf("%s %s, header and %s in the query: %d", route.Method, route.Pattern, name, got.status)
			}
		}
	}
	for _, second := range []string{"client_secret=x", "client_assertion=x", "token=y"} {
		if got := v.form("/oauth2/introspect", admin, "token=x&client_id=y&"+second); got.status != http.StatusBadRequest {
			t.Errorf("introspection with %s: %d", second, got.status)
		}
	}
	if got := v.json(http.MethodGet, api.Base+api.PathTokens+"?limit=1&limit=1", admin, ""); got.status != http.StatusBadRequest {
		t.Errorf("a repeated parameter: %d", got.status)
	}
}

// Row C4 (RFC 6750 section 3.1): what is missing is named.
func TestC4AMissingScopeIsNamed(t *testing.T) {
	t.Parallel()
	v := visit(t)
	raw := v.s.Issue(platform, "narrow", held).Secret.Reveal()
	got := v.json(http.MethodGet, "/forward-auth?scope="+held+"%20"+beyond, raw, "")
	challenge := got.header.Get("WWW-Authenticate")
	if got.status != http.StatusForbidden || !strings.Contains(challenge, `error="insufficient_scope"`) ||
		!strings.Contains(challenge, held) || !strings.Contains(challenge, beyond) {
		t.Errorf("%d, challenge %q", got.status, challenge)
	}
}

// Row C5 (E-07, MUST-35): somebody else's token and one that never existed have
// the same answer, whatever is asked of them.
func TestC5SomebodyElsesTokenIsNotThere(t *testing.T) {
	t.Parallel()
	onBothDatabases(t, func(t *testing.T, v visitor) {
		theirs := v.s.Issue("group:default/data", "theirs", held)
		alice := v.s.UserToken("user:default/alice")
		asked := 0
		for _, route := range v.routes() {
			// Other permissions cannot be limited to groups.
			mine := strings.Contains(route.Access, " with access-tokens:service:") || decidedLater(route)
			if !strings.Contains(route.Pattern, "{id}") || !mine || isPage(route) {
				continue
			}
			asked++
			ask := func(id string) string {
				body := ""
				if route.Method == http.MethodPost {
					body = "{}"
				}
				got := v.json(route.Method, strings.ReplaceAll(route.Pattern, "{id}", id), alice, body)
				if got.status != http.StatusNotFound {
					t.Errorf("%s %s of %s: %d %s", route.Method, route.Pattern, id, got.status, got.body)
				}
				return strings.ReplaceAll(got.same(), id, "ID")
			}
			if foreign, unknown := ask(theirs.Token.ID), ask(unknownID); foreign != unknown {
				t.Errorf("%s %s tells them apart:\n%s\n%s", route.Method, route.Pattern, foreign, unknown)
			}
		}
		if asked < 8 {
			t.Errorf("only %d routes were asked", asked)
		}
		if got := v.json(http.MethodGet, "/forward-auth?scope="+held, theirs.Secret.Reveal(), ""); got.status != http.StatusOK {
			t.Errorf("the token of somebody else was changed: %d", got.status)
		}
	}, tokentest.WithConfig(`
roles: {keeper: ['access-tokens:service:read', 'access-tokens:service:write', 'access-tokens:service:revoke']}
bindings: [{role: keeper, to: [user:default/alice], groups: [group:default/platform]}]
`))
}

// Row C10 (MUST-39, D-11): a database that is gone is 503 for tokens that have
// to be looked up, and junk is told apart from it without a look-up. Whoever
// is asked to wait can wait: no client throws a good token away.
func TestC10WithoutADatabaseNothingIsAllowedAndNothingCalledBad(t *testing.T) {
	t.Parallel()
	cluster := pgtest.New(t, pgtest.Options{Durable: true})
	v := visit(t, tokentest.WithDatabase(postgresDatabase(t, cluster)))
	good := v.s.Issue(platform, "good", held).Secret.Reveal()
	admin := v.s.UserToken("user:default/admin")
	cluster.Kill(t)
	v.s.WaitStatus("/readyz", http.StatusServiceUnavailable)
	unavailable := func(what string, got reply) {
		t.Helper()
		if got.status != http.StatusServiceUnavailable || got.header.Get("Retry-After") == "" {
			t.Errorf("%s: %d, Retry-After %q: %s", what, got.status, got.header.Get("Retry-After"), got.body)
		}
	}
	for _, route := range v.guarded() {
		name := route.Method + " " + route.Pattern
		got := v.send(route.Method, path(route.Pattern), bearer(good), "")
		// Where sessions alone count, no bearer is looked at: nobody is called bad,
		// and as long as refusals of strangers are recorded, that fails.
		if !takesSessionsAlone(route) || got.status != http.StatusUnauthorized && got.status != http.StatusSeeOther {
			unavailable(name, got)
		}
		if got := v.probe(route, http.Header{}); got.status != http.StatusUnauthorized && !isPage(route) {
			t.Errorf("%s without a credential: %d", name, got.status)
		}
	}
	unavailable("introspection", v.form("/oauth2/introspect", admin, "token="+good))
	unavailable("revocation", v.form("/oauth2/revoke", "", "token="+good))
	unavailable("sign-in", v.send(http.MethodPost, "/sign-in/"+strings.Repeat("a", 32), http.Header{}, ""))
	cluster.Restart(t)
	v.s.WaitReady()
	if got := v.json(http.MethodGet, "/forward-auth?scope="+held, good, ""); got.status != http.StatusOK {
		t.Errorf("afterwards: %d %s", got.status, got.body)
	}
}
