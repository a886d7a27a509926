package login_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/tokentest"
)

func TestAPersonSignsInThroughTheProvider(t *testing.T) {
	p := startIDP(t, nil)
	s := serve(t, p.config())
	b := newSurfer(t, s)
	if page := b.get("/sign-in"); !strings.Contains(element(page.body, "provider"), "127.0.0.1") {
		t.Errorf("the page offers no provider: %s", page.body)
	}
	who := b.mustSignIn()
	if who.User != "user:default/alice" || who.Name != "Alice" || who.SignedInBy != "oidc" || who.CSRF == "" ||
		!slices.Equal(who.Groups, []string{"group:default/platform"}) || who.Session == nil || !who.Session.Current {
		t.Errorf("who am I: %+v", who)
	}
	page := b.get("/sign-in").body
	if element(page, "user") != "user:default/alice" || element(page, "roles") == "" ||
		!strings.Contains(element(page, "method"), "provider") {
		t.Errorf("the page does not say who is signed in, as what, and how: %s", page)
	}
}

func TestTheSessionSaysWhichRolesCountNow(t *testing.T) {
	p := startIDP(t, nil)
	s := serve(t, p.config())
	b := newSurfer(t, s)
	if who := b.mustSignIn(); slices.Contains(who.Roles, "auditor") || slices.Contains(who.Permissions, "access-tokens:audit:read") {
		t.Fatalf("who am I: %+v", who)
	}
	post(t, s.LocalClient(), "http://admin/api/admin/v1/roles/grant", `{"ref":"group:default/platform","role":"auditor"}`, http.StatusOK)
	if who := b.whoAmI(); !slices.Contains(who.Roles, "auditor") || !slices.Contains(who.Permissions, "access-tokens:audit:read") {
		t.Errorf("who am I, with a role: %+v", who)
	}
}

func TestSomebodyUnknownIsToldWhatToDo(t *testing.T) {
	p := startIDP(t, nil)
	s := serve(t, p.config())
	p.signsIn("2002", "carol")
	b := newSurfer(t, s)
	got := b.signIn("/sign-in")
	if got.status != http.StatusForbidden || !strings.Contains(got.body, "tokenwright user add user:default/carol") {
		t.Errorf("%d %s", got.status, got.body)
	}
	if b.signedIn() {
		t.Error("somebody unknown is signed in")
	}
	if log := post(t, s.LocalClient(), "http://admin/api/admin/v1/users", `{"ref":"carol"}`, http.StatusCreated); log == "" {
		t.Fatal("carol was not added")
	}
	if who := b.mustSignIn(); who.User != "user:default/carol" {
		t.Errorf("who am I: %+v", who)
	}
}

func TestSomebodyUnknownIsAddedWhereThatIsConfigured(t *testing.T) {
	p := startIDP(t, nil)
	s := serve(t, p.config("create_users: true"))
	p.signsIn("2002", "carol", "name", "Carol C.")
	if who := newSurfer(t, s).mustSignIn(); who.User != "user:default/carol" || who.Name != "Carol C." {
		t.Errorf("who am I: %+v", who)
	}
}

func TestGroupsAreThoseOfTheLastSignIn(t *testing.T) {
	p := startIDP(t, nil)
	s := serve(t, p.config("groups_claim: groups"))
	b := newSurfer(t, s)
	for _, test := range []struct {
		claim any
		want  []string
	}{
		{[]string{"ops", "group:default/data", "Not A Ref", "ops"}, []string{"group:default/data", "group:default/ops", "group:default/platform"}},
		{"ops", []string{"group:default/ops", "group:default/platform"}},
		{[]string{}, []string{"group:default/platform"}}, // where the administrator put her
	} {
		p.signsIn("1001", "alice", "groups", test.claim)
		if who := b.mustSignIn(); !slices.Equal(who.Groups, test.want) {
			t.Errorf("claim %v: groups %v, want %v", test.claim, who.Groups, test.want)
		}
	}
	p.signsIn("1001", "alice", "groups", map[string]any{"a": 1})
	if got := b.signIn("/sign-in"); got.status != http.StatusForbidden || !strings.Contains(got.body, "groups") {
		t.Errorf("a claim that is no list: %d %s", got.status, got.body)
	}
}

// A role of a group counts for who is in it by the provider's word.
func TestAGroupOfTheProviderBringsItsRoles(t *testing.T) {
	p := startIDP(t, nil)
	s := serve(t, p.config("groups_claim: groups"), tokentest.WithConfig(
		`bindings: [{role: auditor, to: ["group:default/security"]}]`))
	p.signsIn("1001", "alice", "groups", []string{"security"})
	b := newSurfer(t, s)
	b.mustSignIn()
	if got := b.get("/api/access-tokens/service"); got.status != http.StatusOK {
		t.Errorf("in the group: %d", got.status)
	}
	p.signsIn("1001", "alice")
	b.mustSignIn()
	if got := b.get("/api/access-tokens/service"); got.status != http.StatusForbidden {
		t.Errorf("out of the group: %d", got.status)
	}
}

func TestTheProviderAwayIsAPageThatSaysWhatToDo(t *testing.T) {
	p := startIDP(t, nil)
	s := serve(t, p.config())
	p.server.Close()
	got := newSurfer(t, s).get("/sign-in/oidc")
	if got.status != http.StatusServiceUnavailable || !strings.Contains(got.body, "tokenwright admin link") || got.header.Get("Retry-After") == "" {
		t.Errorf("%d %s", got.status, got.body)
	}
}

func TestWithoutAProviderThePageNamesTheSetting(t *testing.T) {
	b := newSurfer(t, tokentest.Start(t))
	for _, path := range []string{"/sign-in/oidc", "/sign-in/oidc/callback"} {
		if got := b.get(path); got.status != http.StatusNotFound || !strings.Contains(got.body, "sign_in.oidc") {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
	if page := b.get("/sign-in"); page.status != http.StatusOK || !strings.Contains(page.body, "tokenwright admin link") {
		t.Errorf("%d %s", page.status, page.body)
	}
}

// Rows F-07 and F-08: of any number of answers with one state, one signs in.
func TestOfSimultaneousAnswersOneSignsIn(t *testing.T) {
	p := startIDP(t, nil)
	url := database(t)
	a := serve(t, p.config(), tokentest.WithDatabase(url), tokentest.WithPublicURL("http://127.0.0.1"))
	other := tokentest.Start(t, p.config(), tokentest.WithDatabase(url), tokentest.WithKeyOf(a), tokentest.WithPublicURL("http://127.0.0.1"))
	for round := range 2 {
		b := newSurfer(t, a)
		back := strings.TrimPrefix(b.begin("/sign-in"), "http://127.0.0.1")
		before := p.redeemed()
		var won, stale atomic.Int64
		var answers sync.WaitGroup
		for i := range 200 {
			answers.Go(func() {
				node := []*tokentest.Server{a, other}[i%2]
				switch got := b.get(node.URL + back); got.status {
				case http.StatusSeeOther:
					won.Add(1)
				case http.StatusBadRequest:
					stale.Add(1)
				default:
					t.Errorf("an answer is %d %s", got.status, got.body)
				}
			})
		}
		answers.Wait()
		if won.Load() != 1 || stale.Load() != 199 || p.redeemed() != before+1 {
			t.Fatalf("round %d: %d signed in, %d were stale, %d codes redeemed", round, won.Load(), stale.Load(), p.redeemed()-before)
		}
	}
}

// Begun on one node, finished on the other after a restart of both.
func TestASignInOutlivesARestartAndFinishesOnAnotherNode(t *testing.T) {
	p := startIDP(t, nil)
	url := database(t)
	const public = "http://127.0.0.1"
	a := serve(t, p.config(), tokentest.WithDatabase(url), tokentest.WithPublicURL(public))
	b := newSurfer(t, a)
	back := strings.TrimPrefix(b.begin("/sign-in"), public)
	if err := a.Stop(); err != nil {
		t.Fatal(err)
	}
	other := tokentest.Start(t, p.config(), tokentest.WithDatabase(url), tokentest.WithKeyOf(a), tokentest.WithPublicURL(public))
	if got := b.get(other.URL + back); got.status != http.StatusSeeOther {
		t.Fatalf("%d %s", got.status, got.body)
	}
	b.base = other.URL
	if who := b.whoAmI(); who.User != "user:default/alice" {
		t.Errorf("who am I: %+v", who)
	}
}

func TestTwoTabsSignInEach(t *testing.T) {
	p := startIDP(t, nil)
	b := newSurfer(t, serve(t, p.config()))
	first, second := b.begin("/sign-in?tab=1"), b.begin("/sign-in?tab=2")
	if got := b.get(first); got.location != "/sign-in?tab=1" {
		t.Errorf("the first tab: %d %q", got.status, got.location)
	}
	if got := b.get(second); got.location != "/sign-in?tab=2" {
		t.Errorf("the second tab: %d %q", got.status, got.location)
	}
	if n := len(b.sessions()); n != 1 {
		t.Errorf("one browser has %d sessions", n)
	}
}

func TestASignInEndsAfterTenMinutes(t *testing.T) {
	clock := tokentest.NewClock(time.Time{})
	p := startIDP(t, clock)
	b := newSurfer(t, serve(t, p.config(), tokentest.WithClock(clock)))
	early, late := b.begin("/sign-in"), b.begin("/sign-in")
	clock.Advance(10*time.Minute - time.Second)
	if got := b.get(early); got.status != http.StatusSeeOther {
		t.Errorf("a second before: %d %s", got.status, got.body)
	}
	clock.Advance(time.Second)
	if got := b.get(late); got.status != http.StatusBadRequest {
		t.Errorf("at its end: %d", got.status)
	}
}

func TestTheProvidersRefusalIsNamedAndNothingElseIsShown(t *testing.T) {
	p := startIDP(t, nil)
	b := newSurfer(t, serve(t, p.config()))
	for code, want := range map[string]string{"access_denied": "access_denied", "<b>pay here</b>": "server_error"} {
		p.answer = func(q url.Values) {
			q.Del("code")
			q.Set("error", code)
			q.Set("error_description", "pay here")
		}
		got := b.signIn("/sign-in")
		if got.status != http.StatusForbidden || !strings.Contains(got.body, want) || strings.Contains(got.body, "pay here") {
			t.Errorf("%s: %d %s", code, got.status, got.body)
		}
	}
}

func TestAnAdministratorOfTheProviderEndsTheFirstLink(t *testing.T) {
	p := startIDP(t, nil)
	configured := []tokentest.Option{p.config(), tokentest.WithConfig("bindings: [{role: administrator, to: ['user:default/alice']}]")}
	s := tokentest.Start(t, configured...)
	const offered = "this link signs one in"
	again := func() bool {
		t.Helper()
		if err := s.Stop(); err != nil {
			t.Fatal(err)
		}
		s = tokentest.Start(t, append(configured, tokentest.WithData(s.Data))...)
		return strings.Contains(s.Logs(), offered)
	}
	post(t, s.LocalClient(), "http://admin/api/admin/v1/users/rebind", `{"ref":"bob"}`, http.StatusOK)
	p.signsIn("1002", "bob")
	newSurfer(t, s).mustSignIn()
	if !again() {
		t.Error("somebody signed in who is none, and no link is offered")
	}
	p.signsIn("1001", "alice")
	post(t, s.LocalClient(), "http://admin/api/admin/v1/users/rebind", `{"ref":"alice"}`, http.StatusOK)
	newSurfer(t, s).mustSignIn()
	if again() {
		t.Error("an administrator signed in, and a link is offered")
	}
}
