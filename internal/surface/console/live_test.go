package console_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/page/pagetest"
	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
)

// What a page hears about service tokens, and when its person is signed out.
const (
	serviceChanged = "change service"
	signedOut      = "end signed out"
)

// hears begins to listen for what a page listens for, as its script does.
func hears(b *pagetest.Browser, path string) *pagetest.Hearing {
	main := b.Get(path)
	return b.Listen("/live?" + url.Values{"of": {main.Attr("main", "data-live")}, "since": {main.Attr("main", "data-since")}}.Encode())
}

func signOut(b *pagetest.Browser) {
	b.Post("/sign-out", "csrf", b.Get(sessionsPath).Attr("[name=csrf]", "value"))
}

func TestAPageHearsThatATokenWasMadeChangedOrEnded(t *testing.T) {
	onBoth(t, func(t *testing.T, with ...tokentest.Option) {
		tw := tokentest.Start(t, with...)
		page := hears(pagetest.SignIn(t, tw, admin), servicePath)
		if got := page.Header.Get("Content-Type"); page.Status != http.StatusOK || !strings.HasPrefix(got, "text/event-stream") {
			t.Fatalf("%d %s", page.Status, got)
		}
		if page.Header.Get("X-Accel-Buffering") != "no" || page.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("proxies may keep it: %v", page.Header)
		}
		made := tw.Issue(platform, "seen-at-once", "catalog:read")
		for _, change := range []func(){
			func() {},
			func() { tw.Rotate(made, 0) },
			func() {
				_, _ = tw.Authority().Disable(t.Context(), tokentest.Admin(), token.KindService, made.Token.ID)
			},
			func() { tw.Revoke(made) },
			func() { tw.RevokeOwner(data) },
		} {
			change()
			if got := page.Next(); got != serviceChanged {
				t.Fatalf("it hears %q", got)
			}
		}
	})
}

// Nodes share a database and nothing else.
func TestAPageOfOneNodeHearsOfAChangeOnAnother(t *testing.T) {
	url := pgtest.Start(t).Database(t, nil)
	a := tokentest.Start(t, tokentest.WithDatabase(url))
	b := tokentest.Start(t, tokentest.WithDatabase(url), tokentest.WithKeyOf(a))
	browser := pagetest.SignIn(t, b, admin)
	page := hears(browser, servicePath)
	made := a.Issue(platform, "made-elsewhere", "catalog:read")
	if got := page.Next(); got != serviceChanged {
		t.Fatalf("it hears %q", got)
	}
	if got := browser.Get(servicePath).Texts(names); !cmp.Equal(got, []string{"made-elsewhere"}) {
		t.Errorf("the list shows %q", got)
	}
	a.Revoke(made)
	if got := page.Next(); got != serviceChanged {
		t.Fatalf("it hears %q", got)
	}
	if got := browser.Get(servicePath).Text("tbody .badge"); got != "Revoked" {
		t.Errorf("the list shows %q", got)
	}
}

func TestNobodyHearsOfAKindThatTheyMayNotList(t *testing.T) {
	tw := tokentest.Start(t)
	b := pagetest.SignIn(t, tw, alice)
	before := len(tw.Entries(audit.Query{Actor: alice, Outcome: audit.Refused}))
	for _, of := range []string{"service", "user", "service+user"} {
		if got := b.Listen("/live?of=" + of).Status; got != http.StatusForbidden {
			t.Errorf("%s: %d", of, got)
		}
	}
	if got := len(tw.Entries(audit.Query{Actor: alice, Outcome: audit.Refused})) - before; got != 3 {
		t.Errorf("%d refusals were recorded, want 3", got)
	}
	admins := pagetest.SignIn(t, tw, admin)
	own := b.Listen("/live?of=service+workspace&since=" + admins.Get(servicePath).Attr("main", "data-since"))
	all := hears(admins, servicePath)
	tw.Issue(platform, "not-hers", "catalog:read")
	if got := all.Next(); got != serviceChanged {
		t.Fatalf("the administrator hears %q", got)
	}
	signOut(b)
	if got := own.Next(); got != signedOut {
		t.Errorf("beside what she may list she hears %q", got)
	}
	for _, of := range []string{"", "nothing", "service nothing"} {
		if got := admins.Listen("/live?of=" + url.QueryEscape(of)).Status; got != http.StatusUnprocessableEntity {
			t.Errorf("%q: %d", of, got)
		}
	}
	if got := pagetest.Open(t, tw).Listen("/live?of=service").Status; got != http.StatusUnauthorized {
		t.Errorf("nobody: %d", got)
	}
}

// Alice may read the tokens of one group. What she hears first tells that nothing
// came before it.
func TestNobodyHearsOfTokensThatTheyMayNotSee(t *testing.T) {
	tw := tokentest.Start(t, tokentest.WithConfig(
		`{roles: {looker: ["access-tokens:service:read"]}, bindings: [{role: looker, to: ["`+alice+`"], groups: ["`+platform+`"]}]}`))
	b := pagetest.SignIn(t, tw, alice)
	hers, all := hears(b, servicePath), hears(pagetest.SignIn(t, tw, admin), servicePath)
	workspaces := b.Listen("/live?of=workspace&since=" + b.Get(servicePath).Attr("main", "data-since"))
	tw.Revoke(tw.Issue(data, "not-hers", "catalog:read"))
	if got := all.Next(); got != serviceChanged {
		t.Fatalf("the administrator hears %q", got)
	}
	signOut(b)
	if got := hers.Next(); got != signedOut {
		t.Errorf("of the tokens of another group she hears %q", got)
	}
	if got := workspaces.Next(); got != signedOut {
		t.Errorf("of another kind she hears %q", got)
	}
	other := pagetest.SignIn(t, tw, alice)
	hers = hears(other, servicePath)
	tw.RevokeOwner(data)
	if got := all.Next(); got != serviceChanged {
		t.Fatalf("of a mass revocation the administrator hears %q", got)
	}
	signOut(other)
	if got := hers.Next(); got != signedOut {
		t.Errorf("of a mass revocation of another group she hears %q", got)
	}
	again := hears(pagetest.SignIn(t, tw, alice), servicePath)
	tw.Issue(platform, "hers", "catalog:read")
	if got := again.Next(); got != serviceChanged {
		t.Errorf("of the tokens of her group she hears %q", got)
	}
}

func TestAPageIsToldWhatItMissedBeforeItListened(t *testing.T) {
	tw := tokentest.Start(t)
	b := pagetest.SignIn(t, tw, admin)
	since := b.Get(servicePath).Attr("main", "data-since")
	tw.Issue(platform, "in-between", "catalog:read")
	first := b.Listen("/live?of=service")
	if got := first.Next(); got != serviceChanged { // it does not say what it knows
		t.Fatalf("it hears %q", got)
	}
	for _, what := range []string{since, "another-node-7", "x", "-1"} {
		page := b.Listen("/live?" + url.Values{"of": {"service"}, "since": {what}}.Encode())
		if got := page.Next(); got != serviceChanged {
			t.Errorf("since %q it hears %q", what, got)
		}
		page.Close()
	}
	for i := range 260 { // more than is remembered
		tw.Issue(platform, fmt.Sprintf("many-%d", i), "catalog:read")
	}
	if got := b.Listen("/live?" + url.Values{"of": {"service"}, "since": {since}}.Encode()).Next(); got != serviceChanged {
		t.Errorf("long after it was read it hears %q", got)
	}
	_, text, _ := strings.Cut(since, "-")
	before, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "all of it was heard", func() bool {
		return strings.HasSuffix(b.Get(servicePath).Attr("main", "data-since"), fmt.Sprintf("-%d", before+261))
	})
	other := pagetest.SignIn(t, tw, admin)
	current := hears(other, servicePath)
	signOut(other)
	if got := current.Next(); got != signedOut {
		t.Errorf("a page that knows everything hears %q", got)
	}
}

func TestABrowserThatIsSignedOutHearsNothingMore(t *testing.T) {
	tw := tokentest.Start(t)
	for _, tc := range []struct{ name, user, path, body string }{
		{"by an administrator", alice, "/api/admin/v1/sessions/end", `{"user":"` + alice + `"}`},
		{"as the user is disabled", bob, "/api/admin/v1/users/disable", `{"ref":"` + bob + `"}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := pagetest.SignIn(t, tw, tc.user)
			page := b.Listen("/live?of=workspace")
			if got := page.Next(); got != "change workspace" {
				t.Fatalf("it hears %q", got)
			}
			order(t, tw, tc.path, tc.body)
			if got := page.Next(); got != signedOut {
				t.Errorf("it hears %q", got)
			}
			if got := page.Next(); got != "" {
				t.Errorf("and then %q", got)
			}
			if got := b.Listen("/live?of=workspace").Status; got != http.StatusUnauthorized {
				t.Errorf("it may listen again: %d", got)
			}
		})
	}
}

// order has the server do something through its admin socket.
func order(t *testing.T, tw *tokentest.Server, path, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://local"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := tw.LocalClient().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", path, res.Status)
	}
}

// An open page is no use of a session: it ends as if nobody was there.
func TestListeningDoesNotKeepASessionFromEnding(t *testing.T) {
	clock := tokentest.NewClock(time.Time{})
	tw := tokentest.Start(t, tokentest.WithClock(clock))
	b := pagetest.SignIn(t, tw, admin)
	clock.Advance(59 * time.Minute) // sessions end after an hour without use
	page := b.Listen("/live?of=service")
	if got := page.Next(); got != serviceChanged {
		t.Fatalf("it hears %q", got)
	}
	clock.Advance(time.Minute)
	if got := page.Next(); got != signedOut {
		t.Errorf("it hears %q", got)
	}
}

// A look at a page that does not look by itself is a use, whatever it says of
// itself: whoever stole a cookie is seen in the list of sessions, and reads
// nothing without it.
func TestOnlyLivePagesAreReadWithoutUsingASession(t *testing.T) {
	for path, use := range map[string]bool{servicePath: false, "/admin/people": true, sessionsPath: true} {
		clock := tokentest.NewClock(time.Time{})
		tw := tokentest.Start(t, tokentest.WithClock(clock))
		b := pagetest.SignIn(t, tw, admin)
		clock.Advance(50 * time.Minute) // sessions end after an hour without use
		if got := b.Glance(path).Status; got != http.StatusOK {
			t.Fatalf("%s: %d", path, got)
		}
		clock.Advance(20 * time.Minute)
		if got := b.Get(sessionsPath).URL.Path == sessionsPath; got != use {
			t.Errorf("after a look at %s the session is good: %v, want %v", path, got, use)
		}
	}
}

func TestABrowserListensOnFewPagesAtATime(t *testing.T) {
	tw := tokentest.Start(t)
	b := pagetest.SignIn(t, tw, admin)
	var pages []*pagetest.Hearing
	for range 4 {
		pages = append(pages, b.Listen("/live?of=service"))
	}
	if got := b.Listen("/live?of=service"); got.Status != http.StatusTooManyRequests || got.Header.Get("Retry-After") == "" {
		t.Errorf("the fifth: %d, %v", got.Status, got.Header)
	}
	if got := pagetest.SignIn(t, tw, admin).Listen("/live?of=service").Status; got != http.StatusOK {
		t.Errorf("in another browser: %d", got)
	}
	pages[0].Close()
	eventually(t, "there is room again", func() bool { return b.Listen("/live?of=service").Status == http.StatusOK })
}

func TestAllPagesTogetherHoldAPartOfTheConnections(t *testing.T) {
	tw := tokentest.Start(t, tokentest.WithConfig("limits: {connections: 16}"))
	b, other := pagetest.SignIn(t, tw, admin), pagetest.SignIn(t, tw, alice)
	for range 2 {
		if got := b.Listen("/live?of=service").Status; got != http.StatusOK {
			t.Fatalf("%d", got)
		}
	}
	if got := other.Listen("/live?of=workspace").Status; got != http.StatusTooManyRequests {
		t.Errorf("the third page: %d", got)
	}
}

func TestAStopEndsWhatPagesHear(t *testing.T) {
	tw := tokentest.Start(t)
	page := hears(pagetest.SignIn(t, tw, admin), servicePath)
	if err := tw.Stop(); err != nil {
		t.Fatal(err)
	}
	if got := page.Next(); got != "" {
		t.Errorf("it hears %q", got)
	}
	if strings.Contains(tw.Logs(), "cut off") {
		t.Error("the page was cut off at the end of the patience")
	}
}

func TestWhatAPageAsksByItselfTakesNoNotice(t *testing.T) {
	tw, b := visit(t)
	made := tw.Issue(platform, "noticed", "catalog:read")
	form := b.Get(servicePath + "/" + made.Token.ID + "/revoke")
	shown := form.Submit("form.form", "reason", "x")
	if got := shown.Text(".toast"); got != "The token is revoked" {
		t.Fatalf("%q", got)
	}
	if got := shown.Attr("main", "data-live"); got != "service" {
		t.Errorf("the page of a token listens for %q", got)
	}
	if b.Get(servicePath + "/new").Has("[data-live]") {
		t.Error("a form listens: what was typed could change under the hand")
	}
}

// eventually waits for a condition.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !condition(); {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within 20 s", what)
		}
		<-time.After(10 * time.Millisecond)
	}
}

// A mass revocation names an owner or a workspace: whoever has a token in the
// workspace hears of either.
func TestAMassRevocationIsHeardByWhomItHits(t *testing.T) {
	for _, req := range []authority.RevokeAllRequest{{Owner: alice}, {Workspace: "demo"}, {Kind: token.KindWorkspace}} {
		tw := tokentest.Start(t)
		inDemo(t, tw, "Ended")
		page := hears(pagetest.SignIn(t, tw, alice), myWorkspacesPath+"/demo/api-tokens")
		req.IssuedBefore = tw.Authority().Now()
		if _, err := tw.Authority().RevokeAll(t.Context(), tokentest.Admin(), req); err != nil {
			t.Fatal(err)
		}
		if got := page.Next(); got != "change workspace" {
			t.Errorf("%+v: she hears %q", req, got)
		}
	}
}
