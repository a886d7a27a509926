package oauth_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/internal/oauth"
	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/tokentest"
)

// Rows PER-35 and PER-39: where a refresh token or its entry in the log cannot
// be kept, the request fails as a whole, and the code is as good as before.
func TestPER39ACodeOutlivesAFailureOfTheDatabase(t *testing.T) {
	address := pgtest.Start(t).Database(t, nil)
	w := start(t, tokentest.WithDatabase(address))
	c := w.public()
	code := w.browser(alice).code(c, "openid offline_access")
	for _, table := range []string{"secrets", "audit_entries"} {
		empty := pgtest.FillUp(t, address, table)
		got := w.agent().post(oauth.TokenPath, c.form(code))
		empty()
		if got.status != http.StatusServiceUnavailable || got.text("error") != "temporarily_unavailable" || got.header.Get("Retry-After") == "" ||
			strings.Contains(got.body, "token\":") || strings.Contains(got.body, "INSERT") {
			t.Errorf("%s: %d %s", table, got.status, got.body)
		}
	}
	raw := w.redeem(c, code).text("refresh_token")
	empty := pgtest.FillUp(t, address, "audit_entries")
	got := w.refresh(c, raw)
	empty()
	if got.status != http.StatusServiceUnavailable {
		t.Errorf("an exchange: %d %s", got.status, got.body)
	}
	w.must(w.refresh(c, raw))
}
