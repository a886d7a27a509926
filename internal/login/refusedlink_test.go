package login_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/tokentest"
)

const behindAProxy = "trusted_proxies: [127.0.0.0/8]"

// redeem uses a link from an address.
func redeem(t *testing.T, link, from string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, link, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Forwarded-For", from)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	return answer
}

func used(s *tokentest.Server) []audit.Entry {
	return s.Entries(audit.Query{Actions: []audit.Action{audit.LinkUsed}})
}

func TestTheLogSaysWhereALinkWasUsed(t *testing.T) {
	s := tokentest.Start(t, tokentest.WithConfig(behindAProxy))
	answer := redeem(t, makeLink(t, s, "user:default/alice"), "203.0.113.9")
	entries := used(s)
	if len(entries) != 1 {
		t.Fatalf("entries: %+v", entries)
	}
	e := entries[0]
	if e.Address != "203.0.113.9" || e.RequestID != answer.Header.Get("X-Request-Id") || e.Actor != "user:default/alice" || e.Outcome != audit.Allowed {
		t.Errorf("entry %+v, request %s", e, answer.Header.Get("X-Request-Id"))
	}
}

func TestALinkThatDidNotOpenIsInTheLog(t *testing.T) {
	clock := tokentest.NewClock(time.Time{})
	s := tokentest.Start(t, tokentest.WithClock(clock), tokentest.WithConfig(behindAProxy))
	spent, late, disabled := makeLink(t, s, "user:default/alice"), makeLink(t, s, "user:default/alice"), makeLink(t, s, "user:default/bob")
	redeem(t, spent, "203.0.113.1")
	post(t, s.LocalClient(), "http://admin/api/admin/v1/users/disable", `{"ref":"user:default/bob"}`, http.StatusOK)
	before := len(used(s))
	for _, tc := range []struct {
		name, link, reason, user string
		wait                     time.Duration
	}{
		{"never made", s.URL + "/sign-in/link_GUESSED", "unknown", "", 0},
		{"used already", spent, "unknown", "", 0},
		{"of a disabled user", disabled, "disabled", "user:default/bob", 0},
		{"too old", late, "unknown", "", 15 * time.Minute},
	} {
		clock.Advance(tc.wait)
		answer := redeem(t, tc.link, "203.0.113.2")
		if answer.StatusCode != http.StatusNotFound {
			t.Errorf("%s: status %d", tc.name, answer.StatusCode)
		}
		e := used(s)[0]
		if e.Outcome != audit.Refused || e.Reason != tc.reason || e.Name != tc.user || e.Actor != "" ||
			e.Address != "203.0.113.2" || e.RequestID != answer.Header.Get("X-Request-Id") {
			t.Errorf("%s: entry %+v", tc.name, e)
		}
		body, err := e.Encode()
		if code := tc.link[strings.LastIndex(tc.link, "/")+1:]; err != nil || strings.Contains(string(body), code) {
			t.Errorf("%s: the entry holds the code: %s", tc.name, body)
		}
	}
	// The disabled user's link was spent as well, which is an entry of its own.
	if got := len(used(s)) - before; got != 5 {
		t.Errorf("%d entries, want 5", got)
	}
}

// Row I-06: guesses are free for those who make them, and must not be able to
// fill the log.
func TestAFloodOfGuessedLinksDoesNotFillTheLog(t *testing.T) {
	clock := tokentest.NewClock(time.Time{})
	s := tokentest.Start(t, tokentest.WithClock(clock), tokentest.WithConfig(behindAProxy))
	for i := range 1300 { // two from each of 650 addresses
		from := fmt.Sprintf("203.%d.%d.7", i/2/256, i/2%256)
		if got := redeem(t, s.URL+"/sign-in/link_GUESSED", from).StatusCode; got != http.StatusNotFound {
			t.Fatalf("guess %d: status %d", i, got)
		}
	}
	if n := len(used(s)); n < 500 || n > 600 {
		t.Errorf("%d of 1,300 guesses are in the log, want 600 at the most", n)
	}
}

// I-05: neither further links nor another spelling of the address splits the
// count.
func TestGuessedLinksFromOneAddressAreLimited(t *testing.T) {
	s := tokentest.Start(t, tokentest.WithClock(tokentest.NewClock(time.Time{})), tokentest.WithConfig(behindAProxy))
	for i := range 601 {
		answer := redeem(t, fmt.Sprintf("%s/sign-in/link_%d", s.URL, i), fmt.Sprintf("2001:db8::%x", i))
		if answer.StatusCode == http.StatusTooManyRequests {
			if answer.Header.Get("Retry-After") == "" {
				t.Error("429 without Retry-After")
			}
			return
		}
	}
	t.Error("601 guesses from one network were heard")
}
