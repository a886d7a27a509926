package oauth_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/internal/oauth"
)

// Rows F-06 and G-04: what a client is registered for bounds what it gets,
// however little it asks for.
func TestAClientGetsNoMoreThanItIsRegisteredFor(t *testing.T) {
	w := start(t)
	for _, test := range []struct{ name, registered, asks, answered, carried string }{
		{"all of it", "openid catalog:read", "openid catalog:read", "openid catalog:read", "catalog:read"},
		{"no scope of the catalogue", "openid catalog:read", "openid", "openid catalog:read", "catalog:read"},
		{"no scope at all", "openid catalog:read", "", "openid catalog:read", "catalog:read"},
		{"one of two", "openid catalog:read techdocs:read", "catalog:read", "catalog:read", "catalog:read"},
		{"registered to know who somebody is", "openid", "openid", "openid", "openid"},
		{"the same, for long", "openid offline_access", "openid offline_access", "openid offline_access", "openid"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := w.register(loopback, `,"token_endpoint_auth_method":"none","scope":"`+test.registered+`"`)
			got := w.redeem(c, w.browser(admin).code(c, test.asks))
			_, said := claims(t, got.text("access_token"))
			if said["scope"] != test.carried || got.text("scope") != test.answered {
				t.Errorf("the JWT carries %v, the answer says %q", said["scope"], got.text("scope"))
			}
			if refresh := got.text("refresh_token"); refresh != "" {
				_, said = claims(t, w.must(w.refresh(c, refresh)).text("access_token"))
				if said["scope"] != test.carried {
					t.Errorf("after an exchange the JWT carries %v", said["scope"])
				}
			}
			a := w.agent()
			a.bearer = got.text("access_token")
			if got := a.get("/api/admin/v1/audit"); got.status != http.StatusForbidden {
				t.Errorf("the log of all: %d", got.status)
			}
			if got := a.get(oauth.UserInfoPath); got.status != http.StatusOK {
				t.Errorf("who it acts as: %d", got.status)
			}
		})
	}
}

// The person reads what the client gets, and not what it asked for.
func TestTheConsentPageShowsTheBoundsOfAClient(t *testing.T) {
	w := start(t)
	b := w.browser(alice)
	for registered, want := range map[string]string{
		"":                    "do everything that you may do",
		"openid":              "know who you are",
		"openid catalog:read": "<code>catalog:read</code>",
	} {
		c := w.register(loopback, `,"token_endpoint_auth_method":"none","scope":"`+registered+`"`)
		_, scopes, _ := strings.Cut(b.get(oauth.ConsentPath+"/"+b.ask(c, "openid")).body, `id="scopes"`)
		scopes, _, _ = strings.Cut(scopes, "</dd>")
		if !strings.Contains(scopes, want) {
			t.Errorf("registered for %q: the page says %s", registered, scopes)
		}
	}
}

// A client without the scopes of OAuth in its registration may not ask for them.
func TestAClientAsksForNothingElse(t *testing.T) {
	w := start(t)
	c := w.register(loopback, `,"token_endpoint_auth_method":"none","scope":"catalog:read"`)
	for _, scope := range []string{"openid", "offline_access", "techdocs:read"} {
		got := w.agent().get(oauth.AuthorizePath + "?" + url.Values(c.authorizeQuery(scope)).Encode())
		if got.location(t, "error") != "invalid_scope" {
			t.Errorf("%s: %d %s", scope, got.status, got.header.Get("Location"))
		}
	}
}
