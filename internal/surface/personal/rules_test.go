package personal_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// Rules of a mint in their order: each body breaks one, and later ones where
// that is possible (PER-38, PER-50).
func TestRulesOfAMint(t *testing.T) {
	s := start(t)
	b := s.browser(alice)
	const (
		sayName    = "name is required"
		sayLetters = "name contains disallowed characters"
		sayDate    = "expiresAt must be a valid ISO 8601 date"
		sayScopes  = "All scopes must exist in the allowed scope catalogue"
		sayField   = "unknown field in the request"
	)
	for _, one := range []struct{ name, body, text string }{
		{"nothing", "", sayName},
		{"no name", `{"expiresAt":"soon"}`, sayName},
		{"an array", `[]`, sayName},
		{"a number", `{"name":7}`, sayName},
		{"blank", wish(" \t\u00a0\ufeff\u2028", `expiresAt="soon"`), sayName},
		{"101 characters", wish(strings.Repeat("a", 101), `expiresAt="soon"`), "name must be 100 characters or less"},
		{"101 with the blanks around it", wish(strings.Repeat("a", 99) + "  "), "name must be 100 characters or less"},
		{"51 pairs", wish(strings.Repeat("😀", 51)), "name must be 100 characters or less"},
		{"an accent", wish("é", `expiresAt="soon"`), sayLetters},
		{"a quotation mark", wish(`a"b`), sayLetters},
		{"markup", wish("<b>"), sayLetters},
		{"a line break inside", wish("a\nb"), sayLetters},
		{"half a pair", `{"name":"a\ud800"}`, sayLetters},
		{"a look-alike", wish("lаptop"), sayLetters},
		{"no date", wish("x", `expiresAt="soon"`, `scopes=["none"]`), sayDate},
		{"an empty one", wish("x", `expiresAt=""`), sayDate},
		{"a number of milliseconds", wish("x", `expiresAt=1795302828000`), sayDate},
		{"the 30th of February", wish("x", `expiresAt="2031-02-30"`), sayDate},
		{"a time without a zone", wish("x", `expiresAt="2031-02-03T10:00:00"`), sayDate},
		{"past", wish("x", `expiresAt="2001-01-01T00:00:00Z"`, `scopes=["none"]`), "expiresAt must be in the future"},
		{"too late", wish("x", `expiresAt="2931-01-01"`, `scopes=["none"]`), "expiresAt must be ≤ 365 days from now"},
		{"now", wish("x", fmt.Sprintf("expiresAt=%q", s.clock.Now().UTC().Format(time.RFC3339Nano))), "expiresAt must be in the future"},
		{"no scope at all", wish("x", `scopes=[]`), "At least one scope is required"},
		{"scopes as text", wish("x", `scopes="catalog:read"`), "At least one scope is required"},
		{"an unknown scope", wish("x", `scopes=["catalog:read","admin"]`), sayScopes},
		{"a scope of OAuth", wish("x", `scopes=["openid"]`), sayScopes},
		{"a number among them", wish("x", `scopes=[1]`), sayScopes},
		{"owner", wish("x", `userEntityRef="user:default/bob"`), sayField},
		{"Name", wish("x", `Name="y"`), sayField},
	} {
		t.Run(one.name, func(t *testing.T) {
			surface{s.Server, t, s.clock}.want(b.on("POST", "/mint", one.body), http.StatusBadRequest, one.text)
			s.clock.Advance(2 * time.Second) // not to be limited
		})
	}
	for _, body := range []string{"{", `{"name":"a","name":"b"}`, wish("x") + wish("y"), "\xff"} {
		if got := b.on("POST", "/mint", body); got.status != http.StatusBadRequest || !strings.Contains(got.body, `"name":"SyntaxError"`) {
			t.Errorf("%q = %d %s", body, got.status, got.body)
		}
	}
	s.want(b.send("POST", "/api/access-tokens/personal/mint", "name=x", "Content-Type: application/x-www-form-urlencoded"),
		http.StatusUnsupportedMediaType, "Content-Type must be application/json")
	s.want(b.on("GET", "/mint", ""), http.StatusMethodNotAllowed, "Method not allowed")
	if got := b.on("GET", "", ""); got.body != `{"tokens":[],"total":0}` {
		t.Errorf("something half done stayed behind: %s", got.body)
	}
}

func TestAMintGivesTheAddressOfTheConsentPage(t *testing.T) {
	s := start(t)
	got := s.browser(alice).begin(wish("laptop"))
	flow, state, address := got.text("flowId"), got.text("state"), got.text("authorizeUrl")
	challenge := regexp.MustCompile(`code_challenge=([^&]*)`).FindStringSubmatch(address)
	if len(challenge) != 2 || !regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`).MatchString(challenge[1]) ||
		!regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`).MatchString(state) || !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(flow) {
		t.Fatalf("mint = %s", got.body)
	}
	want := s.URL + "/api/auth/v1/authorize?response_type=code&client_id=tokenwright-personal&redirect_uri=" +
		url.QueryEscape(s.URL+"/api/access-tokens/personal/mint/callback") +
		"&scope=openid+offline_access&state=" + state + "&code_challenge=" + challenge[1] + "&code_challenge_method=S256"
	if address != want {
		t.Errorf("address %s\nwant    %s", address, want)
	}
	if body := fmt.Sprintf(`{"flowId":%q,"authorizeUrl":%q,"state":%q}`, flow, address, state); got.body != body {
		t.Errorf("mint = %s\nwant   %s", got.body, body)
	}
	cookie := got.header.Get("Set-Cookie")
	for _, part := range []string{"; Path=/", "; Max-Age=600", "; HttpOnly", "; SameSite=Lax"} {
		if !strings.Contains(cookie, part) {
			t.Errorf("cookie %q lacks %q (PER-42)", cookie, part)
		}
	}
	if strings.Contains(cookie, state) || strings.Contains(address, strings.Split(strings.Split(cookie, ";")[0], "=")[1]) {
		t.Error("the cookie and the address have a secret in common")
	}
}
