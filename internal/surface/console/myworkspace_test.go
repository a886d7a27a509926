package console_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/page/pagetest"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
	"github.com/tokenwright/tokenwright/verify"
)

const (
	myWorkspacesPath = "/settings/workspaces"
	demoTokens       = myWorkspacesPath + "/demo/api-tokens"
)

// person is somebody who is signed in by a session, for verbs.
func person(ref string) token.Principal { return token.Principal{Type: token.PrincipalUser, Ref: ref} }

// own makes a token of somebody in the workspace demo. No scopes are all.
func own(t *testing.T, tw *tokentest.Server, who, name string, scopes ...string) token.Issued {
	t.Helper()
	issued, err := tw.Authority().Issue(t.Context(), person(who), authority.Request{
		Kind: token.KindWorkspace, Name: name, Owner: who, Workspace: "demo", Scopes: scopes, Expiry: authority.Expiry{Days: 30},
	})
	if err != nil {
		t.Fatal(err)
	}
	return issued
}

// good reports whether a token is accepted.
func good(t *testing.T, tw *tokentest.Server, raw string) bool {
	t.Helper()
	_, err := tw.Verifier().Verify(t.Context(), raw, verify.Expect{})
	return err == nil
}

func TestAWorkspaceTokenIsMadeForOneselfAndShownOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, with ...tokentest.Option) {
		tw := tokentest.Start(t, with...)
		b := pagetest.SignIn(t, tw, bob)
		mine := b.Get(myWorkspacesPath)
		if got := mine.Texts("tbody tr"); !cmp.Equal(got, []string{"demo User 0 Enabled"}) {
			t.Errorf("his workspaces are %q", got)
		}
		form := mine.Follow("tbody th a").Follow(".blank a")
		if got := form.Attr("[name=access][checked]", "value"); got != "read-only" {
			t.Errorf("the preset is %q", got)
		}
		if form.Has("[name=user]") || form.Has("[name=scopes]") {
			t.Error("it asks for what is decided")
		}
		made := form.Submit("form.form", "name", " Nightly <b>export</b> ", "access", "read-write", "expiry", "7", "user", alice)
		if made.Status != http.StatusOK || made.Text("h1") != "Nightly <b>export</b> is ready" {
			t.Fatalf("%d %s", made.Status, made.Text("main"))
		}
		secret := made.Text("#secret")
		found, err := tw.Verifier().Verify(t.Context(), secret, verify.Expect{})
		if err != nil || string(found.Subject()) != bob || !cmp.Equal(found.Scopes(), token.Scopes{"read:*", "write:*"}) {
			t.Errorf("it verifies as %q with %q, %v", found.Subject(), found.Scopes(), err)
		}
		if !strings.Contains(made.Text("#snippet-1"), "/api/v1/find-all/") {
			t.Errorf("the first snippet is %q", made.Text("#snippet-1"))
		}
		detail := made.Follow("[data-done]")
		if detail.Holds(secret) || b.Get(demoTokens).Holds(secret) {
			t.Error("the token is shown again")
		}
		if got := detail.Texts(".timeline strong"); !cmp.Equal(got, []string{"Created"}) {
			t.Errorf("its history is %q", got)
		}
	})
}

func TestFaultsOfAWorkspaceTokenAreAtTheirFields(t *testing.T) {
	tw := tokentest.Start(t, tokentest.WithConfig("kinds: {workspace: {max_per_owner: 1, max_lifetime: 90d}}"))
	b := pagetest.SignIn(t, tw, bob)
	form := b.Get(demoTokens + "/new")
	if got := form.Attrs("[name=expiry]", "value"); !cmp.Equal(got, []string{"7", "30", "90", "date"}) {
		t.Errorf("it offers %q", got)
	}
	again := form.Submit("form.form", "name", "a\tb", "expiry", "date", "date", "2020-01-01")
	if again.Status != http.StatusUnprocessableEntity || !again.Has("#name-fault") || !again.Has("#expiry-fault") {
		t.Errorf("%d %s", again.Status, again.Text("main"))
	}
	if got := form.Submit("form.form", "name", strings.Repeat("x", 256)).Text("#name-fault"); got != "Use at most 255 characters for the name." {
		t.Errorf("too long: %q", got)
	}
	own(t, tw, bob, "first", "read:*")
	full := form.Submit("form.form", "name", "second")
	if full.Status != http.StatusUnprocessableEntity || !strings.Contains(full.Text(".faults"), "as many usable tokens") {
		t.Errorf("%d %s", full.Status, full.Text("main"))
	}
}

func TestTheSummarySaysWhatAWorkspaceTokenCanDo(t *testing.T) {
	tw := tokentest.Start(t)
	b := pagetest.SignIn(t, tw, bob)
	form := b.Get(demoTokens + "/new")
	for access, want := range map[string]string{
		"read-only":   "Export can read in demo and change nothing, as user:default/bob, until ",
		"read-write":  "Export can read and write in demo and delete nothing, as user:default/bob, until ",
		"full-access": "Export can read, write and delete in demo, as user:default/bob, until ",
	} {
		shown := b.Post(demoTokens+"/new/summary", "csrf", form.Attr("[name=csrf]", "value"), "name", "Export", "access", access, "expiry", "30")
		if got := shown.Text("#summary p"); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q", access, got)
		}
	}
}

// Row 32: one's own from the role user on, all of a workspace for its owners.
func TestOwnersSeeTheTokensOfEverybodyAndEndThem(t *testing.T) {
	onBoth(t, func(t *testing.T, with ...tokentest.Option) {
		tw := tokentest.Start(t, with...)
		bobs := own(t, tw, bob, "bobs", "read:*")
		own(t, tw, alice, "alices")
		owner, user := pagetest.SignIn(t, tw, alice), pagetest.SignIn(t, tw, bob)
		if got := owner.Get(demoTokens).Texts(names); !cmp.Equal(got, []string{"alices"}) {
			t.Errorf("her own are %q", got)
		}
		list := owner.Get(demoTokens + "?view=all")
		if got := list.Texts("td[data-label=Account] .unseen"); !cmp.Equal(got, []string{alice, bob}) {
			t.Errorf("they belong to %q", got)
		}
		if got := owner.Get(demoTokens + "?view=all&user=bob&state=active").Texts(names); !cmp.Equal(got, []string{"bobs"}) {
			t.Errorf("those of bob are %q", got)
		}
		if user.Get(demoTokens).Has(".views") {
			t.Error("a user is offered all")
		}
		if got := user.Get(demoTokens + "?view=all"); got.Status != http.StatusForbidden {
			t.Errorf("a user is answered %d", got.Status)
		}
		path := demoTokens + "/" + bobs.Token.ID
		if got := owner.Get(path + "/rotate"); got.Status != http.StatusNotFound {
			t.Errorf("an owner is asked how to rotate the token of another: %d", got.Status)
		}
		after := owner.Get(path+"/revoke").Submit("form.form", "reason", "cleaning up")
		if got := after.Text(".facts .badge"); got != "Revoked" {
			t.Errorf("its state is %q", got)
		}
		if good(t, tw, bobs.Secret.Reveal()) {
			t.Error("it is good")
		}
		if got := user.Get(path).Text(".timeline"); !strings.Contains(got, "cleaning up") || !strings.Contains(got, alice) {
			t.Errorf("bob reads %q", got)
		}
	})
}

func TestTokensOfOthersAndOtherWorkspacesAreNotThere(t *testing.T) {
	tw, adminBrowser := visit(t)
	made := own(t, tw, alice, "alices", "read:*")
	adminBrowser.Get("/admin/workspaces/new").Submit("form.form", "name", "other")
	b := pagetest.SignIn(t, tw, bob)
	csrf := b.Get(myWorkspacesPath).Attr("[name=csrf]", "value")
	for _, path := range []string{
		demoTokens + "/" + made.Token.ID, demoTokens + "/" + made.Token.ID + "/revoke", demoTokens + "/" + made.Token.ID + "/rotate",
		myWorkspacesPath + "/other/api-tokens", myWorkspacesPath + "/other/api-tokens/new", myWorkspacesPath + "/nothing/api-tokens",
	} {
		if got := b.Get(path); got.Status != http.StatusNotFound {
			t.Errorf("GET %s: %d", path, got.Status)
		}
	}
	if got := b.Post(demoTokens+"/"+made.Token.ID+"/revoke", "csrf", csrf); got.Status != http.StatusNotFound {
		t.Errorf("revoked by another: %d", got.Status)
	}
	if got := b.Post(demoTokens+"/"+made.Token.ID+"/disable", "csrf", csrf); got.Status != http.StatusForbidden {
		t.Errorf("disabled by a user: %d", got.Status)
	}
	if got := adminBrowser.Get(myWorkspacesPath + "/other/api-tokens/" + made.Token.ID); got.Status != http.StatusNotFound {
		t.Errorf("found in another workspace: %d", got.Status)
	}
	if !good(t, tw, made.Secret.Reveal()) {
		t.Error("the token has ended")
	}
}

func TestAnUnscopedTokenIsMarkedAndRotatedIntoOneThatMayDoLess(t *testing.T) {
	tw := tokentest.Start(t)
	old := own(t, tw, bob, "Everything")
	b := pagetest.SignIn(t, tw, bob)
	if got := b.Get(demoTokens).Text("td[data-label=Permissions] .badge"); got != "Full access (no scopes)" {
		t.Errorf("the list says %q", got)
	}
	path := demoTokens + "/" + old.Token.ID
	if !b.Get(path).Has(".note") {
		t.Error("its page does not warn")
	}
	form := b.Get(path + "/rotate")
	if got := form.Attrs("[name=access]", "value"); !cmp.Equal(got, []string{"keep", "read-only", "read-write", "full-access"}) {
		t.Errorf("it offers %q", got)
	}
	made := form.Submit("form.form", "access", "read-only", "overlap", "3600")
	next := made.Follow("[data-done]")
	if got := next.Texts(".facts .chips code"); !cmp.Equal(got, []string{"read:*"}) || next.URL.Path == path {
		t.Errorf("%s may do %q", next.URL, got)
	}
	if got := next.Attr(".facts a[href="+path+"]", "href"); got != path {
		t.Errorf("it replaces %q", got)
	}
	if !good(t, tw, old.Secret.Reveal()) || !good(t, tw, made.Text("#secret")) {
		t.Error("one of both is refused within the overlap")
	}
	if again := b.Get(path+"/rotate").Submit("form.form", "overlap", "0"); again.Status != http.StatusConflict {
		t.Errorf("rotated twice: %d", again.Status)
	}
}

// W-11: whoever has left a workspace finds and ends their tokens there.
func TestWhoeverLeftAWorkspaceEndsTheirTokens(t *testing.T) {
	tw, b := visit(t)
	made := own(t, tw, bob, "left behind", "read:*")
	b.Get("/admin/workspaces/demo/leave?user=" + bob).Submit("form.form")
	his := pagetest.SignIn(t, tw, bob)
	list := his.Get(myWorkspacesPath)
	if got := list.Texts("tbody tr"); !cmp.Equal(got, []string{"demo no longer a member 1 Enabled"}) {
		t.Fatalf("his workspaces are %q", got)
	}
	tokens := list.Follow("tbody th a")
	if !strings.Contains(tokens.Text(".note"), "no longer a member") || tokens.Has("a[href="+demoTokens+"/new]") {
		t.Errorf("his tokens: %s", tokens.Text("main"))
	}
	csrf := tokens.Attr("[name=csrf]", "value")
	if got := his.Post(demoTokens+"/new", "csrf", csrf, "name", "x", "access", "read-only", "expiry", "30"); got.Status != http.StatusForbidden {
		t.Errorf("a new one: %d", got.Status)
	}
	after := his.Get(demoTokens + "/" + made.Token.ID + "/revoke").Submit("form.form")
	if got := after.Text(".facts .badge"); got != "Revoked" {
		t.Errorf("its state is %q", got)
	}
}

func TestGuestsAreToldWhyTheyHaveNoTokens(t *testing.T) {
	tw, b := visit(t)
	b.Get("/admin/workspaces/demo/join?user="+bob).Submit("form.form", "role", "guest")
	his := pagetest.SignIn(t, tw, bob)
	if got := his.Get(myWorkspacesPath).Text("tbody td"); !strings.HasPrefix(got, "Guest Tokens need") {
		t.Errorf("his role is %q", got)
	}
	tokens := his.Get(demoTokens)
	if !tokens.Has(".note") || tokens.Has("a[href="+demoTokens+"/new]") {
		t.Errorf("his tokens: %s", tokens.Text("main"))
	}
	refused := his.Get(demoTokens+"/new").Submit("form.form", "name", "x")
	if refused.Status != http.StatusForbidden {
		t.Errorf("a new one: %d", refused.Status)
	}
	if n := len(tw.Entries(audit.Query{Actions: []audit.Action{audit.TokenIssued}, Outcome: audit.Refused})); n != 1 {
		t.Errorf("%d refusals are recorded", n)
	}
}

func TestTheAPISectionNamesTheWorkspaceAndWhatItNeeds(t *testing.T) {
	tw := tokentest.Start(t)
	list := pagetest.SignIn(t, tw, alice).Get(demoTokens)
	if got := list.Text("#api-call"); !strings.HasPrefix(got, `curl -H "Authorization: Bearer $API_TOKEN" "`+tw.URL+"/api/v1/ping/") {
		t.Errorf("the call is %q", got)
	}
	rows := list.Texts(".endpoints tbody tr")
	if len(rows) != 12 || !strings.HasSuffix(rows[7], "write:* delete:*") || !strings.HasPrefix(rows[7], "POST /tx/") {
		t.Errorf("the endpoints are %q", rows)
	}
}
