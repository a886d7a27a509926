package console_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tokenwright/tokenwright/internal/page/pagetest"
	"github.com/tokenwright/tokenwright/tokentest"
)

const personalPath = "/settings/personal-tokens"

// arrived is what the callback leaves behind the "#" of the settings page.
type arrived struct {
	page     *pagetest.Page
	Token    string
	Metadata struct{ ID, Name string }
}

// mint goes the way of a person: form, consent, settings page. values are fields
// of the form.
func mint(t *testing.T, b *pagetest.Browser, name string, values ...string) arrived {
	t.Helper()
	consent := b.Get(personalPath+"/new").Submit("form.form", append([]string{"name", name}, values...)...)
	if !strings.HasPrefix(consent.URL.Path, "/oauth2/authorize/") {
		t.Fatalf("%s: the form leads to %s: %s", name, consent.URL.Path, consent.Text("main"))
	}
	return land(t, consent.Submit("main form", "decision", "approve"))
}

// land reads the address that the browser came back to.
func land(t *testing.T, p *pagetest.Page) arrived {
	t.Helper()
	out := arrived{page: p}
	_, coded, _ := strings.Cut(p.URL.Fragment, "=")
	text, err := base64.RawURLEncoding.DecodeString(coded)
	if err == nil {
		err = json.Unmarshal(text, &out)
	}
	if err != nil || p.URL.Path != personalPath {
		t.Fatalf("came back to %s: %v", p.URL, err)
	}
	return out
}

// exchange gives the access JWT that comes out of a personal token, or "".
func exchange(b *pagetest.Browser, raw string) string {
	var granted struct {
		JWT string `json:"access_token"`
	}
	_ = json.Unmarshal([]byte(b.Post("/api/auth/v1/token", "grant_type", "refresh_token", "refresh_token", raw).Text("body")), &granted)
	return granted.JWT
}

func TestAPersonalTokenIsMadeByConsentAndIsInNoPage(t *testing.T) {
	onBoth(t, func(t *testing.T, with ...tokentest.Option) {
		tw := tokentest.Start(t, with...)
		b := pagetest.SignIn(t, tw, alice)
		empty := b.Get(personalPath)
		if got := empty.Text(".blank h2"); got != "No personal tokens yet" || empty.Has("#minted") {
			t.Errorf("at first it says %q", got)
		}
		if got := empty.Follow(".blank a").Text("h1"); got != "New personal token" {
			t.Errorf("the way on leads to %q", got)
		}
		made := mint(t, b, "laptop")
		if got := made.page.Attr("#minted", "data-arrived"); got != made.Metadata.ID {
			t.Errorf("the page waits for %q", got)
		}
		if made.page.Holds(made.Token[37:]) || b.Get(personalPath+"/"+made.Metadata.ID).Holds(made.Token[37:]) {
			t.Error("a page holds the secret")
		}
		if got := made.page.Text("tbody td"); got != "all that you may" {
			t.Errorf("it may do %q", got)
		}
		claims, err := tw.Verifier().Verify(t.Context(), exchange(b, made.Token), verifyAny())
		if err != nil || string(claims.Subject()) != alice {
			t.Errorf("what comes out of it: %v", err)
		}
	})
}

// In both tabs a mint is begun and consented to before either page was read.
func TestTwoTabsEachAwaitTheirToken(t *testing.T) {
	tw := tokentest.Start(t)
	b := pagetest.SignIn(t, tw, alice)
	one := b.Get(personalPath+"/new").Submit("form.form", "name", "one")
	two := b.Get(personalPath+"/new").Submit("form.form", "name", "two")
	first, second := land(t, one.Submit("main form", "decision", "approve")), land(t, two.Submit("main form", "decision", "approve"))
	if got := b.Get(personalPath).Attr("#minted", "data-arrived"); !strings.Contains(got, first.Metadata.ID) || !strings.Contains(got, second.Metadata.ID) {
		t.Errorf("the page knows %q, of %s and %s", got, first.Metadata.ID, second.Metadata.ID)
	}
	if pagetest.SignIn(t, tw, alice).Get(personalPath).Has("#minted") {
		t.Error("another browser of the person knows them too")
	}
}

func TestAllFaultsOfAPersonalTokenAreSaidAtOnce(t *testing.T) {
	_, b := visit(t)
	mint(t, b, "Laptop")
	form := b.Get(personalPath + "/new")
	again := form.Submit("form.form", "name", "não", "expiry", "date", "date", "2020-01-01", "access", "choose")
	if again.Status != http.StatusUnprocessableEntity || len(again.Texts(".faults li")) != 3 {
		t.Errorf("status %d, %q", again.Status, again.Texts(".faults li"))
	}
	if got := again.Attr("#name", "value"); got != "não" {
		t.Errorf("the name is now %q", got)
	}
	for _, one := range []struct{ field, text, values string }{
		{"name", "Give the token a name.", "name="},
		{"name", "You have a token of this name already, or of one that reads the same.", "name=lapt0p"},
		{"name", "Use at most 100 characters for the name.", "name=" + strings.Repeat("a", 101)},
		{"expiry", "Choose an end within 365 days.", "name=x expiry=date date=2099-01-01"},
		{"expiry", "Choose an end in the future.", "name=x expiry=junk"},
		{"scopes", "One of the scopes does not exist any more. Choose again.", "name=x access=choose scopes=invented"},
	} {
		var values []string
		for _, pair := range strings.Fields(one.values) {
			name, value, _ := strings.Cut(pair, "=")
			values = append(values, name, value)
		}
		again := form.Submit("form.form", values...)
		if !again.Has("#"+one.field+"-fault") || again.Text("#"+one.field+"-fault") != one.text {
			t.Errorf("%s: %d %s", one.values, again.Status, again.Text("main"))
		}
	}
	if got := form.Submit("form.form", "name", "x", "access", "everything"); got.Status != http.StatusUnprocessableEntity {
		t.Errorf("an unknown choice of what it may do: %d %s", got.Status, got.URL)
	}
}

func TestTheLimitOfPersonalTokensIsSaidInTheForm(t *testing.T) {
	tw := tokentest.Start(t, tokentest.WithConfig("kinds: {personal: {max_per_owner: 1}}"))
	b := pagetest.SignIn(t, tw, alice)
	mint(t, b, "one")
	again := b.Get(personalPath+"/new").Submit("form.form", "name", "two")
	if got := again.Texts(".faults li"); !cmp.Equal(got, []string{"You have as many usable tokens as you may have. Revoke one first."}) {
		t.Errorf("%d, it says %q", again.Status, got)
	}
}

func TestAPersonalTokenIsNarrowedByTheForm(t *testing.T) {
	tw := tokentest.Start(t)
	b := pagetest.SignIn(t, tw, alice)
	chosen := mint(t, b, "chosen", "access", "choose", "scopes", "catalog:read", "scopes", "techdocs:read")
	if got := b.Get(personalPath + "/" + chosen.Metadata.ID).Texts(".facts .chips code"); !cmp.Equal(got, []string{"catalog:read", "techdocs:read"}) {
		t.Errorf("it may do %q", got)
	}
	reading := mint(t, b, "reading", "access", "read")
	for _, scope := range b.Get(personalPath + "/" + reading.Metadata.ID).Texts(".facts .chips code") {
		if !strings.HasSuffix(scope, "read") {
			t.Errorf("what only reads may do %s", scope)
		}
	}
	// Scopes that were chosen before the choice went back to all are none.
	all := mint(t, b, "all", "access", "all", "scopes", "catalog:read")
	if b.Get(personalPath + "/" + all.Metadata.ID).Has(".facts .chips") {
		t.Error("all that one may is narrowed")
	}
}

func TestTheSummaryOfAPersonalTokenSaysWhatItWillDo(t *testing.T) {
	_, b := visit(t)
	form := b.Get(personalPath + "/new")
	for values, want := range map[string]string{
		"access=all":                            "ci will act as you, with all that you may do, until ",
		"access=choose scopes=catalog:read":     "ci will act as you, with catalog:read, until ",
		"access=read expiry=date date=20990101": "Fill in the fields above",
	} {
		send := []string{"csrf", form.Attr("[name=csrf]", "value"), "name", "ci", "expiry", "30"}
		for _, pair := range strings.Fields(values) {
			name, value, _ := strings.Cut(pair, "=")
			if name == "expiry" {
				send[5] = value
				continue
			}
			send = append(send, name, value)
		}
		if got := b.Post(personalPath+"/new/summary", send...).Text("#summary p"); !strings.HasPrefix(got, want) {
			t.Errorf("%s: it says %q", values, got)
		}
	}
	if b.Get(personalPath).Has("tbody") {
		t.Error("a token was made")
	}
}

func TestARevokedPersonalTokenEndsWithItsAccessTokens(t *testing.T) {
	tw := tokentest.Start(t)
	b := pagetest.SignIn(t, tw, alice)
	made := mint(t, b, "laptop")
	jwt := exchange(b, made.Token)
	asked := b.Get(personalPath + "/" + made.Metadata.ID + "/revoke")
	if !strings.Contains(asked.Text(".note"), "all access tokens (JWTs) that came out of it") {
		t.Errorf("it says %q", asked.Text(".note"))
	}
	after := asked.Submit("form.form", "reason", "the laptop was lost")
	if got := after.Text(".facts .badge"); got != "Revoked" || after.Text(".toast") != "The token is revoked" {
		t.Errorf("the state is %q, the notice %q", got, after.Text(".toast"))
	}
	if got := after.Texts(".timeline strong"); !cmp.Equal(got, []string{"Revoked", "Created"}) || !strings.Contains(after.Text(".timeline"), "the laptop was lost") {
		t.Errorf("the history is %q", after.Text(".timeline"))
	}
	if _, err := tw.Verifier().Verify(t.Context(), jwt, verifyAny()); err == nil || exchange(b, made.Token) != "" {
		t.Errorf("it is still good: %v", err)
	}
	if again := asked.Submit("form.form"); again.Status != http.StatusOK || again.Text(".facts .badge") != "Revoked" {
		t.Errorf("a second time: %d", again.Status)
	}
}

// Row C5: not even an administrator sees the tokens of others here, whatever the
// address says.
func TestPersonalTokensOfOthersAreNotFound(t *testing.T) {
	tw := tokentest.Start(t)
	theirs := mint(t, pagetest.SignIn(t, tw, alice), "theirs")
	b := pagetest.SignIn(t, tw, admin)
	own := mint(t, b, "own")
	for _, query := range []string{"", "?user=alice", "?user=" + alice, "?before=" + own.Metadata.ID, "?before=" + theirs.Metadata.ID, "?sort=name"} {
		if got := b.Get(personalPath + query).Texts(names); !cmp.Equal(got, []string{"own"}) {
			t.Errorf("%q lists %q", query, got)
		}
	}
	csrf := b.Get(personalPath).Attr("[name=csrf]", "value")
	one := personalPath + "/" + theirs.Metadata.ID
	for _, got := range []*pagetest.Page{b.Get(one), b.Get(one + "/revoke"), b.Post(one+"/revoke", "csrf", csrf)} {
		if got.Status != http.StatusNotFound {
			t.Errorf("%s: %d", got.URL, got.Status)
		}
	}
	if exchange(b, theirs.Token) == "" {
		t.Error("it was revoked")
	}
}

func TestPersonalTokensAreFoundAndReadForwardAndBack(t *testing.T) {
	tw := tokentest.Start(t, tokentest.WithConfig("kinds: {personal: {max_per_owner: 100, requests_per_minute: 1000}}\nlimits: {requests_per_minute: 10000}"))
	b := pagetest.SignIn(t, tw, alice)
	for i := range 55 {
		mint(t, b, fmt.Sprintf("job-%02d", i))
	}
	first := b.Get(personalPath + "?sort=name&order=asc")
	second := first.Follow(".pager [rel=next]")
	if got := second.Texts(names); len(first.Texts(names)) != 50 || !cmp.Equal(got, []string{"job-50", "job-51", "job-52", "job-53", "job-54"}) {
		t.Errorf("pages of %d and %q", len(first.Texts(names)), got)
	}
	if got := second.Follow(".pager [rel=prev]").Texts(names); !cmp.Equal(got, first.Texts(names)) {
		t.Errorf("back: %q", got)
	}
	if got := b.Get(personalPath + "?q=JOB-07&state=active").Texts(names); !cmp.Equal(got, []string{"job-07"}) {
		t.Errorf("the search finds %q", got)
	}
	if got := b.Get(personalPath + "?state=revoked").Follow(".blank a").URL.String(); !strings.HasSuffix(got, personalPath) {
		t.Errorf("the way back leads to %s", got)
	}
}

func TestWhoMayOnlyReadOwnTokensIsShownNoChange(t *testing.T) {
	tw := tokentest.Start(t, tokentest.WithConfig("default_role: none\nroles: {reader: [access-tokens:user:read]}\nbindings: [{role: reader, to: [user:default/alice]}]"))
	b := pagetest.SignIn(t, tw, alice)
	if list := b.Get(personalPath); list.Status != http.StatusOK || list.Has("a[href="+personalPath+"/new]") {
		t.Errorf("%d, the form is offered", list.Status)
	}
	for _, path := range []string{"/new", "/x/revoke"} {
		if got := b.Get(personalPath + path); got.Status != http.StatusForbidden {
			t.Errorf("%s: %d", path, got.Status)
		}
	}
}

func TestWhereAreNoPersonalTokensThereIsNoPage(t *testing.T) {
	tw := tokentest.Start(t, tokentest.WithConfig("kinds: {personal: {enabled: false}}"))
	b := pagetest.SignIn(t, tw, alice)
	if got := b.Get(personalPath); got.Status != http.StatusNotFound {
		t.Errorf("%d", got.Status)
	}
	if b.Get("/settings/sessions").Has(".side a[href=" + personalPath + "]") {
		t.Error("its tab is shown")
	}
}

func TestWhatNeedsScriptsIsSaidBefore(t *testing.T) {
	_, b := visit(t)
	if got := b.Get(personalPath + "/new").Text("form.form .unscripted"); !strings.Contains(got, "only a script of this page can read it") {
		t.Errorf("before: %q", got)
	}
	if got := mint(t, b, "laptop").page.Text("main .unscripted"); !strings.Contains(got, "Revoke it in the list below") {
		t.Errorf("afterwards: %q", got)
	}
}
