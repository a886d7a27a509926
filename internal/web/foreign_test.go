package web_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/web"
)

// foreignPage gives the headers of a page of a sibling domain: its requests bring
// the cookie along, whatever its SameSite, and are not those of a page of ours.
func foreignPage(i int) []string {
	pages := [][]string{
		{"Cookie: session=alice", "Sec-Fetch-Site: same-site"},
		{"Cookie: session=alice", "Origin: https://evil.example.com"},
		{"Cookie: session=alice", "Sec-Fetch-Site: same-origin", "X-Csrf-Token: guessed"},
		{"Cookie: session=alice"},
	}
	return pages[i%len(pages)]
}

// Rows I-06, J-06: what a hostile page makes a browser send is recorded so often,
// and every one of it is refused.
func TestJ06AHostilePageCannotFillTheLog(t *testing.T) {
	s := start(t, signedIn, browserRoutes())
	for i := range 300 {
		if got := s.send("POST", "/b/both/1", foreignPage(i)...); got.status != http.StatusForbidden {
			t.Fatalf("request %d: %d %s", i, got.status, got.body)
		}
	}
	if n := len(s.recorded()); n != 60 {
		t.Errorf("%d were recorded, want 60: those of a minute and one address", n)
	}
	s.advance(time.Minute)
	s.send("POST", "/b/both/1", foreignPage(0)...)
	if n := len(s.recorded()); n != 61 {
		t.Errorf("a minute later %d were recorded, want 61", n)
	}
}

// What a hostile page sends is counted neither as a request nor as a refusal of
// the person whose browser it is.
func TestJ06AHostilePageCannotSpendWhatThePersonMayDo(t *testing.T) {
	surface := browserRoutes()
	surface.Limits = web.Limits{PerPrincipal: 50, PerAddress: 50}
	s := start(t, signedIn, surface)
	for i := range 700 {
		s.send("POST", "/b/both/1", foreignPage(i)...)
		s.send("POST", "/b/open/1", foreignPage(0)...) // an open route that asks where a change comes from
	}
	for _, target := range []string{"/b/both/1", "/b/open/1"} {
		if got := s.send("GET", target, "Cookie: session=alice"); got.status != http.StatusOK {
			t.Errorf("GET %s, after the page: %d %s", target, got.status, got.body)
		}
	}
	// Bad credentials from that address are still recorded: nobody guesses behind
	// such a page unseen.
	before := len(s.recorded())
	s.send("GET", "/b/both/1", as("wrong"))
	if n := len(s.recorded()) - before; n != 1 {
		t.Errorf("a bad credential left %d records, want 1", n)
	}
}
