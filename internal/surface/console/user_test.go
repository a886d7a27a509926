package console_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/page/pagetest"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
	"github.com/tokenwright/tokenwright/verify"
)

const userPath = "/admin/api-tokens"

const bob = "user:default/bob"

// assign makes a token for a person, as the administrator.
func assign(t *testing.T, tw *tokentest.Server, person, name string, permissions ...string) token.Issued {
	t.Helper()
	issued, err := tw.Authority().Issue(t.Context(), tokentest.Admin(), authority.Request{
		Kind: token.KindUser, Name: name, Owner: person, Scopes: permissions, Expiry: authority.Expiry{Days: 90},
	})
	if err != nil {
		t.Fatal(err)
	}
	return issued
}

func TestATokenIsAssignedToAPersonAndShownOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, with ...tokentest.Option) {
		tw := tokentest.Start(t, with...)
		b := pagetest.SignIn(t, tw, admin)
		form := b.Get(userPath).Follow(".blank a")
		if form.Text("h1") != "New user token" || form.Has("#description") || form.Has("[name=access]") {
			t.Errorf("the form is %q", form.Text("form.form"))
		}
		if got := form.Attrs("#user-list option", "value"); !cmp.Equal(got, []string{admin, alice, bob}) {
			t.Errorf("it suggests %q", got)
		}
		made := form.Submit("form.form", "name", "Alice's phone", "user", "alice", "scopes", "upload", "expiry", "30")
		if made.Status != http.StatusOK || made.Text("h1") != "Alice's phone is ready" {
			t.Fatalf("%d %s", made.Status, made.Text("main"))
		}
		secret := made.Text("#secret")
		found, err := tw.Verifier().Verify(t.Context(), secret, verify.Expect{Scopes: token.Scopes{"upload"}})
		if err != nil || string(found.Subject()) != alice {
			t.Errorf("it verifies as %q, %v", found.Subject(), err)
		}
		if _, err := tw.Verifier().Verify(t.Context(), secret, verify.Expect{Scopes: token.Scopes{"issue_view"}}); err == nil {
			t.Error("it can do more than was chosen")
		}
		detail := made.Follow("[data-done]")
		if detail.Holds(secret) || b.Get(userPath).Holds(secret) {
			t.Error("the secret is shown again")
		}
		if got := detail.Texts(".facts dt"); !strings.Contains(strings.Join(got, " "), "Permissions Person") {
			t.Errorf("its facts are %q", got)
		}
		if got := detail.Texts(".timeline strong"); !cmp.Equal(got, []string{"Created"}) {
			t.Errorf("its history is %q", got)
		}
	})
}

func TestAllFaultsOfATokenForAPersonAreSaidAtOnce(t *testing.T) {
	tw, b := visit(t)
	assign(t, tw, alice, "Phone", "upload")
	form := b.Get(userPath + "/new")
	again := form.Submit("form.form", "name", "a\u202eb", "user", platform, "expiry", "date", "date", "2020-01-01")
	if again.Status != http.StatusUnprocessableEntity {
		t.Errorf("status %d", again.Status)
	}
	for _, field := range []string{"name", "user", "scopes", "expiry"} {
		if !again.Has("#" + field + "-fault") {
			t.Errorf("nothing is said about %s", field)
		}
	}
	for _, one := range []struct{ name, person, scopes, field, text string }{
		{"pHONE", alice, "upload", "name", "This person has a token of this name already, or of one that reads the same."},
		{"x", "user:default/nobody", "upload", "user", "There is no such person, or they are disabled. People are written like user:default/alice."},
		{"x", alice, "invented", "scopes", "One of the permissions does not exist any more. Choose again."},
		{"\u2800", alice, "upload", "name", "The name holds characters that are not allowed, or something that looks like a token."},
	} {
		again := form.Submit("form.form", "name", one.name, "user", one.person, "scopes", one.scopes)
		if again.Status != http.StatusUnprocessableEntity || !again.Has("#"+one.field+"-fault") {
			t.Errorf("%q: %d %s", one.name, again.Status, again.Text("main"))
		} else if got := again.Text("#" + one.field + "-fault"); got != one.text {
			t.Errorf("it says %q", got)
		}
	}
}

func TestTheSummaryNamesThePersonAndThePermissions(t *testing.T) {
	_, b := visit(t)
	form := b.Get(userPath + "/new")
	shown := b.Post(userPath+"/new/summary", "csrf", form.Attr("[name=csrf]", "value"), "name", "Phone", "user", alice,
		"scopes", "upload", "expiry", "30")
	if got := shown.Text("#summary p"); !strings.HasPrefix(got, "Phone will have upload, as user:default/alice, until ") {
		t.Errorf("it says %q", got)
	}
	if len(b.Get(userPath).Texts("tbody tr")) != 0 {
		t.Error("a token was made")
	}
}

func TestUserTokensAreNarrowedByPersonAndState(t *testing.T) {
	onBoth(t, func(t *testing.T, with ...tokentest.Option) {
		tw := tokentest.Start(t, with...)
		b := pagetest.SignIn(t, tw, admin)
		assign(t, tw, alice, "phone", "upload")
		assign(t, tw, bob, "camera", "upload")
		tw.Revoke(assign(t, tw, bob, "tablet", "issue_view"))
		tw.Issue(platform, "ci", "catalog:read")
		for query, want := range map[string][]string{
			"":                          {"tablet", "camera", "phone"},
			"?sort=name&order=asc":      {"camera", "phone", "tablet"},
			"?user=bob":                 {"tablet", "camera"},
			"?user=bob&state=active":    {"camera"},
			"?user=group%3Adefault%2Fx": nil,
			"?q=PHO":                    {"phone"},
			"?state=expired":            nil,
		} {
			if diff := cmp.Diff(want, b.Get(userPath+query).Texts(names)); diff != "" {
				t.Errorf("%s: %s", query, diff)
			}
		}
	})
}

func TestUserTokensAreReadForwardAndBack(t *testing.T) {
	tw := tokentest.Start(t, tokentest.WithConfig("kinds: {user: {max_per_owner: 100}}"))
	b := pagetest.SignIn(t, tw, admin)
	for i := range 60 {
		assign(t, tw, alice, "job "+string(rune('A'+i%26))+strings.Repeat("x", i), "upload")
	}
	first := b.Get(userPath + "?user=alice")
	second := first.Follow(".pager [rel=next]")
	if len(first.Texts(names)) != 50 || len(second.Texts(names)) != 10 || second.Has(".pager [rel=next]") {
		t.Errorf("pages of %d and %d", len(first.Texts(names)), len(second.Texts(names)))
	}
	if got := second.URL.Query().Get("user"); got != "alice" {
		t.Errorf("the filter of the second page is %q", got)
	}
}

func TestAUserTokenIsRotatedAndRevoked(t *testing.T) {
	onBoth(t, func(t *testing.T, with ...tokentest.Option) {
		tw := tokentest.Start(t, with...)
		b := pagetest.SignIn(t, tw, admin)
		first := assign(t, tw, alice, "Phone", "upload")
		path := userPath + "/" + first.Token.ID
		made := b.Get(path+"/rotate").Submit("form.form", "overlap", "0")
		second := made.Text("#secret")
		if _, err := tw.Verifier().Verify(t.Context(), second, verifyAny()); err != nil {
			t.Errorf("the new secret is not good: %v", err)
		}
		if _, err := tw.Verifier().Verify(t.Context(), first.Secret.Reveal(), verifyAny()); err == nil {
			t.Error("the former secret is still good")
		}
		after := b.Get(path+"/revoke").Submit("form.form", "reason", "the phone was lost")
		if got := after.Text(".facts .badge"); got != "Revoked" {
			t.Errorf("the state is %q", got)
		}
		if !strings.Contains(after.Text(".timeline"), "the phone was lost") {
			t.Errorf("the history is %q", after.Text(".timeline"))
		}
		if _, err := tw.Verifier().Verify(t.Context(), second, verifyAny()); err == nil {
			t.Error("the token is still good")
		}
	})
}

// The pages of one kind show and change no tokens of another.
func TestThePagesOfAKindKnowItsTokensAlone(t *testing.T) {
	tw, b := visit(t)
	service, user := tw.Issue(platform, "ci", "catalog:read"), assign(t, tw, alice, "Phone", "upload")
	csrf := b.Get(userPath).Attr("[name=csrf]", "value")
	for _, path := range []string{userPath + "/" + service.Token.ID, servicePath + "/" + user.Token.ID} {
		if got := b.Get(path); got.Status != http.StatusNotFound {
			t.Errorf("GET %s: %d", path, got.Status)
		}
		if got := b.Post(path+"/revoke", "csrf", csrf); got.Status != http.StatusNotFound {
			t.Errorf("revoke %s: %d", path, got.Status)
		}
	}
}

func TestWhoMayOnlyReadUserTokensIsShownNoChange(t *testing.T) {
	tw := tokentest.Start(t, tokentest.WithConfig("roles: {reader: [access-tokens:user-admin:read]}\nbindings: [{role: reader, to: [user:default/alice]}]"))
	issued := assign(t, tw, bob, "Phone", "upload")
	b := pagetest.SignIn(t, tw, alice)
	list := b.Get(userPath)
	if !cmp.Equal(list.Texts(names), []string{"Phone"}) || list.Has(".row-menu") || list.Has("a[href="+userPath+"/new]") {
		t.Error("actions are offered that are refused")
	}
	for _, path := range []string{userPath + "/new", userPath + "/" + issued.Token.ID + "/revoke", servicePath} {
		if got := b.Get(path); got.Status != http.StatusForbidden {
			t.Errorf("%s: %d", path, got.Status)
		}
	}
}
