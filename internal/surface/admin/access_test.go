package admin_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
)

// routes gives the routes of the administrative API with a path that fits
// each.
func routes(t *testing.T, tw *tokentest.Server) []tokentest.Route {
	t.Helper()
	var ours []tokentest.Route
	for _, route := range tw.Routes() {
		if path, ok := strings.CutPrefix(route.Pattern, api.Base); ok {
			route.Pattern = strings.ReplaceAll(path, "{id}", token.NewID())
			ours = append(ours, route)
		}
	}
	if len(ours) < 35 {
		t.Fatalf("only %d routes are mounted", len(ours))
	}
	return ours
}

func TestStrangersReachNoRoute(t *testing.T) {
	tw := tokentest.Start(t)
	for _, route := range routes(t, tw) {
		for name, bearer := range map[string]string{"nobody": "", "a bad token": "bsat_junk", "a bad JWT": "a.b.c"} {
			got := bearing(t, tw, bearer).ask(route.Method, route.Pattern, "application/json", "{}")
			problem(t, got, http.StatusUnauthorized, "unauthenticated")
			want := `Bearer realm="tokenwright"`
			if bearer != "" {
				want += `, error="invalid_token"`
			}
			if challenge := got.header.Get("WWW-Authenticate"); challenge != want {
				t.Errorf("%s %s, %s: challenge %q (C1, C2)", route.Method, route.Pattern, name, challenge)
			}
		}
	}
}

// Everybody may see and end tokens of their own, so the routes about tokens
// are open to all; to whoever has none, none exists (row C5).
func TestUsersWithoutARoleReachNothingOfOthers(t *testing.T) {
	tw := tokentest.Start(t)
	bob := bearing(t, tw, tw.UserToken("user:default/bob"))
	before := refusals(t, tw)
	tw.Issue(platform, "somebody-elses", "catalog:read")
	refused := 0
	for _, route := range routes(t, tw) {
		switch {
		case route.Pattern == api.PathTokens && route.Method == http.MethodGet:
			if got := read[api.TokenPage](t, bob.get(api.PathTokens)); got.Total != 0 || len(got.Tokens) != 0 {
				t.Errorf("tokens of others: %+v", got)
			}
			continue
		case route.Access == "principals" && route.Pattern != api.PathTokens:
			problem(t, bob.ask(route.Method, route.Pattern, "application/json", "{}"), http.StatusNotFound, "not_found")
			continue
		}
		body := "{}"
		if route.Pattern == api.PathTokens {
			body = `{"kind":"service","name":"x","description":"x","owner":"platform","scopes":["catalog:read"]}`
		}
		problem(t, bob.ask(route.Method, route.Pattern, "application/json", body), http.StatusForbidden, "denied")
		refused++
	}
	problem(t, bob.get(api.PathTokens+"?kind=service"), http.StatusForbidden, "denied")
	if recorded := refusals(t, tw) - before; recorded < refused {
		t.Errorf("%d requests were refused and %d refusals recorded", refused, recorded)
	}
}

// refusals counts the refusals in the log.
func refusals(t *testing.T, tw *tokentest.Server) int {
	t.Helper()
	return read[api.EntryPage](t, local(t, tw).get(api.PathAudit+"?outcome=refused&limit=0")).Total
}

func TestAnAuditorReadsTheLogAndChangesNothing(t *testing.T) {
	tw := tokentest.Start(t, tokentest.WithConfig("bindings: [{role: auditor, to: [user:default/bob]}]"))
	bob := bearing(t, tw, tw.UserToken("user:default/bob"))
	for _, path := range []string{
		api.PathAudit, api.PathAuditExport, api.PathLogHead, api.PathLogEntries, api.PathLogNodes, api.PathTokens,
	} {
		if got := bob.get(path); got.status != http.StatusOK {
			t.Errorf("GET %s: %d %s", path, got.status, got.body)
		}
	}
	for _, route := range routes(t, tw) {
		if route.Method == http.MethodPost {
			got := bob.ask(route.Method, route.Pattern, "application/json", "{}")
			if got.status < 400 {
				t.Errorf("POST %s: %d", route.Pattern, got.status)
			}
		}
	}
}

func TestOnlyAnAdministratorLearnsWhyATokenIsNotGood(t *testing.T) {
	tw := tokentest.Start(t, tokentest.WithConfig(
		"roles: {asker: ['access-tokens:introspect']}\nbindings: [{role: asker, to: [user:default/bob]}]"))
	issued := tw.Issue(platform, "ci", "catalog:read")
	tw.Revoke(issued)
	body := `{"token":"` + issued.Secret.Reveal() + `"}`

	told := read[api.Verification](t, local(t, tw).post(api.PathVerify, body))
	if told.Active || told.Reason != "revoked" || told.Token == nil || told.Token.ID != issued.Token.ID {
		t.Errorf("the administrator is told %+v", told)
	}
	got := bearing(t, tw, tw.UserToken("user:default/bob")).post(api.PathVerify, body)
	if got.body != `{"active":false}` {
		t.Errorf("others are told %s", got.body)
	}
	unknown := local(t, tw).post(api.PathVerify, `{"token":"hello"}`)
	if strings.Contains(unknown.body+got.body, issued.Secret.Reveal()) || read[api.Verification](t, unknown).Active {
		t.Errorf("answers %s and %s", unknown.body, got.body)
	}
}

func TestARawTokenIsInNoOtherAnswer(t *testing.T) {
	tw := tokentest.Start(t)
	here := local(t, tw)
	issued := read[api.Issued](t, here.post(api.PathTokens,
		`{"kind":"service","name":"ci","description":"x","owner":"platform","scopes":["catalog:read"]}`))
	for _, path := range []string{
		api.PathTokens, "/tokens/" + issued.Token.ID, "/tokens/" + issued.Token.ID + "/audit", api.PathAudit, api.PathAuditExport,
	} {
		if got := here.get(path); strings.Contains(got.body, issued.RawToken[13:25]) {
			t.Errorf("GET %s holds a part of the raw token", path)
		}
	}
}
