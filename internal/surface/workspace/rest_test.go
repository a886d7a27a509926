package workspace_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/tokentest"
)

const restBase = "/api/access-tokens/workspace"

// restToken is a token of the REST surface.
type restToken struct {
	ID, Name, User, UserDisplayName, Workspace, WorkspaceUUID, Status, CreatedBy string
	Scopes                                                                       []string
	Unscoped                                                                     bool
	ExpiresAt                                                                    time.Time
	LastUsedAt, RevokedAt                                                        *time.Time
	RevokedBy, Replaces, ReplacedBy                                              *string
}

type restIssued struct {
	Token    restToken
	RawToken string
}

// rest makes a request of the REST surface as somebody.
func (k *kit) rest(user, method, path string, body any, status int, into any) string {
	k.t.Helper()
	got := k.send(http.DefaultClient, method, k.URL+restBase+path, k.UserToken(user), body)
	if got.status != status {
		k.t.Fatalf("%s %s as %s: %d %s, want %d", method, path, user, got.status, got.body, status)
	}
	if into != nil {
		k.decode(got.body, into)
	}
	return got.body
}

func TestTheRESTSurface(t *testing.T) {
	onBoth(t, func(t *testing.T, opts ...tokentest.Option) {
		k := start(t, opts...)
		var made restIssued
		k.rest(bob, http.MethodPost, "", m{"name": "export", "workspace": "demo", "scopes": []string{"write:*", "read:*"}, "expiresInDays": 7}, 201, &made)
		k.equal("token", made.Token.User+" "+made.Token.UserDisplayName+" "+made.Token.Workspace+" "+made.Token.Status, bob+" Bob demo active")
		k.equal("UUID", made.Token.WorkspaceUUID, k.demo.UUID)
		k.equal("scopes", made.Token.Scopes, []string{"read:*", "write:*"})
		k.is("good", k.check(made.RawToken), nil)

		var list struct {
			Tokens []restToken
			Total  int
		}
		k.rest(bob, http.MethodGet, "", nil, 200, &list)
		k.equal("one's own", list.Total, 1)
		k.rest(alice, http.MethodGet, "", nil, 200, &list)
		k.equal("alice's own", list.Total, 0)
		k.rest(alice, http.MethodGet, "?workspace=demo&status=active", nil, 200, &list)
		k.equal("of the workspace", list.Tokens[0].ID, made.Token.ID)
		k.rest(bob, http.MethodGet, "?workspace=demo", nil, 403, nil)
		k.rest(alice, http.MethodGet, "?workspace=none", nil, 403, nil)
		k.rest(bob, http.MethodGet, "?limit=x", nil, 422, nil)

		k.addUser("user:default/eve")
		for _, path := range []string{"/" + made.Token.ID, "/" + made.Token.ID + "/audit", "/00000000-0000-4000-8000-000000000000"} {
			k.rest("user:default/eve", http.MethodGet, path, nil, 404, nil)
		}
		k.rest("user:default/eve", http.MethodDelete, "/"+made.Token.ID, nil, 404, nil)
		k.rest("user:default/eve", http.MethodPost, "/"+made.Token.ID+"/rotate", nil, 404, nil)

		var next restIssued
		k.rest(bob, http.MethodPost, "/"+made.Token.ID+"/rotate", m{"overlapSeconds": 60, "scopes": []string{"read:*"}}, 200, &next)
		k.equal("replaces", *next.Token.Replaces, made.Token.ID)
		k.rest(bob, http.MethodPost, "/"+made.Token.ID+"/rotate", nil, 409, nil)
		k.rest(bob, http.MethodPost, "/"+next.Token.ID+"/rotate", m{"scopes": []string{"delete:*"}}, 422, nil)
		k.rest(alice, http.MethodDelete, "/"+next.Token.ID, m{"reason": "leaked"}, 204, nil)
		k.is("ended", k.check(next.RawToken), errRevoked)
		k.rest(bob, http.MethodDelete, "/"+next.Token.ID, nil, 409, nil)
		history := k.rest(bob, http.MethodGet, "/"+next.Token.ID+"/audit", nil, 200, nil)
		if !strings.Contains(history, `"event":"revoked"`) || !strings.Contains(history, `"reason":"leaked"`) || !strings.Contains(history, `"event":"created"`) {
			t.Errorf("history %s", history)
		}
	})
}

func TestFieldsOfTheRESTSurface(t *testing.T) {
	k := start(t)
	for name, c := range map[string]struct {
		body   m
		status int
	}{
		"no name":             {m{"workspace": "demo"}, 422},
		"no workspace":        {m{"name": "a"}, 403},
		"unknown workspace":   {m{"name": "a", "workspace": "none"}, 403},
		"unknown field":       {m{"name": "a", "workspace": "demo", "Scopes": []string{"read:*"}}, 422},
		"null for scopes":     {m{"name": "a", "workspace": "demo", "scopes": nil}, 422},
		"empty scopes":        {m{"name": "a", "workspace": "demo", "scopes": []string{}}, 422},
		"unknown scope":       {m{"name": "a", "workspace": "demo", "scopes": []string{"catalog:read"}}, 422},
		"zero days":           {m{"name": "a", "workspace": "demo", "expiresInDays": 0}, 422},
		"too many days":       {m{"name": "a", "workspace": "demo", "expiresInDays": 366}, 422},
		"two expiries":        {m{"name": "a", "workspace": "demo", "expiresInDays": 1, "expiresAt": "2030-01-01T00:00:00Z"}, 422},
		"for somebody else":   {m{"name": "a", "workspace": "demo", "user": alice}, 403},
		"a token in its name": {m{"name": k.create(bob, k.demo).Token, "workspace": "demo"}, 422},
	} {
		got := k.send(http.DefaultClient, http.MethodPost, k.URL+restBase, k.UserToken(bob), c.body)
		if got.status != c.status || !strings.HasPrefix(got.body, `{"error":"`) {
			t.Errorf("%s: %d %s, want %d", name, got.status, got.body, c.status)
		}
	}
	var made restIssued
	k.rest(admin, http.MethodPost, "", m{"name": "for bob", "workspace": "demo", "user": bob}, 201, &made)
	k.equal("made by", made.Token.CreatedBy, admin)
	k.equal("unscoped", made.Token.Unscoped, true)
	k.equal("the owner sees it", k.find(bob, made.Token.ID).Name, "for bob")
}

// TestStrangersLearnNothingAboutMembers: who may not issue for somebody is told
// the same whether they are a member, and whether there is such a workspace
// (C5, E-07). Nor can strangers fill the log with what they ask for (I-06).
func TestStrangersLearnNothingAboutMembers(t *testing.T) {
	k := start(t)
	const eve = "user:default/eve"
	k.addUser(eve)
	k.addWorkspace("other")
	var first string
	for _, workspace := range []string{"demo", "other", "none", "", strings.Repeat("\x01", 10_000)} {
		for _, user := range []string{alice, bob, "user:default/nobody"} {
			got := k.rest(eve, http.MethodPost, "", m{"name": "x", "workspace": workspace, "user": user}, 403, nil)
			if first == "" {
				first = got
			}
			k.equal("answer about "+user, got, first)
		}
	}
	k.rest(eve, http.MethodPost, "", m{"name": "x", "workspace": strings.Repeat("\x01", 10_000)}, 403, nil)
	for _, entry := range k.Entries(audit.Query{Actor: eve, Outcome: audit.Refused}) {
		if body, err := entry.Encode(); err != nil || len(body) > 4096 {
			t.Errorf("a refusal takes %d bytes of the log, %v", len(body), err)
		}
	}
	k.rest(admin, http.MethodPost, "", m{"name": "x", "workspace": "other", "user": bob}, 403, nil)
}
