package oauth_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/oauth"
	"github.com/tokenwright/tokenwright/tokentest"
)

const badCode = "Invalid authorization code"

// Rows C8, MUST-09, MUST-13, MUST-59.
func TestACodeGivesTokensOfTheOneWhoConsented(t *testing.T) {
	both(t, func(t *testing.T, with ...tokentest.Option) {
		w := start(t, with...)
		c := w.public()
		got := w.redeem(c, w.browser(alice).code(c, "openid offline_access"))
		if got.text("token_type") != "Bearer" || got.members["expires_in"] != 600.0 || got.text("scope") != "openid offline_access" {
			t.Errorf("answer: %s", got.body)
		}
		if len(got.text("refresh_token")) != 80 || got.header.Get("Cache-Control") != "no-store" || got.header.Get("Pragma") != "no-cache" {
			t.Errorf("answer: %v %s", got.header, got.body)
		}
		header, said := claims(t, got.text("access_token"))
		if header["typ"] != "vnd.backstage.user" || header["alg"] != "ES256" || said["sub"] != alice || said["iss"] != w.issuer() ||
			said["aud"] != "backstage" || said["client_id"] != c.id || said["sid"] != got.text("refresh_token")[:36] || said["jti"] == "" {
			t.Errorf("access token: %v %v", header, said)
		}
		if _, narrowed := said["scope"]; narrowed {
			t.Errorf("scope: %v", said["scope"])
		}
		if !w.works(got.text("access_token")) {
			t.Error("the access token does not work")
		}
	})
}

func TestPER26TheIDTokenIsForTheClientAndNoBearer(t *testing.T) {
	w := start(t)
	c := w.public()
	b := w.browser(alice)
	got := w.redeem(c, b.code(c, "openid"))
	header, said := claims(t, got.text("id_token"))
	if header["typ"] != "JWT" || said["aud"] != c.id || said["nonce"] != "n-1" || said["sub"] != alice || said["iss"] != w.issuer() {
		t.Errorf("ID token: %v %v", header, said)
	}
	if w.works(got.text("id_token")) {
		t.Error("an ID token opens the API")
	}
	if got.text("refresh_token") != "" {
		t.Error("a refresh token without offline_access")
	}
	if got := w.redeem(c, b.code(c, "offline_access")); got.text("id_token") != "" {
		t.Error("an ID token without openid")
	}
}

// Rows F-03, F-04, MUST-08, MUST-17, MUST-18, MUST-44, MUST-45 and PER-13.
func TestACodeIsBoundToClientRedirectAndVerifier(t *testing.T) {
	w := start(t)
	c, other := w.public(), w.public()
	b := w.browser(alice)
	for name, change := range map[string][]string{
		"another client":       {"client_id", other.id},
		"another redirect URI": {"redirect_uri", "http://127.0.0.1:8056/callback"},
		"another verifier":     {"code_verifier", strings.Replace(verifier, "a", "b", 1)},
		"no verifier":          {"code_verifier", ""},
		"a short verifier":     {"code_verifier", verifier[:42]},
		"another code":         {"code", oauth.NewCode()},
		"half a code":          {"code", "abc"},
	} {
		t.Run(name, func(t *testing.T) {
			w := w
			w.t = t
			code := b.code(c, "openid")
			w.wants(w.agent().post(oauth.TokenPath, c.form(code, change...)), http.StatusBadRequest, "invalid_grant", badCode)
			w.redeem(c, code) // a failed attempt leaves it usable
		})
	}
}

func TestPER13ACodeEndsAfterFiveWrongAttempts(t *testing.T) {
	w := start(t)
	c := w.public()
	code := w.browser(alice).code(c, "openid")
	for range 5 {
		w.wants(w.agent().post(oauth.TokenPath, c.form(code, "code_verifier", strings.Repeat("x", 50))), http.StatusBadRequest, "invalid_grant", badCode)
	}
	w.wants(w.agent().post(oauth.TokenPath, c.form(code)), http.StatusBadRequest, "invalid_grant", badCode)
}

func TestACodeLivesAMinute(t *testing.T) {
	w := start(t)
	c := w.public()
	code := w.browser(alice).code(c, "openid")
	w.clock.Advance(time.Minute)
	w.wants(w.agent().post(oauth.TokenPath, c.form(code)), http.StatusBadRequest, "invalid_grant", badCode)
}

// Row F-04: the second use of a code ends what came out of the first.
func TestF04AReplayedCodeEndsWhatCameOutOfIt(t *testing.T) {
	both(t, func(t *testing.T, with ...tokentest.Option) {
		w := start(t, with...)
		c := w.public()
		for _, scope := range []string{"openid", "openid offline_access"} {
			code := w.browser(alice).code(c, scope)
			got := w.redeem(c, code)
			if !w.works(got.text("access_token")) {
				t.Fatal("the access token does not work")
			}
			// With a wrong value it is nobody's but a guesser's.
			w.wants(w.agent().post(oauth.TokenPath, c.form(code, "code_verifier", strings.Repeat("x", 50))), http.StatusBadRequest, "invalid_grant", badCode)
			if !w.works(got.text("access_token")) {
				t.Fatal("a wrong attempt ended the tokens")
			}
			w.wants(w.agent().post(oauth.TokenPath, c.form(code)), http.StatusBadRequest, "invalid_grant", badCode)
			if w.works(got.text("access_token")) {
				t.Errorf("%s: the access token outlives the replay", scope)
			}
			if refresh := got.text("refresh_token"); refresh != "" {
				w.wants(w.refresh(c, refresh), http.StatusBadRequest, "invalid_grant", "Invalid refresh token")
			}
		}
		seen := w.Entries(audit.Query{Actions: []audit.Action{audit.CodeReplayed, audit.TokenRevoked}})
		if len(seen) != 4 {
			t.Errorf("entries: %v", seen)
		}
	})
}

// Rows F-12 and MUST-26: by 303, and with what was registered.
func TestARefusedAuthorizationGoesBackToTheClient(t *testing.T) {
	w := start(t)
	c := w.register("https://app.example/cb?keep=1", `,"token_endpoint_auth_method":"none"`)
	b := w.browser(alice)
	id := b.ask(c, "openid")
	got := b.say(id, "reject")
	want := "https://app.example/cb?keep=1&error=access_denied&error_description=User+denied+the+request&state=st-1&iss=" + url.QueryEscape(w.issuer())
	if got.status != http.StatusSeeOther || got.header.Get("Location") != want {
		t.Errorf("%d %s, want %s", got.status, got.header.Get("Location"), want)
	}
	if again := b.get(oauth.ConsentPath + "/" + id); again.status != http.StatusBadRequest {
		t.Errorf("asked again: %d", again.status)
	}
	seen := w.Entries(audit.Query{Actions: []audit.Action{audit.AuthorizationRejected}})
	if len(seen) != 1 || seen[0].Name != c.id || seen[0].Actor != alice {
		t.Errorf("entries: %v", seen)
	}
}

// Rows F-06, MUST-07, MUST-11 and MUST-20: an access JWT carries no more than was
// asked for, and a refresh never more than that.
func TestScopesOfTheCatalogueNarrowTheAccessToken(t *testing.T) {
	w := start(t)
	c := w.public()
	got := w.redeem(c, w.browser(alice).code(c, "openid offline_access catalog:read techdocs:read"))
	_, said := claims(t, got.text("access_token"))
	if said["scope"] != "catalog:read techdocs:read" {
		t.Errorf("scope: %v", said["scope"])
	}
	next := w.must(w.refresh(c, got.text("refresh_token"), "scope", "catalog:read"))
	if _, said := claims(t, next.text("access_token")); said["scope"] != "catalog:read" {
		t.Errorf("narrowed scope: %v", said["scope"])
	}
	w.wants(w.refresh(c, next.text("refresh_token"), "scope", "catalog:write"), http.StatusBadRequest, "invalid_scope", "The scope exceeds what was granted")
	all := w.must(w.refresh(c, next.text("refresh_token")))
	if _, said := claims(t, all.text("access_token")); !slices.Contains([]any{"catalog:read techdocs:read"}, said["scope"]) {
		t.Errorf("scope after a narrower exchange: %v", said["scope"])
	}
}
