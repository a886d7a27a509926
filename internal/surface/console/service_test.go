package console_test

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tokenwright/tokenwright/internal/page/pagetest"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
	"github.com/tokenwright/tokenwright/verify"
)

func TestAnEmptyListLeadsToTheFirstToken(t *testing.T) {
	_, b := visit(t)
	list := b.Get(servicePath)
	if got := list.Text(".blank h2"); got != "No service tokens yet" {
		t.Errorf("it says %q", got)
	}
	if form := list.Follow(".blank a"); form.Text("h1") != "New service token" {
		t.Errorf("the way on leads to %q", form.Text("h1"))
	}
}

func TestATokenIsMadeAndItsSecretIsShownOnce(t *testing.T) {
	tw, b := visit(t)
	made := b.Get(servicePath+"/new").Submit("form.form",
		"name", "nightly-report", "description", "reports <b>every</b> night", "group", platform, "expiry", "90")
	if made.Status != http.StatusOK || made.Text("h1") != "nightly-report is ready" {
		t.Fatalf("%d %s", made.Status, made.Text("h1"))
	}
	secret := made.Text("#secret")
	if _, err := tw.Verifier().Verify(t.Context(), secret, verifyAny()); err != nil {
		t.Errorf("the secret is not good: %v", err)
	}
	detail := made.Follow("[data-done]")
	if detail.Holds(secret) || b.Get(servicePath).Holds(secret) {
		t.Error("the secret is shown again")
	}
	if got := detail.Text(".heading p"); got != "reports <b>every</b> night" {
		t.Errorf("the description is %q", got)
	}
	if got := detail.Texts(".timeline strong"); !cmp.Equal(got, []string{"Created"}) {
		t.Errorf("its history is %q", got)
	}
}

func TestAllFaultsOfTheFormAreSaidAtOnceAndWhatWasTypedStays(t *testing.T) {
	_, b := visit(t)
	again := b.Get(servicePath+"/new").Submit("form.form", "name", "Not Good", "description", "kept as it is", "group", "user:default/nobody", "access", "choose", "expiry", "date", "date", "2020-01-01")
	if again.Status != http.StatusUnprocessableEntity {
		t.Errorf("status %d", again.Status)
	}
	for _, field := range []string{"name", "group", "scopes", "expiry"} {
		if !again.Has("#" + field + "-fault") {
			t.Errorf("nothing is said about %s", field)
		}
	}
	if got := again.Attr("#description", "value"); got != "kept as it is" {
		t.Errorf("the description is now %q", got)
	}
	if got := len(again.Texts(".faults li")); got != 4 {
		t.Errorf("%d faults are listed", got)
	}
}

func TestANameThatIsTakenIsSaidAtTheName(t *testing.T) {
	tw, b := visit(t)
	tw.Issue(platform, "ci", "catalog:read")
	again := b.Get(servicePath+"/new").Submit("form.form", "name", "ci", "description", "another", "group", platform)
	if got := again.Text("#name-fault"); got != "The group has a token of this name already." {
		t.Errorf("it says %q", got)
	}
}

func TestTheSummarySaysInWordsWhatATokenWillBe(t *testing.T) {
	_, b := visit(t)
	form := b.Get(servicePath + "/new")
	shown := b.Post(servicePath+"/new/summary", "csrf", form.Attr("[name=csrf]", "value"), "name", "ci", "description", "x",
		"group", platform, "access", "choose", "scopes", "catalog:read", "expiry", "30")
	if got := shown.Text("#summary p"); !strings.HasPrefix(got, "ci will have catalog:read, as group:default/platform, until ") {
		t.Errorf("it says %q", got)
	}
	if len(b.Get(servicePath).Texts("tbody tr")) != 0 {
		t.Error("a token was made")
	}
}

func TestARotationShowsTheNewSecretAndIsNotRepeatedByAReload(t *testing.T) {
	tw, b := visit(t)
	first := tw.Issue(platform, "ci", "catalog:read")
	form := b.Get(servicePath + "/" + first.Token.ID + "/rotate")
	made := form.Submit("form.form", "overlap", "0")
	second := made.Text("#secret")
	if _, err := tw.Verifier().Verify(t.Context(), second, verifyAny()); err != nil {
		t.Errorf("the new secret is not good: %v", err)
	}
	again := form.Submit("form.form", "overlap", "0")
	if again.Status != http.StatusConflict || again.Has("#secret") {
		t.Errorf("sent again: %d", again.Status)
	}
	if _, err := tw.Verifier().Verify(t.Context(), second, verifyAny()); err != nil {
		t.Errorf("the second form ended the secret of the first: %v", err)
	}
}

// Two windows that show the same secret replace it once: the second would end
// what the first has just shown.
func TestOfFormsSentAtOnceOneRotates(t *testing.T) {
	onBoth(t, func(t *testing.T, with ...tokentest.Option) {
		tw := tokentest.Start(t, with...)
		b := pagetest.SignIn(t, tw, admin)
		first := tw.Issue(platform, "ci", "catalog:read")
		form := b.Get(servicePath + "/" + first.Token.ID + "/rotate")
		var shown atomic.Int32
		var sending sync.WaitGroup
		for range 8 {
			sending.Go(func() {
				switch got := form.Submit("form.form", "overlap", "86400"); {
				case got.Status == http.StatusOK:
					shown.Add(1)
				case got.Status != http.StatusConflict:
					t.Errorf("got %d", got.Status)
				}
			})
		}
		sending.Wait()
		if shown.Load() != 1 {
			t.Errorf("%d secrets were shown", shown.Load())
		}
		if _, err := tw.Verifier().Verify(t.Context(), first.Secret.Reveal(), verifyAny()); err != nil {
			t.Errorf("the former secret within its overlap: %v", err)
		}
	})
}

// What only reads is known by its last word.
func TestReadOnlyIsWhatOnlyReads(t *testing.T) {
	tw := tokentest.Start(t, tokentest.WithConfig(`
kinds:
  service:
    scopes:
      - {id: "repo:read", description: Look, plugin: repo}
      - {id: "repo:read-write", description: Look and change, plugin: repo}
`))
	b := pagetest.SignIn(t, tw, admin)
	made := b.Get(servicePath+"/new").Submit("form.form", "name", "ci", "description", "x", "group", platform)
	for scope, good := range map[string]bool{"repo:read": true, "repo:read-write": false} {
		_, err := tw.Verifier().Verify(t.Context(), made.Text("#secret"), verify.Expect{Scopes: token.Scopes{scope}})
		if (err == nil) != good {
			t.Errorf("%s: %v", scope, err)
		}
	}
}

func TestARevokedTokenIsRefusedAndSaysByWhomAndWhy(t *testing.T) {
	tw, b := visit(t)
	issued := tw.Issue(platform, "ci", "catalog:read")
	after := b.Get(servicePath+"/"+issued.Token.ID+"/revoke").Submit("form.form", "reason", "found in a log")
	if got := after.Text(".toast"); got != "The token is revoked" {
		t.Errorf("the notice is %q", got)
	}
	if got := after.Text(".facts .badge"); got != "Revoked" {
		t.Errorf("the state is %q", got)
	}
	if !strings.Contains(after.Text(".timeline"), "found in a log") {
		t.Errorf("the history is %q", after.Text(".timeline"))
	}
	if _, err := tw.Verifier().Verify(t.Context(), issued.Secret.Reveal(), verifyAny()); err == nil {
		t.Error("the token is still good")
	}
	if b.Get(after.URL.Path).Has(".toast") {
		t.Error("the notice is said twice")
	}
}

func TestATokenIsDisabledAndEnabled(t *testing.T) {
	tw, b := visit(t)
	issued := tw.Issue(platform, "ci", "catalog:read")
	off := b.Get(servicePath + "/" + issued.Token.ID + "/disable").Submit("form.form")
	if got := off.Text(".facts .badge"); got != "Disabled" {
		t.Errorf("the state is %q", got)
	}
	on := off.Submit(".heading form")
	if got := on.Text(".facts .badge"); got != "Active" {
		t.Errorf("the state is %q", got)
	}
}

func TestWhoMayOnlyReadIsShownNoChange(t *testing.T) {
	tw := tokentest.Start(t, tokentest.WithConfig("roles: {reader: [access-tokens:service:read]}\nbindings: [{role: reader, to: [user:default/alice]}]"))
	issued := tw.Issue(platform, "ci", "catalog:read")
	b := pagetest.SignIn(t, tw, alice)
	list := b.Get(servicePath)
	if list.Has(".row-menu") || list.Has("a[href="+servicePath+"/new]") {
		t.Error("actions are offered that are refused")
	}
	for _, path := range []string{"/new", "/" + issued.Token.ID + "/revoke"} {
		if got := b.Get(servicePath + path); got.Status != http.StatusForbidden || got.Text("h1") != "Not allowed" {
			t.Errorf("%s: %d", path, got.Status)
		}
	}
}

func TestWhoIsNotSignedInIsLedToTheSignInAndBack(t *testing.T) {
	tw := tokentest.Start(t)
	got := pagetest.Open(t, tw).Get(servicePath + "?state=active")
	if got.URL.Path != "/sign-in" || got.URL.Query().Get("next") != servicePath+"?state=active" {
		t.Errorf("led to %s", got.URL)
	}
}

func TestExpiryIsToldInWords(t *testing.T) {
	clock := tokentest.NewClock(time.Time{})
	tw := tokentest.Start(t, tokentest.WithClock(clock))
	tw.Issue(platform, "ci", "catalog:read")
	clock.Advance(time.Minute)
	b := pagetest.SignIn(t, tw, admin)
	if got := b.Get(servicePath).Text("tbody td[data-label=Expires] time"); !strings.HasPrefix(got, "in ") {
		t.Errorf("it says %q", got)
	}
}
