package workspace_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
	"github.com/tokenwright/tokenwright/verify"
)

// check verifies a token without a demand.
func (k *kit) check(raw string) error {
	k.t.Helper()
	_, err := k.Verifier().Verify(k.t.Context(), raw, verify.Expect{})
	return err
}

// until moves the clock on to a time.
func (k *kit) until(at time.Time) { k.clock.Advance(at.Sub(k.clock.Now())) }

func (k *kit) is(what string, err, want error) {
	k.t.Helper()
	if !errors.Is(err, want) {
		k.t.Errorf("%s: %v, want %v", what, err, want)
	}
}

// TestW31Rotation: the new token has another id, never more scopes, and the
// former one ends at once or after the overlap.
func TestW31Rotation(t *testing.T) {
	onBoth(t, func(t *testing.T, opts ...tokentest.Option) {
		k := start(t, opts...)
		old := k.create(bob, k.demo, "read:*", "write:*")
		rotate := func(id string, more m) reply {
			params := m{"tokenId": id}
			for name, value := range more {
				params[name] = value
			}
			return k.call(k.UserToken(bob), "rotateApiToken", params)
		}
		k.wants("more scopes", rotate(old.ID, m{"scopes": []string{"read:*", "delete:*"}}), "BadRequest scopes range")
		k.wants("too long an overlap", rotate(old.ID, m{"overlapSeconds": 604801}), "BadRequest overlapSeconds range")
		k.wants("an unknown one", rotate("00000000-0000-4000-8000-000000000000", nil), "BadRequest tokenId not_found")
		next := k.made(rotate(old.ID, m{"overlapSeconds": 60, "scopes": []string{"read:*"}}))
		k.equal("names the former", next.Replaces, old.ID)
		k.equal("the expiry stays", next.ExpiresOn, old.ExpiresOn)
		k.equal("the former names it", *k.find(bob, old.ID).ReplacedBy, next.ID)
		k.equal("scopes", k.find(bob, next.ID).Scopes, []string{"read:*"})
		k.is("the new one", k.check(next.Token), nil)
		k.is("the former, in the overlap", k.check(old.Token), nil)
		k.is("and once more", k.check(old.Token), nil)
		k.wants("rotated before", rotate(old.ID, nil), "BadRequest tokenId not_found")
		k.clock.Advance(60 * time.Second)
		k.is("the former, after it", k.check(old.Token), token.ErrExpired)
		k.is("the new one stays", k.check(next.Token), nil)
		k.equal("history", k.events(bob, old.ID), []string{"rotated", "created"})

		last := k.made(rotate(next.ID, m{"expiryDays": 7}))
		k.is("without overlap", k.check(next.Token), token.ErrRevoked)
		k.equal("another expiry", time.UnixMilli(last.ExpiresOn).Sub(k.clock.Now()).Round(time.Second), 7*24*time.Hour)
		k.equal("the same name", k.find(bob, last.ID).Name, "made by a test")
		k.is("another expiry", k.check(last.Token), nil)
		k.wants("a revoked one", rotate(next.ID, nil), "BadRequest tokenId not_found")
		k.wants("alice's", k.call(k.UserToken(alice), "rotateApiToken", m{"tokenId": last.ID}), "BadRequest tokenId not_found")
		k.join("demo", bob, "guest")
		k.wants("as a guest", rotate(last.ID, nil), "Forbidden")
	})
}

// TestRotationTakesThePlaceInTheQuota, and of many at once one wins.
func TestRotationTakesThePlaceInTheQuota(t *testing.T) {
	k := start(t, tokentest.WithConfig("kinds: {workspace: {max_per_owner: 1}}"))
	old := k.create(bob, k.demo)
	bobs := k.UserToken(bob)
	codes := make([]string, 20)
	var wg sync.WaitGroup
	for i := range codes {
		wg.Go(func() { codes[i] = k.call(bobs, "rotateApiToken", m{"tokenId": old.ID, "overlapSeconds": 60}).code() })
	}
	wg.Wait()
	won := 0
	for _, code := range codes {
		if code == "" {
			won++
		} else {
			k.equal("a loser", code, "BadRequest tokenId not_found")
		}
	}
	k.equal("winners", won, 1)
	k.equal("tokens", len(k.list(bob)), 2)
	k.wants("another one", k.call(bobs, "createApiToken", m{"name": "a", "workspaceUuid": k.demo.UUID}), "BadRequest account quota")
}

// TestW30OwnersOfAWorkspace list and end all tokens in it; nobody else does.
func TestW30OwnersOfAWorkspace(t *testing.T) {
	onBoth(t, func(t *testing.T, opts ...tokentest.Option) {
		k := start(t, opts...)
		other := k.addWorkspace("other")
		k.join("other", bob, "user")
		k.join("other", alice, "maintainer")
		here, there := k.create(bob, k.demo), k.create(bob, other)
		owner, user := k.UserToken(alice), k.UserToken(bob)
		all := func(bearer string, workspace api.Workspace) reply {
			return k.call(bearer, "listWorkspaceApiTokens", m{"workspaceUuid": workspace.UUID})
		}
		var list []listed
		k.decode(string(all(owner, k.demo).Result), &list)
		if len(list) != 1 || list[0].ID != here.ID || list[0].AccountName != "Bob" || list[0].AccountUUID == "" {
			t.Errorf("listed %+v", list)
		}
		k.wants("a user", all(user, k.demo), "Forbidden")
		k.wants("a maintainer", all(owner, other), "Forbidden")
		k.wants("no workspace", all(owner, api.Workspace{UUID: "00000000-0000-4000-8000-000000000000"}), "Forbidden")
		end := func(bearer, id string, workspace api.Workspace) reply {
			return k.call(bearer, "revokeWorkspaceApiToken", m{"tokenId": id, "workspaceUuid": workspace.UUID, "reason": "cleaning up"})
		}
		k.wants("by a user", end(user, here.ID, k.demo), "Forbidden")
		k.wants("of another workspace", end(owner, there.ID, k.demo), "BadRequest tokenId not_found")
		k.is("untouched", k.check(there.Token), nil)
		k.wants("by the method for one's own", k.call(owner, "revokeApiToken", m{"tokenId": here.ID}), "BadRequest tokenId not_found")
		k.wants("by the owner", end(owner, here.ID, k.demo), "")
		k.is("ended", k.check(here.Token), token.ErrRevoked)
		k.wants("again", end(owner, here.ID, k.demo), "")
		k.equal("by whom", *k.find(bob, here.ID).RevokedBy, alice)
		k.equal("history for the owner", k.events(alice, here.ID), []string{"revoked cleaning up", "refused role", "created"})
		k.wants("history for a stranger", k.call(owner, "listApiTokenAudit", m{"tokenId": there.ID}), "BadRequest tokenId not_found")
		k.join("demo", bob, "admin")
		k.wants("more than an owner", all(k.UserToken(bob), k.demo), "")
	})
}

// TestW11W38Membership: a token is worth what its account is in the workspace
// now, and can be ended without being in it.
func TestW11W38Membership(t *testing.T) {
	onBoth(t, func(t *testing.T, opts ...tokentest.Option) {
		k := start(t, opts...)
		a := k.application()
		made := k.create(bob, k.demo, "read:*")
		ping := func() answer { return a.request(made.Token, http.MethodGet, "/api/v1/ping/{w}", "") }
		const forbidden = `{"message":"Failed to create session","mode":"forbidden"}`
		k.equal("a user", ping().status, 200)
		k.join("demo", bob, "guest")
		a.gets("W-38 demoted", ping(), 403, forbidden)
		a.gets("W-38 the scope comes first", a.request(made.Token, http.MethodPost, "/api/v1/tx/{w}", create), 403, needsWrite)
		k.join("demo", bob, "user")
		k.equal("W-38 raised again", ping().status, 200)
		k.leave("demo", bob)
		a.gets("W-11 left", ping(), 403, forbidden)
		k.equal("W-11 listed", k.find(bob, made.ID).Status, "active")
		k.wants("W-11 revoked", k.call(k.UserToken(bob), "revokeApiToken", m{"tokenId": made.ID}), "")
		a.gets("W-11 revoked", ping(), 401, invalid)
		k.wants("W-11 no new one", k.call(k.UserToken(bob), "createApiToken", m{"name": "a", "workspaceUuid": k.demo.UUID}), "Forbidden")
	})
}

// TestW14AccountsThatAreDisabled end every token of theirs at once, and enabled
// again they have them back.
func TestW14AccountsThatAreDisabled(t *testing.T) {
	k := start(t)
	a := k.application()
	made := k.create(bob, k.demo)
	k.is("before", k.check(made.Token), nil)
	k.administer(http.MethodPost, api.PathUserDisable, api.UserRequest{Ref: bob}, nil)
	a.gets("disabled", a.request(made.Token, http.MethodGet, "/api/v1/ping/{w}", ""), 401, invalid)
	k.administer(http.MethodPost, api.PathUserEnable, api.UserRequest{Ref: bob}, nil)
	k.is("enabled", k.check(made.Token), nil)
}

// TestW39SwitchedOffAndMarks.
func TestW39SwitchedOffAndMarks(t *testing.T) {
	onBoth(t, func(t *testing.T, opts ...tokentest.Option) {
		k := start(t, opts...)
		made := k.create(bob, k.demo)
		k.is("before", k.check(made.Token), nil)
		k.administer(http.MethodPost, strings.Replace(api.PathTokenDisable, "{id}", made.ID, 1), nil, nil)
		k.is("disabled", k.check(made.Token), token.ErrDisabled)
		k.equal("its status", k.find(bob, made.ID).Status, "disabled")
		k.wants("cannot be rotated", k.call(k.UserToken(bob), "rotateApiToken", m{"tokenId": made.ID}), "BadRequest tokenId not_found")
		k.administer(http.MethodPost, strings.Replace(api.PathTokenEnable, "{id}", made.ID, 1), nil, nil)
		k.is("enabled", k.check(made.Token), nil)
		for _, mark := range []authority.RevokeAllRequest{{Owner: bob}, {Workspace: "demo"}, {Kind: token.KindWorkspace}} {
			before := k.create(bob, k.demo)
			k.is("before the mark", k.check(before.Token), nil)
			k.clock.Advance(time.Second)
			if _, err := k.Authority().RevokeAll(t.Context(), tokentest.Admin(), mark); err != nil {
				t.Fatal(err)
			}
			k.is("marked", k.check(before.Token), token.ErrRevoked)
			k.clock.Advance(time.Second)
			k.is("later", k.check(k.create(bob, k.demo).Token), nil)
		}
		k.is("for good", k.check(made.Token), token.ErrRevoked)
	})
}

// TestW34Status: expiring is the smaller of seven days and a quarter of the
// lifetime.
func TestW34Status(t *testing.T) {
	k := start(t)
	for days, window := range map[int]time.Duration{7: 42 * time.Hour, 30: 7 * 24 * time.Hour, 1: 6 * time.Hour} {
		made := k.made(k.call(k.UserToken(bob), "createApiToken", m{"name": "a", "workspaceUuid": k.demo.UUID, "expiryDays": days}))
		k.equal("fresh", k.find(bob, made.ID).Status, "active")
		k.until(time.UnixMilli(made.ExpiresOn).Add(-window))
		k.equal("at the window", k.find(bob, made.ID).Status, "active")
		k.clock.Advance(time.Minute)
		k.equal("within it", k.find(bob, made.ID).Status, "expiring")
		k.until(time.UnixMilli(made.ExpiresOn))
		k.equal("at the end", k.find(bob, made.ID).Status, "expired")
		k.is("at the end", k.check(made.Token), token.ErrExpired)
		k.wants("an expired one is revoked", k.call(k.UserToken(bob), "revokeApiToken", m{"tokenId": made.ID}), "")
	}
}

// TestPossessionIsEnoughToEndAToken, and introspection tells what it is.
func TestPossessionIsEnoughToEndAToken(t *testing.T) {
	k := start(t)
	made := k.create(bob, k.demo, "read:*")
	asking := k.UserToken(admin)
	form := func(path, bearer string) answer {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, k.URL+path, strings.NewReader(url.Values{"token": {made.Token}}.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if bearer != "" {
			req.Header.Set("Authorization", "Bearer "+bearer)
		}
		return k.do(http.DefaultClient, req)
	}
	var active struct {
		Active                                       bool
		Sub, Kind, Workspace, Scope, Jti, Name, User string
	}
	k.decode(form("/oauth2/introspect", asking).body, &active)
	if !active.Active || active.Sub != bob || active.Kind != "workspace" || active.Workspace != "demo" || active.Scope != "read:*" || active.Jti != made.ID {
		t.Errorf("introspected %+v", active)
	}
	k.leave("demo", bob)
	k.equal("no member", form("/oauth2/introspect", asking).body, `{"active":false}`)
	k.equal("revoked by its holder", form("/oauth2/revoke", "").status, 200)
	k.is("ended", k.check(made.Token), token.ErrRevoked)
	k.equal("introspected again", form("/oauth2/introspect", asking).body, `{"active":false}`)
	entry := k.Entries(audit.Query{TokenID: made.ID, Actions: []audit.Action{audit.TokenRevoked}})[0]
	k.equal("by nobody known", entry.Actor+"|"+entry.Via, "|"+made.ID)
}

// TestW33NoTokenLeavesATrace: neither it nor a part of it.
func TestW33NoTokenLeavesATrace(t *testing.T) {
	k := start(t)
	made := k.create(bob, k.demo)
	k.application().request(made.Token, http.MethodGet, "/api/v1/ping/{w}", "")
	k.wants("refused", k.call(made.Token, "listApiTokens", m{}), "Forbidden")
	k.wants("revoked", k.call(k.UserToken(bob), "revokeApiToken", m{"tokenId": made.ID, "reason": "leaked"}), "")
	signature := made.Token[strings.LastIndexByte(made.Token, '.')+1:]
	texts := map[string]string{
		"the log of the program": k.Logs(),
		"a list":                 k.call(k.UserToken(bob), "listApiTokens", m{}).body,
		"a history":              k.call(k.UserToken(bob), "listApiTokenAudit", m{"tokenId": made.ID}).body,
	}
	for _, e := range k.Entries(audit.Query{}) {
		body, err := e.Encode()
		if err != nil {
			t.Fatal(err)
		}
		texts["the audit log"] += string(body)
	}
	for place, text := range texts {
		for i := range len(signature) - 12 {
			if strings.Contains(text, signature[i:i+12]) {
				t.Errorf("%s holds a part of the signature", place)
			}
		}
		if strings.Contains(text, "eyJleHRyYSI6") {
			t.Errorf("%s holds claims of the token", place)
		}
	}
}

// TestTheSecretsOfTwoInstallationsDiffer (W-15), and each is sealed.
func TestTheSecretsOfTwoInstallationsDiffer(t *testing.T) {
	one, two := start(t), start(t)
	made := one.create(bob, one.demo)
	one.is("at home", one.check(made.Token), nil)
	two.is("elsewhere", two.check(made.Token), token.ErrUnauthenticated)
	var keys api.Keys
	one.administer(http.MethodGet, api.PathKeys, nil, &keys)
	uses := map[string]string{}
	for _, key := range keys.Keys {
		uses[key.Use] = key.Algorithm
	}
	one.equal("its own use", uses["workspace"], "HS256")
	resp := one.send(http.DefaultClient, http.MethodGet, one.URL+"/.well-known/jwks.json", "", nil)
	one.equal("not published", strings.Contains(resp.body, "HS256") || strings.Contains(resp.body, `"oct"`), false)
}
