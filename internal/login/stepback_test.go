package login_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/tokentest"
)

// Row K-10: what ran out stays so when the clock is set back, be it a link, a
// session or a sign-in that was begun at a provider.

// setBack lets a server see a time, and sets its clock back.
func setBack(s *tokentest.Server, clock *tokentest.Clock, by time.Duration) {
	s.Verifier().Behind()
	clock.Advance(-by)
}

func TestALinkThatRanOutStaysSoWhenTheClockIsSetBack(t *testing.T) {
	const age = 20 * time.Minute
	clock := tokentest.NewClock(time.Time{})
	s := tokentest.Start(t, tokentest.WithClock(clock))
	b := newSurfer(t, s)
	link := makeLink(t, s, "user:default/admin")
	clock.Advance(age)
	setBack(s, clock, age)
	if got := b.send(http.MethodPost, link, ""); got.status == http.StatusOK || len(b.sessions()) != 0 {
		t.Errorf("it is good again: %d", got.status)
	}
	clock.Advance(age)
	if got := b.send(http.MethodPost, makeLink(t, s, "user:default/admin"), ""); got.status != http.StatusOK {
		t.Errorf("a link made when the clock is right: %d", got.status)
	}
}

func TestASignInThatTookTooLongStaysSoWhenTheClockIsSetBack(t *testing.T) {
	const age = 11 * time.Minute
	clock := tokentest.NewClock(time.Time{})
	p := startIDP(t, clock)
	s := serve(t, p.config(), tokentest.WithClock(clock))
	b := newSurfer(t, s)
	late := b.begin("/sign-in")
	clock.Advance(age)
	setBack(s, clock, age)
	if got := b.get(late); got.status != http.StatusBadRequest {
		t.Errorf("it goes on: %d", got.status)
	}
}
