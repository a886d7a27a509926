package oauth_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/oauth"
	"github.com/tokenwright/tokenwright/tokentest"
)

// Row C-12: who revokes everything of a person leaves no way in that the person,
// or a thief, had before.
func TestRevokeAllOfAPersonSignsThemOutAndEndsWhatTheyConsentedTo(t *testing.T) {
	both(t, func(t *testing.T, with ...tokentest.Option) {
		w := start(t, with...)
		c := w.public()
		mine, other := w.browser(alice), w.browser(bob)
		refresh := w.redeem(c, mine.code(c, "openid offline_access")).text("refresh_token")
		code, pending := mine.code(c, "openid"), mine.ask(c, "openid")
		page := mine.get(oauth.ConsentPath + "/" + pending)

		w.local(http.MethodPost, "/api/admin/v1/revoke-all", `{"owner":"`+alice+`"}`)

		if got := mine.get("/api/session"); got.status != http.StatusUnauthorized {
			t.Errorf("her session: %d %s", got.status, got.body)
		}
		if got := other.get("/api/session"); got.status != http.StatusOK {
			t.Errorf("somebody else's session: %d %s", got.status, got.body)
		}
		w.wants(w.agent().post(oauth.TokenPath, c.form(code)), http.StatusBadRequest, "invalid_grant", badCode)
		if got := w.refresh(c, refresh); got.status != http.StatusBadRequest || got.text("error") != "invalid_grant" {
			t.Errorf("her refresh token: %d %s", got.status, got.body)
		}
		answer := url.Values{"csrf": {field(page.body)}, "decision": {"approve"}}
		if got := mine.submit(oauth.ConsentPath+"/"+pending, answer); got.location(t, "code") != "" {
			t.Errorf("her consent: %d %v", got.status, got.header)
		}
		w.clock.Advance(5 * time.Second) // what is made within the reach of a mark is dated behind it
		again := w.browser(alice)
		if got := again.get(oauth.ConsentPath + "/" + pending); got.status == http.StatusOK {
			t.Error("a consent that waited is there for whoever signs in next")
		}
		if !w.works(w.redeem(c, again.code(c, "openid")).text("access_token")) {
			t.Error("who signs in afterwards cannot work")
		}
	})
}

// Sessions are read from the store each time, so the other node knows at once.
func TestRevokeAllOfAPersonSignsThemOutOnEveryNode(t *testing.T) {
	a, b := nodes(t)
	c := a.public()
	mine := b.browser(alice)
	code := mine.code(c, "openid")
	a.local(http.MethodPost, "/api/admin/v1/revoke-all", `{"owner":"`+alice+`"}`)
	if got := mine.get("/api/session"); got.status != http.StatusUnauthorized {
		t.Errorf("her session on the other node: %d %s", got.status, got.body)
	}
	b.wants(b.agent().post(oauth.TokenPath, c.form(code)), http.StatusBadRequest, "invalid_grant", badCode)
}
