package oauth_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/internal/oauth"
)

// Row C-10: what is good once for one use is good for no other, and nothing is
// used up by trying.
func TestC10AValueOfOneUseIsGoodForNoOther(t *testing.T) {
	w := start(t)
	c := w.public()
	b := w.browser(alice)
	id := b.ask(c, "openid offline_access")
	code := b.code(c, "openid offline_access")
	refresh, got := w.offline(c, alice)
	personal := w.mint(alice, "laptop")
	for name, value := range map[string]string{
		"a code": code, "a refresh token": refresh, "half a refresh token": refresh[37:], "a personal token": personal,
		"an access token": got.text("access_token"), "an ID token": got.text("id_token"), "a question": id, "a secret": oauth.NewCode(),
	} {
		t.Run(name, func(t *testing.T) {
			w := w
			w.t = t
			if value != code {
				w.wants(w.agent().post(oauth.TokenPath, c.form(value)), http.StatusBadRequest, "invalid_grant", badCode)
			}
			if value != refresh && value != personal {
				w.refused(w.refresh(c, value))
			}
			for _, state := range []string{value, strings.ToUpper(value)} {
				back := b.get(oauth.PersonalCallbackPath + "?" + url.Values{"state": {state}, "code": {code}}.Encode())
				if to := back.header.Get("Location"); strings.Contains(to, "#personal-access-tokens-mint=") {
					t.Errorf("a mint ends at %s", to)
				}
			}
			if value != id {
				if seen := b.get(oauth.ConsentPath + "/" + url.PathEscape(value)); seen.status == http.StatusOK {
					t.Error("it opens a question")
				}
			}
		})
	}
	w.redeem(c, code)
	w.must(w.refresh(c, refresh))
	w.must(w.refresh(app{}, personal))
	b.say(id, "approve")
}
