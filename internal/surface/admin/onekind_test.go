package admin_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
)

// oneKind are people who hold one permission about one kind.
const oneKind = `
roles:
  user-reader: ["access-tokens:user-admin:read"]
  user-revoker: ["access-tokens:user-admin:revoke"]
  user-writer: ["access-tokens:user-admin:write"]
  service-reader: ["access-tokens:service:read"]
  disabler: ["access-tokens:admin"]
bindings:
  - {role: user-reader, to: ["user:default/reader"]}
  - {role: user-revoker, to: ["user:default/revoker"]}
  - {role: user-writer, to: ["user:default/writer"]}
  - {role: service-reader, to: ["user:default/other"]}
  - {role: disabler, to: ["user:default/disabler"]}
`

// ofOneKind starts a server with one token of each of two kinds.
func ofOneKind(t *testing.T) (tw *tokentest.Server, service, user string) {
	t.Helper()
	tw = tokentest.Start(t, tokentest.WithConfig(oneKind))
	for _, name := range []string{"reader", "revoker", "writer", "other", "disabler"} {
		read[api.User](t, local(t, tw).post(api.PathUsers, `{"ref":"`+name+`"}`))
	}
	issued := read[api.Issued](t, local(t, tw).post(api.PathTokens, `{"kind":"user","name":"robot","user":"user:default/alice","scopes":["upload"]}`))
	return tw, tw.Issue(platform, "ci", "catalog:read").Token.ID, issued.Token.ID
}

// as asks as somebody of these.
func as(t *testing.T, tw *tokentest.Server, name string) caller {
	t.Helper()
	return bearing(t, tw, tw.UserToken("user:default/"+name))
}

func TestARightOnOneKindReachesTokensOfThatKind(t *testing.T) {
	tw, service, user := ofOneKind(t)
	got := read[api.Token](t, as(t, tw, "reader").get("/tokens/"+user))
	if got.ID != user || got.Kind != string(token.KindUser) {
		t.Errorf("found %+v", got)
	}
	if page := read[api.EntryPage](t, as(t, tw, "reader").get("/tokens/"+user+"/audit")); page.Total != 1 {
		t.Errorf("its history has %d entries", page.Total)
	}
	if got := read[api.Token](t, as(t, tw, "other").get("/tokens/"+service)); got.ID != service {
		t.Errorf("found %+v", got)
	}
	read[api.Issued](t, as(t, tw, "writer").post("/tokens/"+user+"/rotate", "{}"))
	for _, verb := range []string{"disable", "enable"} {
		for _, id := range []string{service, user} {
			read[api.Token](t, as(t, tw, "disabler").post("/tokens/"+id+"/"+verb, "{}"))
		}
	}
	if got := read[api.Token](t, as(t, tw, "revoker").post("/tokens/"+user+"/revoke", "{}")); got.RevokedAt.IsZero() {
		t.Errorf("revoked without the right to read: %+v", got)
	}
}

// Whoever may not read a kind does not learn that a token of it exists, and
// the attempt leaves one line in the log (row C5).
func TestATokenOfAnotherKindIsNotFoundAndTheAttemptIsRecordedOnce(t *testing.T) {
	tw, service, user := ofOneKind(t)
	for _, attempt := range []struct{ who, method, path, id, action string }{
		{"reader", http.MethodGet, "/tokens/{id}", service, "access.refused"},
		{"reader", http.MethodGet, "/tokens/{id}/audit", service, "access.refused"},
		{"reader", http.MethodPost, "/tokens/{id}/revoke", service, "token.revoked"},
		{"reader", http.MethodPost, "/tokens/{id}/rotate", service, "token.rotated"},
		{"revoker", http.MethodGet, "/tokens/{id}", user, "access.refused"},
		{"revoker", http.MethodPost, "/tokens/{id}/rotate", user, "token.rotated"},
		{"revoker", http.MethodPost, "/tokens/{id}/revoke", service, "token.revoked"},
		{"writer", http.MethodPost, "/tokens/{id}/revoke", user, "token.revoked"},
		{"other", http.MethodGet, "/tokens/{id}", user, "access.refused"},
	} {
		what := attempt.who + " " + attempt.method + " " + attempt.path
		before := refusals(t, tw)
		ask := func(id string) answer {
			return as(t, tw, attempt.who).ask(attempt.method, strings.ReplaceAll(attempt.path, "{id}", id), "application/json", "{}")
		}
		hidden := problem(t, ask(attempt.id), http.StatusNotFound, "not_found")
		if unknown := problem(t, ask(token.NewID()), http.StatusNotFound, "not_found"); unknown.Detail != hidden.Detail {
			t.Errorf("%s: %q tells it from one that never was: %q", what, hidden.Detail, unknown.Detail)
		}
		if recorded := refusals(t, tw) - before; recorded != 1 {
			t.Errorf("%s: %d refusals were recorded, want 1", what, recorded)
			continue
		}
		last := read[api.EntryPage](t, local(t, tw).get(api.PathAudit+"?outcome=refused&limit=1")).Entries[0]
		if last.Action != attempt.action || last.TokenID != attempt.id || last.Actor != "user:default/"+attempt.who {
			t.Errorf("%s: the entry says %+v", what, last)
		}
	}
}

// Whoever may read a token is told that they may not change it.
func TestAReaderWhoMayNotChangeIsRefused(t *testing.T) {
	tw, _, user := ofOneKind(t)
	for _, verb := range []string{"revoke", "rotate"} {
		before := refusals(t, tw)
		problem(t, as(t, tw, "reader").post("/tokens/"+user+"/"+verb, "{}"), http.StatusForbidden, "denied")
		if recorded := refusals(t, tw) - before; recorded != 1 {
			t.Errorf("%s: %d refusals were recorded, want 1", verb, recorded)
		}
	}
}
