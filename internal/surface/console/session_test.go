package console_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tokenwright/tokenwright/internal/page/pagetest"
	"github.com/tokenwright/tokenwright/tokentest"
)

const sessionsPath = "/settings/sessions"

// Browsers by what they say of themselves.
const (
	firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0"
	phone   = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile/15E148 Safari/604.1"
	nothing = "<script>alert(1)</script>"
)

func TestSessionsAreToldByWordsAndThisOneIsFirst(t *testing.T) {
	clock := tokentest.NewClock(time.Time{})
	tw := tokentest.Start(t, tokentest.WithClock(clock))
	b := pagetest.SignInWith(t, tw, alice, firefox)
	clock.Advance(5 * time.Minute)
	pagetest.SignInWith(t, tw, alice, phone)
	pagetest.SignInWith(t, tw, alice, nothing)
	pagetest.SignIn(t, tw, admin)
	list := b.Get(sessionsPath)
	if got := list.Texts("tbody th strong"); !cmp.Equal(got, []string{"Firefox on Linux", "Unknown browser", "Safari on iPhone"}) {
		t.Errorf("it lists %q", got)
	}
	if got := list.Texts("tbody th .badge"); !cmp.Equal(got, []string{"This browser"}) || !strings.Contains(list.Texts("tbody th")[0], got[0]) {
		t.Errorf("marked are %q", got)
	}
	if got := list.Texts("td[data-label=Address]"); !cmp.Equal(got, []string{"127.0.0.1", "127.0.0.1", "127.0.0.1"}) {
		t.Errorf("the addresses are %q", got)
	}
	if got := list.Texts("td time")[:2]; !cmp.Equal(got, []string{"5 minutes ago", "just now"}) {
		t.Errorf("this one is from %q", got)
	}
	if got := list.Text(".pager"); got != "3 sessions" {
		t.Errorf("it counts %q", got)
	}
}

func TestASessionIsEndedAndTheOthersStay(t *testing.T) {
	onBoth(t, func(t *testing.T, with ...tokentest.Option) {
		tw := tokentest.Start(t, with...)
		b, stays, ends := pagetest.SignIn(t, tw, alice), pagetest.SignIn(t, tw, alice), pagetest.SignIn(t, tw, alice)
		newest := b.Get(sessionsPath).Attrs(".list form", "action")[1]
		after := b.Get(sessionsPath).Submit("form[action=" + newest + "]")
		if got := after.Text(".toast"); got != "That browser is signed out" {
			t.Errorf("the notice is %q", got)
		}
		if got := len(after.Texts("tbody tr")); got != 2 {
			t.Errorf("%d are left", got)
		}
		if got := ends.Get(sessionsPath).URL.Path; got != "/sign-in" {
			t.Errorf("the one that was ended sees %s", got)
		}
		if got := stays.Get(sessionsPath).URL.Path; got != sessionsPath {
			t.Errorf("another one is led to %s", got)
		}
	})
}

func TestAllOtherSessionsEndAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, with ...tokentest.Option) {
		tw := tokentest.Start(t, with...)
		b, other := pagetest.SignIn(t, tw, alice), pagetest.SignIn(t, tw, alice)
		pagetest.SignIn(t, tw, alice)
		stranger := pagetest.SignIn(t, tw, admin)
		after := b.Get(sessionsPath).Submit(".heading form")
		if got := after.Text(".toast"); got != "All other browsers are signed out" {
			t.Errorf("the notice is %q", got)
		}
		if got := after.Texts("tbody th .badge"); !cmp.Equal(got, []string{"This browser"}) || len(after.Texts("tbody tr")) != 1 {
			t.Errorf("left are %q", after.Texts("tbody tr"))
		}
		if after.Has(".heading form") {
			t.Error("it offers to end others where there are none")
		}
		if got := other.Get(sessionsPath).URL.Path; got != "/sign-in" {
			t.Errorf("another one sees %s", got)
		}
		if got := stranger.Get(sessionsPath).URL.Path; got != sessionsPath {
			t.Errorf("somebody else is led to %s", got)
		}
	})
}

func TestTheSessionOfThisBrowserEndsLikeASignOut(t *testing.T) {
	tw := tokentest.Start(t)
	b, other := pagetest.SignIn(t, tw, alice), pagetest.SignIn(t, tw, alice)
	if got := b.Get(sessionsPath).Submit(".list form").URL.Path; got != "/sign-in" {
		t.Errorf("it leads to %s", got)
	}
	if got := len(other.Get(sessionsPath).Texts("tbody tr")); got != 1 {
		t.Errorf("%d are left", got)
	}
}

// An id is no secret: it stands in the log. It ends no session of somebody else,
// not even for an administrator, who has a route of their own.
func TestSessionsOfOthersAreNotFound(t *testing.T) {
	tw := tokentest.Start(t)
	theirs, mine := pagetest.SignIn(t, tw, alice), pagetest.SignIn(t, tw, admin)
	pagetest.SignIn(t, tw, alice)
	end := theirs.Get(sessionsPath).Attrs(".list form", "action")[1]
	csrf := mine.Get(sessionsPath).Attr("[name=csrf]", "value")
	if got := mine.Post(end, "csrf", csrf); got.Status != http.StatusNotFound || got.Text("h1") != "Nothing here" {
		t.Errorf("%d %s", got.Status, got.Text("h1"))
	}
	if got := len(theirs.Get(sessionsPath).Texts("tbody tr")); got != 2 {
		t.Errorf("%d are left", got)
	}
}

// A page of another site can send a form here, and does not know the value
// (J-06).
func TestSessionsEndByFormsOfOursAlone(t *testing.T) {
	tw := tokentest.Start(t)
	b := pagetest.SignIn(t, tw, alice)
	pagetest.SignIn(t, tw, alice)
	for _, path := range []string{sessionsPath + "/end-others", b.Get(sessionsPath).Attrs(".list form", "action")[1]} {
		if got := b.Post(path); got.Status != http.StatusForbidden {
			t.Errorf("%s: %d", path, got.Status)
		}
	}
	if got := len(b.Get(sessionsPath).Texts("tbody tr")); got != 2 {
		t.Errorf("%d are left", got)
	}
}

func TestSessionsAreShownToWhoIsSignedInAlone(t *testing.T) {
	tw := tokentest.Start(t)
	if got := pagetest.Open(t, tw).Get(sessionsPath); got.URL.Path != "/sign-in" || got.URL.Query().Get("next") != sessionsPath {
		t.Errorf("led to %s", got.URL)
	}
}
