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
	since, seen := list.Texts("td[data-label='Signed in'] time"), list.Texts("td[data-label='Last seen'] time")
	if since[0] != "5 minutes ago" || seen[0] != "just now" || since[2] != "just now" {
		t.Errorf("since %q, seen %q", since, seen)
	}
	if got := list.Text(".pager"); got != "3 sessions" {
		t.Errorf("it counts %q", got)
	}
}

func TestASessionIsEndedAndTheOthersStay(t *testing.T) {
	onBoth(t, func(t *testing.T, with ...tokentest.Option) {
		tw := tokentest.Start(t, with...)
		b, there := pagetest.SignInWith(t, tw, alice, firefox), pagetest.SignInWith(t, tw, alice, phone)
		third := pagetest.SignIn(t, tw, alice)
		end := b.Get(sessionsPath).Attr(".list form[action]:nth(2)", "action")
		_ = end
		_, _ = there, third
	})
}
