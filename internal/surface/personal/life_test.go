package personal_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/surface/personal"
	"github.com/tokenwright/tokenwright/tokentest"
)

func TestPER11PER36ARevokedTokenEndsWithAllThatCameOutOfIt(t *testing.T) {
	onBoth(t, func(t *testing.T, with ...tokentest.Option) {
		s := start(t, with...)
		b := s.browser(alice)
		made := b.mint(wish("laptop"))
		jwt := b.exchange(made.Token).text("access_token")
		if got := b.sendAs(jwt, "GET", personal.Base, ""); got.status != http.StatusOK {
			t.Fatalf("the JWT is not good: %d %s", got.status, got.body)
		}
		for range 2 { // the second changes nothing
			if got := b.on("DELETE", "/"+made.Metadata.ID, ""); got.status != http.StatusNoContent || got.body != "" {
				t.Errorf("DELETE = %d %s", got.status, got.body)
			}
			s.clock.Advance(time.Minute)
		}
		if b.good(made.Token) {
			t.Error("a revoked token is exchanged")
		}
		if got := b.sendAs(jwt, "GET", personal.Base, ""); got.status != http.StatusUnauthorized {
			t.Errorf("a JWT of a revoked token: %d %s", got.status, got.body)
		}
		if got := b.on("GET", "/"+made.Metadata.ID, ""); got.text("status") != "revoked" || got.members["revokedAt"] == nil {
			t.Errorf("one = %s", got.body)
		}
		got := b.on("GET", "/"+made.Metadata.ID+"/audit", "")
		if strings.Count(got.body, `"event":`) != 2 || !strings.Contains(got.body, `"event":"REVOKED","actor":"user:default/alice","metadata":null,`) {
			t.Errorf("history %s", got.body)
		}
	})
}

func TestAReasonIsToldInTheHistory(t *testing.T) {
	s := start(t)
	b := s.browser(alice)
	id := b.mint(wish("laptop")).Metadata.ID
	s.want(b.on("DELETE", "/"+id, `{"reason":7}`), http.StatusBadRequest, "reason must be a string")
	b.on("DELETE", "/"+id, `{"reason":" lost "}`)
	if got := b.on("GET", "/"+id+"/audit", ""); !strings.Contains(got.body, `"event":"REVOKED","actor":"user:default/alice","metadata":{"reason":"lost"}`) {
		t.Errorf("history %s", got.body)
	}
}

func TestPER09ANameIsFreeAgainAfterTheEnd(t *testing.T) {
	s := start(t)
	b := s.browser(alice)
	taken := func(name string) {
		t.Helper()
		s.want(b.on("POST", "/mint", wish(name)), http.StatusBadRequest, fmt.Sprintf("A token named %q already exists for this user", name))
	}
	id := b.mint(wish("Laptop")).Metadata.ID
	for _, name := range []string{"Laptop", "laptop", "LAPT0P"} { // H-04
		taken(name)
	}
	s.browser(bob).mint(wish("Laptop"))
	s.administer("POST", "/tokens/"+id+"/disable", "")
	taken("Laptop")
	b.on("DELETE", "/"+id, "")
	b.mint(wish("laptop", fmt.Sprintf("expiresAt=%q", s.clock.Now().UTC().Add(time.Hour).Format(time.RFC3339Nano))))
	taken("laptop")
	s.clock.Advance(time.Hour)
	b.mint(wish("laptop"))
}

// The limit holds at the mint, and where it is reached between the mint and the
// consent, as a taken name does.
func TestPER02AUserHasAtMostSoManyTokens(t *testing.T) {
	onBoth(t, func(t *testing.T, with ...tokentest.Option) {
		const most = "You already have the most personal tokens allowed"
		s := start(t, append(with, tokentest.WithConfig("kinds: {personal: {max_per_owner: 2}}"))...)
		b, tablet := s.browser(alice), s.browser(alice)
		first := b.mint(wish("one"))
		twin := tablet.consent(tablet.begin(wish("two")), "approve")
		third := s.browser(alice)
		late := third.consent(third.begin(wish("three")), "approve")
		b.mint(wish("two"))
		if got := tablet.arrive(twin); got.Message != `A token named "two" already exists for this user` {
			t.Errorf("a name that was taken meanwhile: %s", got.text)
		}
		if got := third.arrive(late); got.Message != most {
			t.Errorf("a limit that was reached meanwhile: %s", got.text)
		}
		s.want(b.on("POST", "/mint", wish("four")), http.StatusConflict, most)
		if !b.good(first.Token) {
			t.Error("a token was evicted")
		}
		b.on("DELETE", "/"+first.Metadata.ID, "")
		b.mint(wish("four"))
	})
}

func TestPER03AnExpiredTokenIsNotExchanged(t *testing.T) {
	s := start(t)
	b := s.browser(alice)
	made := b.mint(wish("short", fmt.Sprintf("expiresAt=%q", s.clock.Now().UTC().Add(2*time.Minute).Format(time.RFC3339Nano))))
	got := b.exchange(made.Token)
	if got.members["expires_in"] != 120.0 { // PER-10
		t.Errorf("exchange = %s", got.body)
	}
	s.clock.Advance(2 * time.Minute)
	if b.good(made.Token) {
		t.Error("it is exchanged")
	}
	for _, path := range []string{"", "/" + made.Metadata.ID} { // PER-04
		if got := b.on("GET", path, ""); !strings.Contains(got.body, `"status":"expired"`) {
			t.Errorf("GET %q = %s", path, got.body)
		}
	}
	if got := b.on("DELETE", "/"+made.Metadata.ID, ""); got.status != http.StatusNoContent {
		t.Errorf("DELETE = %d %s", got.status, got.body)
	}
}

func TestPER53AnAdministratorDisablesAndEnables(t *testing.T) {
	s := start(t)
	b := s.browser(alice)
	made := b.mint(wish("laptop"))
	jwt := b.exchange(made.Token).text("access_token")
	turn := func(verb string) {
		t.Helper()
		if got := s.administer("POST", "/tokens/"+made.Metadata.ID+"/"+verb, ""); got.status != http.StatusOK {
			t.Fatalf("%s = %d %s", verb, got.status, got.body)
		}
	}
	turn("disable")
	if got := b.on("GET", "/"+made.Metadata.ID, ""); b.good(made.Token) || got.text("status") != "disabled" {
		t.Errorf("disabled: %s", got.body)
	}
	if got := b.sendAs(jwt, "GET", personal.Base, ""); got.status != http.StatusUnauthorized {
		t.Errorf("its JWT: %d", got.status)
	}
	turn("enable")
	if !b.good(made.Token) {
		t.Error("an enabled token is not exchanged")
	}
	got := b.on("GET", "/"+made.Metadata.ID+"/audit", "")
	for _, event := range []string{`"event":"ENABLED","actor":"user:default/admin","metadata":null`, `"event":"DISABLED","actor":"user:default/admin","metadata":null`} {
		if !strings.Contains(got.body, event) {
			t.Errorf("history %s lacks %s", got.body, event)
		}
	}
}

// PER-05: accurate to a minute, and told to the owner.
func TestPER05AnExchangeIsAUse(t *testing.T) {
	s := start(t)
	b := s.browser(alice)
	made := b.mint(wish("laptop"))
	b.exchange(made.Token)
	if err := s.Stop(); err != nil { // which writes what was gathered
		t.Fatal(err)
	}
	s.Server = tokentest.Start(t, tokentest.WithData(s.Data), tokentest.WithClock(s.clock))
	if got := s.browser(alice).on("GET", "/"+made.Metadata.ID, ""); got.members["lastUsedAt"] == nil {
		t.Errorf("one = %s", got.body)
	}
}

// A raw personal token opens nothing by itself: the same answer as for junk,
// to the byte (C2).
func TestAPersonalTokenIsNoBearer(t *testing.T) {
	s := start(t, tokentest.WithConfig("trusted_proxies: [127.0.0.1/32]\nrules: [{path: /up}]"))
	b := s.browser(alice)
	raw := b.mint(wish("laptop")).Token
	for _, path := range []string{personal.Base, "/api/access-tokens/service", "/api/access-tokens/user", "/forward-auth"} {
		var first answer
		for i, bearer := range []string{"junk", raw, strings.Repeat("0", 8) + raw[8:]} {
			got := b.sendAs(bearer, "GET", path, "", "X-Original-URI: /up", "X-Original-Method: GET")
			if i == 0 {
				first = got
			}
			if got.status != http.StatusUnauthorized || got.body != first.body ||
				got.header.Get("WWW-Authenticate") != `Bearer realm="tokenwright", error="invalid_token"` {
				t.Errorf("%s = %d %s %v", path, got.status, got.body, got.header)
			}
		}
	}
	if got := b.sendAs(s.UserToken(admin), "POST", "/oauth2/introspect", url.Values{"token": {raw}}.Encode(),
		"Content-Type: application/x-www-form-urlencoded"); got.body != `{"active":false}` {
		t.Errorf("introspection = %d %s", got.status, got.body)
	}
	if got := b.send("GET", personal.Base+"?q="+raw, ""); got.status != http.StatusBadRequest {
		t.Errorf("in a query: %d", got.status)
	}
	if !b.good(raw) {
		t.Error("it was ended")
	}
}

func TestAScopedTokenGivesScopedJWTs(t *testing.T) {
	s := start(t)
	b := s.browser(alice)
	made := b.mint(wish("ci", `scopes=["techdocs:read","catalog:read","techdocs:read"]`))
	jwt := b.exchange(made.Token).text("access_token")
	good := func(scope string) bool {
		form := url.Values{"token": {jwt}, "scope": {scope}, "require_scope": {"true"}}
		got := b.sendAs(s.UserToken(admin), "POST", "/oauth2/introspect", form.Encode(), "Content-Type: application/x-www-form-urlencoded")
		return strings.Contains(got.body, `"active":true`)
	}
	if !good("catalog:read") || !good("techdocs:read") || good("catalog:write") {
		t.Errorf("catalog:read %v, techdocs:read %v, catalog:write %v", good("catalog:read"), good("techdocs:read"), good("catalog:write"))
	}
}

// Administrators see and end the tokens of everybody on their own surface, and
// make none there.
func TestAdministratorsManageWhatPeopleMade(t *testing.T) {
	s := start(t)
	b := s.browser(alice)
	made := b.mint(wish("laptop"))
	id := made.Metadata.ID
	list := s.administer("GET", "/tokens?kind=personal", "")
	for _, part := range []string{`"id":"` + id + `"`, `"owner":"user:default/alice"`, `"subject":"user:default/alice"`, `"total":1`} {
		if !strings.Contains(list.body, part) {
			t.Errorf("list %s lacks %s", list.body, part)
		}
	}
	if strings.Contains(list.body, made.Token[37:]) {
		t.Error("the list holds the secret")
	}
	if got := s.administer("GET", "/tokens/"+id, ""); got.status != http.StatusOK || got.text("kind") != "personal" {
		t.Errorf("one = %d %s", got.status, got.body)
	}
	for path, body := range map[string]string{"/tokens/" + id + "/rotate": "", "/tokens": `{"kind":"personal","user":"user:default/alice","name":"x"}`} {
		if got := s.administer("POST", path, body); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "a personal token ") {
			t.Errorf("POST %s = %d %s", path, got.status, got.body)
		}
	}
	verified := s.administer("POST", "/verify", fmt.Sprintf(`{"token":%q}`, made.Token))
	if verified.members["active"] != false || verified.text("reason") != "not_a_bearer" || !strings.Contains(verified.body, id) {
		t.Errorf("verify = %s", verified.body)
	}
	if got := s.administer("POST", "/tokens/"+id+"/revoke", `{"reason":"left the company"}`); got.status != http.StatusOK || b.good(made.Token) {
		t.Errorf("revoke = %d %s", got.status, got.body)
	}
	got := b.on("GET", "/"+id+"/audit", "")
	if !strings.Contains(got.body, `"event":"REVOKED","actor":"user:default/admin","metadata":{"reason":"left the company"}`) {
		t.Errorf("history %s", got.body)
	}
}

func TestPER06TheRowBelongsToWhoConsents(t *testing.T) {
	s := start(t)
	alices := s.browser(alice)
	begun := alices.begin(wish("cross"))
	page := alices.sendAs("", "GET", begun.text("authorizeUrl"), "")
	id := page.header.Get("Location")[strings.LastIndexByte(page.header.Get("Location"), '/')+1:]
	bobAtAlices := browser{s, bob, alices.jar}
	for _, b := range []browser{s.browser(bob), bobAtAlices, s.browser(alice)} {
		got := b.send("POST", "/api/auth/v1/sessions/"+id+"/approve", "", "Content-Type: application/json", "Origin: "+b.URL)
		if got.status != http.StatusBadRequest || got.text("error_description") != "Authorization session not found or expired" {
			t.Errorf("%s approves: %d %s", b.person, got.status, got.body)
		}
	}
	if made := alices.arrive(alices.consent(begun, "approve")); made.Token == "" {
		t.Errorf("the attempts of others used it up: %s", made.text)
	}
}

// What ends a person's tokens altogether ends the JWTs that came out of them.
func TestTheEndOfManyTokensAtOnce(t *testing.T) {
	for name, end := range map[string]func(s surface) answer{
		"of a kind":     func(s surface) answer { return s.administer("POST", "/revoke-all", `{"kind":"personal"}`) },
		"of an owner":   func(s surface) answer { return s.administer("POST", "/revoke-all", `{"owner":"user:default/alice"}`) },
		"of the person": func(s surface) answer { return s.administer("POST", "/users/disable", `{"ref":"user:default/alice"}`) },
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t)
			b := s.browser(alice)
			made := b.mint(wish("laptop"))
			jwt := b.exchange(made.Token).text("access_token")
			s.clock.Advance(time.Second)
			if got := end(s); got.status >= 300 {
				t.Fatalf("it is not ended: %d %s", got.status, got.body)
			}
			if b.good(made.Token) {
				t.Error("the token is exchanged")
			}
			if got := b.sendAs(jwt, "GET", personal.Base, ""); got.status != http.StatusUnauthorized {
				t.Errorf("its JWT: %d %s", got.status, got.body)
			}
		})
	}
}
