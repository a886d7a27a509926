package workspace_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
	"github.com/tokenwright/tokenwright/verify"
)

// TestATokenIsMadeUsedListedAndEnded is a token's whole life, and W-22, W-32,
// W-33 and W-36 on the way.
func TestATokenIsMadeUsedListedAndEnded(t *testing.T) {
	onBoth(t, func(t *testing.T, opts ...tokentest.Option) {
		k := start(t, opts...)
		made := k.create(bob, k.demo, "write:*", "read:*", "read:*")
		one := k.find(bob, made.ID)
		k.equal("scopes in their order", one.Scopes, []string{"read:*", "write:*"})
		k.equal("workspace", one.WorkspaceUUID+" "+one.WorkspaceName, k.demo.UUID+" demo")
		k.equal("status", one.Status, "active")
		k.equal("lifetime", time.UnixMilli(one.ExpiresOn).Sub(time.UnixMilli(one.CreatedOn)), 30*24*time.Hour)
		k.equal("never used", one.LastUsedOn == nil, true)

		verified, err := k.Verifier().Verify(t.Context(), made.Token, verify.Expect{Scopes: token.Scopes{"read:*"}})
		if err != nil || verified.Kind() != token.KindWorkspace || verified.Subject() != bob || verified.Workspace() != "demo" ||
			verified.TokenID() != made.ID || verified.ScopeString() != "read:* write:*" {
			t.Fatalf("verified %+v, %v", verified, err)
		}

		k.wants("revoked", k.call(k.UserToken(bob), "revokeApiToken", m{"tokenId": made.ID, "reason": "leaked"}), "")
		if _, err := k.Verifier().Verify(t.Context(), made.Token, verify.Expect{}); !errors.Is(err, token.ErrRevoked) {
			t.Errorf("W-22: a revoked token: %v", err)
		}
		first := k.find(bob, made.ID)
		k.equal("W-22 status", first.Status, "revoked")
		k.clock.Advance(time.Minute)
		k.wants("W-36 revoked again", k.call(k.UserToken(bob), "revokeApiToken", m{"tokenId": made.ID}), "")
		again := k.find(bob, made.ID)
		k.equal("W-36 first time and actor", *again.RevokedOn, *first.RevokedOn)
		k.equal("W-36 actor", *again.RevokedBy, bob)
		k.equal("W-33 history", k.events(bob, made.ID), []string{"revoked leaked", "created"})
	})
}

// TestTheOrderOfChecks: who calls is found out before anything else.
func TestTheOrderOfChecks(t *testing.T) {
	k := start(t)
	api := k.create(bob, k.demo)
	k.wants("a stranger", k.call("", "createApiToken", m{"name": 1}), "Unauthorized")
	k.wants("junk", k.call("junk", "createApiToken", m{"name": 1}), "Unauthorized")
	k.wants("an API token", k.call(api.Token, "createApiToken", m{"name": 1}), "Forbidden")
	bobs := k.UserToken(bob)
	k.wants("name first", k.call(bobs, "createApiToken", m{"workspaceUuid": 1}), "BadRequest name missing")
	k.wants("then the workspace", k.call(bobs, "createApiToken", m{"name": "a", "expiryDays": 0}), "BadRequest workspaceUuid missing")
	k.wants("no UUID", k.call(bobs, "createApiToken", m{"name": "a", "workspaceUuid": "demo"}), "BadRequest workspaceUuid type")
	const stranger = "00000000-0000-4000-8000-000000000000"
	k.wants("then the expiry", k.call(bobs, "createApiToken", m{"name": "a", "workspaceUuid": stranger, "expiryDays": 0, "scopes": 1}), "BadRequest expiryDays range")
	k.wants("then the scopes", k.call(bobs, "createApiToken", m{"name": "a", "workspaceUuid": stranger, "scopes": 1}), "BadRequest scopes type")
	k.wants("then the membership", k.call(bobs, "createApiToken", m{"name": "a", "workspaceUuid": stranger}), "Forbidden")
	k.wants("a workspace without bob", k.call(bobs, "createApiToken", m{"name": "a", "workspaceUuid": k.addWorkspace("other").UUID}), "Forbidden")
	k.join("demo", bob, "guest")
	k.wants("a guest", k.call(bobs, "createApiToken", m{"name": "a", "workspaceUuid": k.demo.UUID}), "Forbidden")
	k.wants("params no object", k.call(bobs, "createApiToken", []int{1}), "BadRequest params type")
}

func TestW23ScopesThatAreNone(t *testing.T) {
	k := start(t)
	bobs := k.UserToken(bob)
	for _, scopes := range []any{[]string{}, nil, "read:*", []int{1}, []string{"READ:*"}, []string{"read:tracker"}, []string{"read:*\n"}, []string{"*"}} {
		r := k.call(bobs, "createApiToken", m{"name": "a", "workspaceUuid": k.demo.UUID, "scopes": scopes})
		if !strings.HasPrefix(r.code(), "BadRequest scopes ") {
			t.Errorf("scopes %v: %s", scopes, r.body)
		}
	}
	k.equal("tokens", len(k.list(bob)), 0)
}

func TestW24Expiry(t *testing.T) {
	k := start(t)
	bobs := k.UserToken(bob)
	for _, days := range []string{"0", "0.9", "366", "-1", `"30"`, "null", "1e309", "true", "[1]"} {
		r := k.post(k.URL+"/_accounts", bobs, `{"method":"createApiToken","params":{"name":"a","workspaceUuid":"`+k.demo.UUID+`","expiryDays":`+days+`}}`)
		if !strings.HasPrefix(r.code(), "BadRequest expiryDays ") {
			t.Errorf("expiryDays %s: %s", days, r.body)
		}
	}
	for days, want := range map[string]int{"1": 1, "1.9": 1, "365": 365, "365.5": 365} {
		r := k.post(k.URL+"/_accounts", bobs, `{"method":"createApiToken","params":{"name":"a","workspaceUuid":"`+k.demo.UUID+`","expiryDays":`+days+`}}`)
		one := k.find(bob, k.made(r).ID)
		k.equal(days+" days", time.UnixMilli(one.ExpiresOn).Sub(time.UnixMilli(one.CreatedOn)), time.Duration(want)*24*time.Hour)
	}
}

func TestW25Names(t *testing.T) {
	k := start(t)
	bobs := k.UserToken(bob)
	call := func(name string) reply {
		return k.call(bobs, "createApiToken", m{"name": name, "workspaceUuid": k.demo.UUID})
	}
	k.equal("trimmed", k.find(bob, k.made(call("\u00a0 blanks around\t")).ID).Name, "blanks around")
	k.wants("only blanks", call(" \t\u2003"), "BadRequest name empty")
	k.made(call(strings.Repeat("a", 255)))
	k.wants("256 units", call(strings.Repeat("a", 256)), "BadRequest name too_long")
	k.wants("128 astral characters", call(strings.Repeat("\U0001F511", 128)), "BadRequest name too_long")
	k.made(call(strings.Repeat("\U0001F511", 127)))
	k.wants("bidi override", call("a\u202eb"), "BadRequest name characters")
	k.wants("a tab inside", call("a\tb"), "BadRequest name characters")
	k.wants("a number", k.call(bobs, "createApiToken", m{"name": 7, "workspaceUuid": k.demo.UUID}), "BadRequest name type")
}

// TestW10TheQuotaCountsUsableTokens, and fifty at once at one below it give
// exactly one token.
func TestW10TheQuotaCountsUsableTokens(t *testing.T) {
	onBoth(t, func(t *testing.T, opts ...tokentest.Option) {
		k := start(t, append(opts, tokentest.WithConfig("kinds: {workspace: {max_per_owner: 10}}"))...)
		short := m{"name": "short", "workspaceUuid": k.demo.UUID, "expiryDays": 1}
		for range 10 {
			made := k.made(k.call(k.UserToken(bob), "createApiToken", short))
			k.wants("revoke", k.call(k.UserToken(bob), "revokeApiToken", m{"tokenId": made.ID}), "")
		}
		for range 10 {
			k.made(k.call(k.UserToken(bob), "createApiToken", short))
		}
		k.wants("the eleventh usable one", k.call(k.UserToken(bob), "createApiToken", short), "BadRequest account quota")
		k.clock.Advance(25 * time.Hour)
		for range 9 {
			k.create(bob, k.demo)
		}
		bobs := k.UserToken(bob)
		var wg sync.WaitGroup
		codes := make([]string, 50)
		for i := range codes {
			wg.Go(func() { codes[i] = k.call(bobs, "createApiToken", short).code() })
		}
		wg.Wait()
		won := 0
		for _, code := range codes {
			switch code {
			case "":
				won++
			case "BadRequest account quota":
			default:
				t.Errorf("one of fifty: %q", code)
			}
		}
		k.equal("of fifty at once", won, 1)
	})
}

func TestRequiredScopes(t *testing.T) {
	k := start(t, tokentest.WithConfig("kinds: {workspace: {require_scopes: true}}"))
	k.wants("without scopes", k.call(k.UserToken(bob), "createApiToken", m{"name": "a", "workspaceUuid": k.demo.UUID}), "BadRequest scopes missing")
	if _, err := k.Verifier().Verify(t.Context(), k.create(bob, k.demo, "read:*").Token, verify.Expect{}); err != nil {
		t.Errorf("with scopes: %v", err)
	}
}
