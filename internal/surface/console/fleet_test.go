package console_test

import (
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/page/pagetest"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
)

// fleet gives a server with tokens in every state, and what to take pictures
// of.
func fleet(t *testing.T) (*tokentest.Server, []shot) {
	t.Helper()
	clock := tokentest.NewClock(time.Now().Add(-80 * 24 * time.Hour))
	tw := tokentest.Start(t, tokentest.WithClock(clock), tokentest.WithConfig(decisionConfig(t)), tokentest.WithConfig(behindProxy))
	daily := func() {}
	later := func(days int) {
		for range days {
			clock.Advance(24 * time.Hour)
			daily()
		}
	}
	issue := func(owner, name, description string, days int64, scopes ...string) token.Issued {
		issued, err := tw.Authority().Issue(t.Context(), tokentest.Admin(), authority.Request{
			Kind: token.KindService, Name: name, Description: description, Owner: owner, Scopes: scopes, Expiry: authority.Expiry{Days: days},
		})
		if err != nil {
			t.Fatal(err)
		}
		return issued
	}
	catalogue, err := tw.Authority().Catalogue(t.Context(), tokentest.Admin(), token.KindService)
	if err != nil {
		t.Fatal(err)
	}
	var every []string
	for _, scope := range catalogue {
		every = append(every, scope.ID)
	}
	issue(platform, "release-pipeline", "Publishes releases from the main branch", 180, every...)
	later(10)
	nightly := issue(platform, "nightly-report", "Reads the catalogue every night and mails what has no owner", 90, "catalog:read")
	daily = usedDaily(t, tw, nightly)
	later(25)
	issue(data, "import-2026", "Took the old system over", 7, "catalog:read")
	later(20)
	issue(data, "warehouse-sync", "Copies the catalogue into the warehouse", 30, "catalog:read")
	issue(data, "notebook-of-the-quarterly-planning-of-data-platform-engineering", "A name as long as names get in practice", 365, "catalog:read")
	issue(platform, "incident-bot", "Answers in the incident channel", 30, "catalog:read")
	stopped := issue(platform, "chat-bridge", "Switched off while its owner is asked", 90, "catalog:read")
	if _, err := tw.Authority().Disable(t.Context(), tokentest.Admin(), token.KindService, stopped.Token.ID); err != nil {
		t.Fatal(err)
	}
	ended, err := tw.Authority().Revoke(t.Context(), tokentest.Admin(), token.KindService,
		token.Revocation{TokenID: issue(platform, "laptop-of-a-contractor", "Left in March", 90, "catalog:read").Token.ID, Reason: "The contract ended"})
	if err != nil {
		t.Fatal(err)
	}
	later(20)
	tw.Rotate(nightly, 24*time.Hour)
	later(5)
	assign(t, tw, bob, "Camera in the workshop", "upload")
	tw.Revoke(assign(t, tw, alice, "Tablet", "issue_view"))
	phoneToken := assign(t, tw, alice, "Alice's phone", "issue_view", "upload")
	ownToken := ownTokens(t, tw)
	for _, agent := range []string{firefox, phone, nothing} {
		pagetest.SignInWith(t, tw, admin, agent)
	}
	inAcme := acme(t, tw)
	moved := movedHalfway(t, tw, issue(platform, "search-indexer", "Fills the search with the catalogue", 60, "catalog:read"), clock)
	filled := map[string]string{"Name": "nightly-export", "Description": "Writes the list of services to the wiki"}
	return tw, append([]shot{
		{Name: "home", Path: "/"},
		{Name: "service-list", Path: servicePath},
		{Name: "service-nothing", Path: servicePath + "?q=nothing"},
		{Name: "service-detail", Path: servicePath + "/" + nightly.Token.ID},
		{Name: "service-secrets", Path: servicePath + "/" + moved.Token.ID},
		{Name: "inventory", Path: inventoryPath},
		{Name: "inventory-list", Path: inventoryPath + "?state=usable&sort=expiresAt&order=asc"},
		{Name: "inventory-revoke", Path: inventoryPath + "/change?action=revoke&all=yes&owner=group%3Adefault%2Fdata"},
		{Name: "service-revoked", Path: servicePath + "/" + ended.ID},
		{Name: "service-new", Path: servicePath + "/new", Fill: filled},
		{Name: "service-faults", Path: servicePath + "/new", Click: []press{{Role: "button", Name: "Create token", Wait: ".faults"}}},
		{Name: "service-revoke", Path: servicePath + "/" + nightly.Token.ID, Click: []press{{Role: "link", Name: "Revoke", Wait: "dialog[open] form"}}, Dialog: true},
		{Name: "service-rotate", Path: servicePath + "/" + nightly.Token.ID, Click: []press{{Role: "link", Name: "Rotate", Wait: "dialog[open] form"}}, Dialog: true},
		{
			Name: "service-once", Path: servicePath + "/" + nightly.Token.ID + "/rotate",
			Click: []press{{Role: "button", Name: "Rotate now", Wait: "#secret"}},
		},
		{Name: "user-list", Path: userPath},
		{Name: "user-detail", Path: userPath + "/" + phoneToken.Token.ID},
		{Name: "user-new", Path: userPath + "/new", Fill: map[string]string{"Name": "Camera in the workshop", "Person": bob}},
		{Name: "user-faults", Path: userPath + "/new", Click: []press{{Role: "button", Name: "Create token", Wait: ".faults"}}},
		{Name: "personal-list", Path: personalPath},
		{Name: "personal-detail", Path: personalPath + "/" + ownToken},
		{Name: "personal-new", Path: personalPath + "/new", Fill: map[string]string{"Name": "backup on laptop"}},
		{Name: "personal-faults", Path: personalPath + "/new", Click: []press{{Role: "button", Name: "Go on", Wait: ".faults"}}},
		{Name: "personal-revoke", Path: personalPath + "/" + ownToken, Click: []press{{Role: "link", Name: "Revoke", Wait: "dialog[open] form"}}, Dialog: true},
		{
			Name: "personal-once", Path: personalPath + "/new", Fill: map[string]string{"Name": "phone {n}"},
			Click: []press{{Role: "button", Name: "Go on", Wait: "[value=approve]"}, {Role: "button", Name: "Create token", Wait: "#minted:not([hidden])"}},
		},
		{Name: "sessions", Path: sessionsPath},
		{Name: "my-workspaces", Path: myWorkspacesPath},
		{Name: "workspace-tokens", Path: acmeTokens + "?view=all"},
		{Name: "workspace-token", Path: acmeTokens + "/" + inAcme.Token.ID},
		{Name: "workspace-new", Path: acmeTokens + "/new", Fill: map[string]string{"Name": "Nightly export"}},
		{Name: "workspaces", Path: workspacesPath},
		{Name: "workspace-members", Path: workspacesPath + "/acme/members"},
		{Name: "workspace-disable", Path: workspacesPath + "/acme/members", Click: []press{{Role: "link", Name: "Disable", Wait: "dialog[open] form"}}, Dialog: true},
		{Name: "people", Path: peoplePath},
		{Name: "person", Path: bobPath},
		{Name: "person-new", Path: peoplePath + "/new", Click: []press{{Role: "button", Name: "Add person", Wait: ".faults"}}},
		{Name: "group", Path: dataPath},
		{Name: "audit-list", Path: auditPath + "?owner=" + platform},
		{Name: "audit-nothing", Path: auditPath + "?about=nothing"},
		{Name: "audit-entry", Path: auditPath + "?action=token.revoked", Click: []press{{Role: "link", Name: "Token revoked", Wait: "dialog[open] #stored"}}, Dialog: true},
		{Name: "audit-verify", Path: verifyPath, Click: []press{{Role: "button", Name: "Verify the chain", Wait: "[data-said]"}}},
		{Name: "keys", Path: keysPath},
		{Name: "keys-remove", Path: removeKeyPath(t, tw)},
		{Name: "settings", Path: "/admin/settings"},
		{Name: "api", Path: "/docs/api#tag-Service-tokens", Dialog: true},
		{Name: "error", Path: servicePath + "/none"},
	}, decisions(t, tw)...)
}

// removeKeyPath gives the page that asks before the newest key is removed.
func removeKeyPath(t *testing.T, tw *tokentest.Server) string {
	t.Helper()
	return pagetest.SignIn(t, tw, admin).Get(keysPath).Attrs("#use-access .menu-body a", "href")[1]
}

const acmeTokens = myWorkspacesPath + "/acme/api-tokens"

// acme gives a workspace with members and tokens of several sorts, and one of
// them.
func acme(t *testing.T, tw *tokentest.Server) token.Issued {
	t.Helper()
	mustAdminister(t, tw, "/workspaces", `{"name":"acme"}`)
	mustAdminister(t, tw, "/workspaces", `{"name":"design"}`)
	mustAdminister(t, tw, "/workspaces/disable", `{"name":"design"}`)
	mustAdminister(t, tw, "/roles/grant", `{"ref":"group:default/data","role":"auditor"}`)
	for who, role := range map[string]string{admin: "owner", alice: "maintainer", bob: "user"} {
		mustAdminister(t, tw, "/workspaces/join", `{"name":"acme","user":"`+who+`","role":"`+role+`"}`)
	}
	issue := func(who, name string, scopes ...string) token.Issued {
		issued, err := tw.Authority().Issue(t.Context(), person(who), authority.Request{
			Kind: token.KindWorkspace, Name: name, Owner: who, Workspace: "acme", Scopes: scopes, Expiry: authority.Expiry{Days: 30},
		})
		if err != nil {
			t.Fatal(err)
		}
		return issued
	}
	issue(bob, "Time sheets to the ledger", "read:*")
	issue(alice, "Import of the old tracker")
	issue(alice, "Release notes", "read:*", "write:*")
	return issue(admin, "Nightly export", "read:*", "write:*", "delete:*")
}

// ownTokens gives the administrator personal tokens, one of them with a history,
// and the id of that one.
func ownTokens(t *testing.T, tw *tokentest.Server) string {
	t.Helper()
	b := pagetest.SignIn(t, tw, admin)
	mint(t, b, "dashboard on the wall", "access", "choose", "scopes", "catalog:read", "expiry", "365")
	left := mint(t, b, "old laptop", "expiry", "7")
	b.Get(personalPath+"/"+left.Metadata.ID+"/revoke").Submit("form.form", "reason", "Given away")
	own := mint(t, b, "laptop", "access", "read", "expiry", "90")
	exchange(b, own.Token)
	return own.Metadata.ID
}
