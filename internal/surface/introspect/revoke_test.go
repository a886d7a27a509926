package introspect_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
)

// revocations gives the revocations of a token that the log has.
func revocations(s *tokentest.Server, id string) []audit.Entry {
	return s.Entries(audit.Query{TokenID: id, Actions: []audit.Action{audit.TokenRevoked}, Outcome: audit.Allowed})
}

func wantDone(t *testing.T, got answer) {
	t.Helper()
	if got.status != http.StatusOK || got.body != "" {
		t.Errorf("got %d %q, want 200 and nothing", got.status, got.body)
	}
}

func TestWhoeverHoldsATokenMayEndIt(t *testing.T) {
	s := tokentest.Start(t)
	issued := s.Issue(platform, "leaked", "catalog:read")

	wantDone(t, revoke(t, s, issued.Secret.Reveal()))

	wantInactive(t, introspect(t, s, issued.Secret.Reveal()))
	found := revocations(s, issued.Token.ID)
	if len(found) != 1 {
		t.Fatalf("the log has %d revocations", len(found))
	}
	e := found[0]
	if e.Actor != "" || e.Via != issued.Token.ID || !strings.Contains(e.Reason, "holder") || e.Address == "" || e.RequestID == "" {
		t.Errorf("the entry does not say that it was the holder: %+v", e)
	}
}

// Row C7: the same answer for everything that is not there to be ended.
func TestRevokingWhatIsNotThereChangesNothing(t *testing.T) {
	clock := tokentest.NewClock(time.Time{})
	s := tokentest.Start(t, tokentest.WithClock(clock))
	other := tokentest.Start(t)
	good := s.Issue(platform, "good", "catalog:read")
	revoked := s.Issue(platform, "revoked", "catalog:read")
	s.Revoke(revoked)

	for name, raw := range map[string]string{
		"unknown":         other.Issue(platform, "foreign", "catalog:read").Secret.Reveal(),
		"malformed":       "nonsense",
		"like a JWT":      "not.a.token",
		"a foreign JWT":   other.UserToken(admin),
		"already revoked": revoked.Secret.Reveal(),
		"with a suffix":   good.Secret.Reveal() + "x",
	} {
		t.Run(name, func(t *testing.T) { wantDone(t, revoke(t, s, raw)) })
	}
	if n := len(revocations(s, revoked.Token.ID)); n != 1 {
		t.Errorf("the revoked token has %d revocations in the log", n)
	}
	if got := introspect(t, s, good.Secret.Reveal()); !strings.HasPrefix(got.body, `{"active":true`) {
		t.Errorf("the good token was touched: %s", got.body)
	}
}

func TestAFormerSecretDoesNotEndTheNewOne(t *testing.T) {
	s := tokentest.Start(t)
	former := s.Issue(platform, "ci", "catalog:read")
	next := s.Rotate(former, 0)

	wantDone(t, revoke(t, s, former.Secret.Reveal()))

	if got := introspect(t, s, next.Secret.Reveal()); !strings.HasPrefix(got.body, `{"active":true`) {
		t.Errorf("the new secret was ended: %s", got.body)
	}
}

// TestAFormerSecretEndsItselfAlone, while its overlap lasts: whoever found it may
// have it because it leaked, and must not be able to end what took its place.
func TestAFormerSecretEndsItselfAlone(t *testing.T) {
	s := tokentest.Start(t)
	former := s.Issue(platform, "ci", "catalog:read")
	next := s.Rotate(former, time.Hour)
	good := func(secret token.Secret) bool {
		return strings.HasPrefix(introspect(t, s, secret.Reveal()).body, `{"active":true`)
	}
	if !good(former.Secret) {
		t.Fatal("the former secret is not good during its overlap")
	}

	for range 2 { // the second time nothing happens
		wantDone(t, revoke(t, s, former.Secret.Reveal()))
	}

	if good(former.Secret) || !good(next.Secret) {
		t.Errorf("the former secret is good: %v, the new one: %v", good(former.Secret), good(next.Secret))
	}
	ended := s.Entries(audit.Query{TokenID: former.Token.ID, Actions: []audit.Action{audit.SecretEnded, audit.TokenRevoked}})
	if len(ended) != 1 || ended[0].Action != audit.SecretEnded || !strings.Contains(ended[0].Reason, "holder") {
		t.Errorf("the log has %+v", ended)
	}
}

// TestAFormerSecretOfADisabledTokenDoesNotEndIt either.
func TestAFormerSecretOfADisabledTokenDoesNotEndIt(t *testing.T) {
	s := tokentest.Start(t)
	former := s.Issue(platform, "ci", "catalog:read")
	s.Rotate(former, time.Hour)
	if _, err := s.Authority().Disable(t.Context(), tokentest.Admin(), token.KindService, former.Token.ID); err != nil {
		t.Fatal(err)
	}
	wantDone(t, revoke(t, s, former.Secret.Reveal()))
	if _, err := s.Authority().Enable(t.Context(), tokentest.Admin(), token.KindService, former.Token.ID); err != nil {
		t.Errorf("the token was ended: %v", err)
	}
}

func TestADisabledTokenCanBeEndedForGood(t *testing.T) {
	s := tokentest.Start(t)
	issued := s.Issue(platform, "ci", "catalog:read")
	if _, err := s.Authority().Disable(t.Context(), tokentest.Admin(), token.KindService, issued.Token.ID); err != nil {
		t.Fatal(err)
	}
	wantDone(t, revoke(t, s, issued.Secret.Reveal()))
	if _, err := s.Authority().Enable(t.Context(), tokentest.Admin(), token.KindService, issued.Token.ID); err == nil {
		t.Error("a revoked token was enabled")
	}
}

// PER-20: an access JWT ends by itself within minutes, or before when its holder
// says so.
func TestAnAccessJWTCanBeEndedByItself(t *testing.T) {
	s := tokentest.Start(t)
	leaked, other := s.UserToken("user:default/alice"), s.UserToken("user:default/alice")
	for range 2 { // the second time from the cache
		if got := introspect(t, s, leaked); !strings.HasPrefix(got.body, `{"active":true`) {
			t.Fatalf("the JWT is not good: %s", got.body)
		}
	}
	for range 2 {
		wantDone(t, revoke(t, s, leaked))
		wantInactive(t, introspect(t, s, leaked))
	}
	if got := introspect(t, s, other); !strings.HasPrefix(got.body, `{"active":true`) {
		t.Errorf("another JWT of the user ended too: %s", got.body)
	}
	if found := s.Entries(audit.Query{Actions: []audit.Action{audit.AccessTokenRevoked}}); len(found) != 1 {
		t.Errorf("the log has %d entries", len(found))
	}
}

func TestUnclearRevocationsAreRefused(t *testing.T) {
	s := tokentest.Start(t)
	raw := s.Issue(platform, "ci", "catalog:read").Secret.Reveal()
	for name, body := range map[string]string{
		"no token":            "token_type_hint=access_token",
		"the token twice":     "token=" + raw + "&token=x",
		"a semicolon":         "token=" + raw + ";x=1",
		"nothing":             "",
		"an empty token (C3)": "token=&token=" + raw,
	} {
		got := send(t, http.MethodPost, s.URL+"/oauth2/revoke", "", form, body)
		if got.status != http.StatusBadRequest || !strings.Contains(got.body, "invalid_request") {
			t.Errorf("%s: got %d %s", name, got.status, got.body)
		}
	}
	if got := send(t, http.MethodPost, s.URL+"/oauth2/revoke?token="+raw, "", form, "token="+raw); got.status != http.StatusBadRequest {
		t.Errorf("the token in the query: got %d", got.status)
	}
	if got := introspect(t, s, raw); !strings.HasPrefix(got.body, `{"active":true`) {
		t.Errorf("a refused revocation changed something: %s", got.body)
	}
}
