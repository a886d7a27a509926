package personal_test

import (
	"net/http"
	"testing"

	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/internal/surface/personal"
	"github.com/tokenwright/tokenwright/tokentest"
)

// Rows PER-07, PER-33 and PER-35: a failure of the database leaves neither a
// token without a row nor a row without a token, and says nothing of itself.
func TestPER07AFailureOfTheDatabaseMakesNoToken(t *testing.T) {
	address := pgtest.Start(t).Database(t, nil)
	s := start(t, tokentest.WithDatabase(address))
	b := s.browser(alice)
	callback := b.consent(b.begin(wish("laptop")), "approve")
	for _, table := range []string{"secrets", "audit_entries"} {
		empty := pgtest.FillUp(t, address, table)
		got := b.arrive(callback)
		empty()
		if got.Token != "" || got.text != `{"message":"Failed to complete mint flow; try again"}` {
			t.Errorf("%s: the page gets %s", table, got.text)
		}
	}
	if list := b.on("GET", "", ""); list.members["total"] != 0.0 {
		t.Errorf("list %s", list.body)
	}
	made := b.arrive(callback)
	if !b.good(made.Token) {
		t.Errorf("the same consent, once the database is well again: %s", made.text)
	}
}

// Rows PER-33 and PER-36: an end that cannot be kept is 503, and no end.
func TestPER36ARevocationThatCannotBeKeptIsNone(t *testing.T) {
	address := pgtest.Start(t).Database(t, nil)
	s := start(t, tokentest.WithDatabase(address))
	b := s.browser(alice)
	made := b.mint(wish("laptop"))
	bearer := s.UserToken(alice)
	empty := pgtest.FillUp(t, address, "audit_entries")
	got := b.sendAs(bearer, "DELETE", personal.Base+"/"+made.Token[:36], "")
	if got.status != http.StatusServiceUnavailable || got.header.Get("Retry-After") == "" || len(got.members) != 1 {
		t.Errorf("revoke: %d %s", got.status, got.body)
	}
	empty()
	if !b.good(made.Token) {
		t.Error("the token ended without an entry")
	}
	if got = b.send("DELETE", personal.Base+"/"+made.Token[:36], ""); got.status != http.StatusNoContent || b.good(made.Token) {
		t.Errorf("revoke: %d %s", got.status, got.body)
	}
}
