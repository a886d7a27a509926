package oauth_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tokenwright/tokenwright/internal/oauth"
	"github.com/tokenwright/tokenwright/internal/page/pagetest"
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
	b := pagetest.SignIn(t, w.Server, alice)
	const identity = "Know who you are Your reference, and your groups: group:default/platform"
	for registered, want := range map[string][]string{
		"":                    {identity, "Do everything that you may do here With all your roles: user"},
		"openid":              {identity},
		"openid catalog:read": {identity, "Read access to the Software Catalog API catalog:read"},
	} {
		c := w.register(loopback, `,"token_endpoint_auth_method":"none","scope":"`+registered+`"`)
		got := b.Get(oauth.AuthorizePath + "?" + c.authorizeQuery("openid").Encode()).Texts("#scopes li")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("registered for %q (-want +got):\n%s", registered, diff)
		}
	}
}

// A client without the scopes of OAuth in its registration may not ask for them.
func TestAClientAsksForNothingElse(t *testing.T) {
	w := start(t)
	c := w.register(loopback, `,"token_endpoint_auth_method":"none","scope":"catalog:read"`)
	for _, scope := range []string{"openid", "offline_access", "techdocs:read"} {
		got := w.agent().get(oauth.AuthorizePath + "?" + c.authorizeQuery(scope).Encode())
		if got.location(t, "error") != "invalid_scope" {
			t.Errorf("%s: %d %s", scope, got.status, got.header.Get("Location"))
		}
	}
}

// Row E-03: whoever lets a client read the catalog does not let it see or end
// tokens, however much they may do themselves.
func TestAClientOfFewScopesManagesNoTokens(t *testing.T) {
	w := start(t)
	client := w.public()
	victim, theirs := w.Issue("group:default/platform", "victim", "catalog:read").Token.ID, w.mint(admin, "laptop")
	a := w.agent()
	got := w.redeem(client, w.browser(admin).code(client, "openid catalog:read"))
	a.bearer = got.text("access_token")
	const personal, service = "/api/access-tokens/personal", "/api/access-tokens/service"
	for _, request := range []struct{ method, path, body string }{
		{http.MethodGet, service, ""},
		{http.MethodGet, service + "/" + victim, ""},
		{http.MethodGet, service + "/" + victim + "/audit", ""},
		{http.MethodDelete, service + "/" + victim, `{"reason":"x"}`},
		{http.MethodGet, personal, ""},
		{http.MethodGet, personal + "/" + theirs[:36], ""},
		{http.MethodDelete, personal + "/" + theirs[:36], ""},
		{http.MethodPost, personal + "/mint", `{"name":"more"}`},
		{http.MethodGet, "/api/admin/v1/audit", ""},
		{http.MethodPost, "/api/admin/v1/tokens/" + victim + "/disable", `{}`},
		{http.MethodGet, "/api/admin/v1/users", ""},
	} {
		if got := a.send(request.method, request.path, request.body, "Content-Type: application/json"); got.status != http.StatusForbidden {
			t.Errorf("%s %s: %d %s", request.method, request.path, got.status, got.body)
		}
	}
	w.must(w.refresh(app{}, theirs))
	if got := a.get(oauth.UserInfoPath); got.status != http.StatusOK || got.text("sub") != admin {
		t.Errorf("who it acts as: %d %s", got.status, got.body)
	}
	jwt := a.bearer
	a.bearer = ""
	if got := a.post(oauth.RevokePath, url.Values{"token": {jwt}, "client_id": {client.id}}); got.status != http.StatusOK || w.works(jwt) {
		t.Errorf("ended by its holder: %d %s", got.status, got.body)
	}
}
