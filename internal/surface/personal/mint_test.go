package personal_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/surface/personal"
	"github.com/tokenwright/tokenwright/tokentest"
)

func TestATokenIsMadeByConsentAndShownOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, with ...tokentest.Option) {
		s := start(t, with...)
		b := s.browser(alice)
		begun := b.begin(wish("  My laptop  "))
		s.clock.Advance(time.Minute)
		made := b.arrive(b.consent(begun, "approve"))
		const instant = "2006-01-02T15:04:05.000Z"
		created := s.clock.Now().UTC()
		want := fmt.Sprintf(`{"type":"personal-access-tokens-mint-result","flowId":%q,"token":%q,"metadata":{"id":%q,"name":"My laptop",`+
			`"createdAt":%q,"expiresAt":%q,"prefix":%q}}`, begun.text("flowId"), made.Token, made.Token[:36],
			created.Format(instant), created.Add(30*day-time.Minute).Format(instant), made.Token[:8])
		if made.key != "personal-access-tokens-mint" || made.text != want {
			t.Errorf("fragment %s=%s\nwant %s", made.key, made.text, want)
		}
		if !regexp.MustCompile(`^[0-9a-f-]{36}\.[A-Za-z0-9_-]{43}$`).MatchString(made.Token) {
			t.Errorf("a token of %d characters", len(made.Token))
		}
		id := made.Metadata.ID
		row := fmt.Sprintf(`{"tokens":[{"id":%q,"name":"My laptop","userEntityRef":"user:default/alice","prefix":%q,"sessionId":%q,`+
			`"createdAt":%q,"expiresAt":%q,"lastUsedAt":null,"revokedAt":null,"status":"active"}],"total":1}`,
			id, made.Token[:8], id, made.Metadata.CreatedAt, made.Metadata.ExpiresAt) // PER-37
		if got := b.on("GET", "", ""); got.body != row || got.header.Get("Pragma") != "no-cache" {
			t.Errorf("list %s\nwant %s", got.body, row)
		}
		one := fmt.Sprintf(`{"id":%q,"name":"My laptop","createdAt":%q,"expiresAt":%q,"lastUsedAt":null,"prefix":%q,"revokedAt":null,"status":"active"}`,
			id, made.Metadata.CreatedAt, made.Metadata.ExpiresAt, made.Token[:8])
		if got := b.on("GET", "/"+id, ""); got.body != one {
			t.Errorf("one %s\nwant %s", got.body, one)
		}
		history := fmt.Sprintf(`"tokenId":%q,"event":"MINTED","actor":"user:default/alice","metadata":{"flowId":%q,"sessionId":%q},"occurredAt":%q}]}`,
			id, made.FlowID, id, made.Metadata.CreatedAt)
		if got := b.on("GET", "/"+id+"/audit", ""); !strings.HasSuffix(got.body, history) {
			t.Errorf("history %s\nwant … %s", got.body, history)
		}
		for range 3 { // PER-01
			if !b.good(made.Token) {
				t.Error("it is not exchanged as often as needed")
			}
		}
	})
}

func TestPER42TheCallbackCountsInItsBrowserAlone(t *testing.T) {
	s := start(t)
	mine, other := s.browser(alice), s.browser(bob)
	begun := mine.begin(wish("laptop"))
	callback := mine.consent(begun, "approve")
	for name, b := range map[string]browser{"a browser without a cookie": s.browser(""), "another one": other} {
		other.begin(wish("of bob"))
		if got := b.arrive(callback); got.key != "personal-access-tokens-mint-error" || got.Message != sayUnknown {
			t.Errorf("%s: %s", name, got.text)
		}
	}
	if made := mine.arrive(callback); made.Token == "" {
		t.Fatalf("the attempts of others used it up: %s", made.text)
	}
	if got := mine.arrive(callback); got.Message != sayUnknown {
		t.Errorf("a second time: %s", got.text)
	}
	if got := mine.on("GET", "", ""); strings.Count(got.body, `"id"`) != 1 {
		t.Errorf("list %s", got.body)
	}
}

// Whoever sends a browser to the callback puts no text of theirs into the page
// (PER-43). An error uses the mint up.
func TestPER43MessagesOfTheCallback(t *testing.T) {
	s := start(t)
	b := s.browser(alice)
	const path = personal.Base + "/mint/callback?"
	state := func() string {
		s.clock.Advance(time.Minute)
		return "state=" + b.begin(wish("laptop")).text("state")
	}
	for _, one := range []struct{ name, query, message string }{
		{"nothing", "", sayMissing},
		{"no state", "code=x", sayMissing},
		{"an empty state", "state=&code=x", sayMissing},
		{"an error without a state", "error=access_denied", sayMissing},
		{"a state alone", "state=x", sayMissing},
		{"two states", "state=x&state=y&code=z", sayMissing},
		{"an unknown state", "state=x&code=y", sayUnknown},
		{"an unknown state with an error", "state=x&error=access_denied", sayUnknown},
		{"an unknown state with a story", "state=x&error=your+account+was+hacked", sayUnknown},
		{"a known error", state() + "&error=access_denied", "OAuth flow returned error: access_denied"},
		{"a story", state() + "&error=call+0900-1234", "OAuth flow returned error: server_error"},
		{"an error and a code", state() + "&error=invalid_scope&code=x", "OAuth flow returned error: invalid_scope"},
		{"a wrong code", state() + "&code=" + strings.Repeat("A", 43), sayFailed},
	} {
		t.Run(one.name, func(t *testing.T) {
			got := b.arrive(path + one.query)
			if got.key != "personal-access-tokens-mint-error" || got.text != fmt.Sprintf(`{"message":%q}`, one.message) {
				t.Errorf("fragment %s=%s, want %q", got.key, got.text, one.message)
			}
			if !strings.Contains(one.query, "state=x") && strings.Contains(one.query, "state=") && one.message != sayMissing {
				if again := b.arrive(path + one.query); again.Message != sayUnknown {
					t.Errorf("it was not used up: %s", again.text)
				}
			}
		})
	}
}

func TestARefusalByThePersonIsTold(t *testing.T) {
	s := start(t)
	b := s.browser(alice)
	got := b.arrive(b.consent(b.begin(wish("laptop")), "reject"))
	if got.text != `{"message":"OAuth flow returned error: access_denied"}` {
		t.Errorf("fragment %s", got.text)
	}
}

func TestAMintEnds(t *testing.T) {
	s := start(t)
	b := s.browser(alice)
	in := func(d time.Duration) string {
		return fmt.Sprintf("expiresAt=%q", s.clock.Now().UTC().Add(d).Format(time.RFC3339Nano))
	}
	callback := b.consent(b.begin(wish("short", in(30*time.Second))), "approve")
	s.clock.Advance(31 * time.Second)
	if got := b.arrive(callback); got.Message != "expiresAt must be in the future" { // PER-46
		t.Errorf("after the wished expiry: %s", got.text)
	}
	callback = b.consent(b.begin(wish("late")), "approve")
	s.clock.Advance(11 * time.Minute)
	if got := b.arrive(callback); got.Message != sayUnknown {
		t.Errorf("after ten minutes: %s", got.text)
	}
}

func TestPER19AMintOutlivesTheServer(t *testing.T) {
	s := start(t, tokentest.WithPublicURL("http://127.0.0.1:7080"))
	b := s.browser(alice)
	begun := b.begin(wish("laptop"))
	onThis := func(address string) string { return strings.Replace(address, "http://127.0.0.1:7080", b.URL, 1) }
	begun.members["authorizeUrl"] = onThis(begun.text("authorizeUrl"))
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	s.Server = tokentest.Start(t, tokentest.WithData(s.Data), tokentest.WithClock(s.clock), tokentest.WithPublicURL("http://127.0.0.1:7080"))
	former := b.URL
	b.surface = s
	begun.members["authorizeUrl"] = strings.Replace(begun.text("authorizeUrl"), former, b.URL, 1)
	if made := b.arrive(onThis(b.consent(begun, "approve"))); made.Token == "" {
		t.Errorf("after a restart: %s", made.text)
	}
}

func TestPER51ATokenMakesNoToken(t *testing.T) {
	s := start(t)
	b := s.browser(alice)
	made := b.mint(wish("laptop"))
	jwt := b.exchange(made.Token).text("access_token")
	got := b.sendAs(jwt, "POST", personal.Base+"/mint", wish("another"))
	s.want(got, http.StatusForbidden, "Forbidden: tokens do not issue tokens")
	for path, status := range map[string]int{"": 200, "/" + made.Metadata.ID: 200, "/" + made.Metadata.ID + "/audit": 200} {
		if got := b.sendAs(jwt, "GET", personal.Base+path, ""); got.status != status {
			t.Errorf("GET %s = %d %s", path, got.status, got.body)
		}
	}
	if got := b.sendAs(jwt, "DELETE", personal.Base+"/"+made.Metadata.ID, ""); got.status != http.StatusNoContent {
		t.Errorf("DELETE = %d %s", got.status, got.body)
	}
}

// Each value that is good once is good for what it was made for, and nothing
// else takes it.
func TestC10WhatIsGoodOnceIsGoodForOneThing(t *testing.T) {
	s := start(t)
	b, begun := s.browser(""), s.browser(alice)
	mint := begun.begin(wish("laptop"))
	callback, err := url.Parse(begun.consent(mint, "approve"))
	if err != nil {
		t.Fatal(err)
	}
	code, state := callback.Query().Get("code"), mint.text("state")
	redeem := func(code string) answer {
		form := url.Values{
			"grant_type": {"authorization_code"}, "client_id": {"tokenwright-personal"}, "code": {code},
			"redirect_uri": {s.URL + personal.Base + "/mint/callback"}, "code_verifier": {strings.Repeat("a", 43)},
		}
		return b.sendAs("", "POST", "/api/auth/v1/token", form.Encode(), "Content-Type: application/x-www-form-urlencoded")
	}
	for name, got := range map[string]answer{
		"the code of a mint at the token endpoint": redeem(code), "a state as a code": redeem(state),
		"a code as a refresh token": b.exchange(code), "a state as a refresh token": b.exchange(state),
	} {
		if got.status != http.StatusBadRequest || got.text("error") != "invalid_grant" {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	for name, value := range map[string]string{"a code": code, "a state": state} {
		if got := b.send("POST", "/sign-in/link_"+value, "", "Sec-Fetch-Site: same-origin", "Origin: "+s.URL); got.status == http.StatusOK {
			t.Errorf("%s as a sign-in link: %d", name, got.status)
		}
		if got := b.sendAs(value, "GET", personal.Base, ""); got.status != http.StatusUnauthorized {
			t.Errorf("%s as a bearer: %d", name, got.status)
		}
	}
	if got := b.arrive(personal.Base + "/mint/callback?state=" + code + "&code=" + state); got.Message != sayUnknown {
		t.Errorf("state and code changed places: %s", got.text)
	}
	if made := begun.arrive(callback.String()); made.Token == "" {
		t.Errorf("the attempts used it up: %s", made.text)
	}
}
