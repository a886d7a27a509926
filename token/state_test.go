package token_test

import (
	"errors"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

const window = 30 * 24 * time.Hour

func at(d time.Duration) time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).Add(d) }

// TestState is the rule "first match wins: revoked, expired, disabled,
// expiring, active", at the very instants where it changes.
func TestState(t *testing.T) {
	now := at(0)
	for _, tc := range []struct {
		name string
		t    token.Token
		want token.State
	}{
		{"far from its end", token.Token{ExpiresAt: at(window + time.Hour)}, token.StateActive},
		{"exactly the window left", token.Token{ExpiresAt: at(window)}, token.StateActive},
		{"a microsecond less", token.Token{ExpiresAt: at(window - time.Microsecond)}, token.StateExpiring},
		{"a microsecond left", token.Token{ExpiresAt: at(time.Microsecond)}, token.StateExpiring},
		{"at the instant of its expiry", token.Token{ExpiresAt: at(0)}, token.StateExpired},
		{"behind it", token.Token{ExpiresAt: at(-time.Hour)}, token.StateExpired},
		{"without an expiry", token.Token{}, token.StateExpired},
		{"disabled", token.Token{ExpiresAt: at(window * 2), DisabledAt: at(-1)}, token.StateDisabled},
		{"disabled and expiring", token.Token{ExpiresAt: at(1), DisabledAt: at(-1)}, token.StateDisabled},
		{"disabled and expired", token.Token{ExpiresAt: at(0), DisabledAt: at(-1)}, token.StateExpired},
		{"revoked", token.Token{ExpiresAt: at(window * 2), RevokedAt: at(-1)}, token.StateRevoked},
		{"revoked in the future", token.Token{ExpiresAt: at(window * 2), RevokedAt: at(1)}, token.StateRevoked},
		{"revoked and expired", token.Token{ExpiresAt: at(-1), RevokedAt: at(-1)}, token.StateRevoked},
		{"revoked and disabled", token.Token{ExpiresAt: at(window), DisabledAt: at(-1), RevokedAt: at(-1)}, token.StateRevoked},
	} {
		if got := tc.t.State(now, token.Notice{Window: window}); got != tc.want {
			t.Errorf("%s: %s, want %s", tc.name, got, tc.want)
		}
		good := tc.want == token.StateActive || tc.want == token.StateExpiring
		if err := tc.t.Check(now); (err == nil) != good {
			t.Errorf("%s: Check = %v", tc.name, err)
		}
		if got, want := tc.t.Usable(now), good || tc.want == token.StateDisabled; got != want {
			t.Errorf("%s: Usable = %v", tc.name, got)
		}
	}
}

func TestCheck(t *testing.T) {
	good := token.Token{ExpiresAt: at(time.Hour)}
	with := func(change func(*token.Token)) token.Token {
		changed := good
		change(&changed)
		return changed
	}
	for _, tc := range []struct {
		name string
		t    token.Token
		now  time.Time
		want error
	}{
		{"good", good, at(0), nil},
		{"a nanosecond before its expiry", good, at(time.Hour - 1), nil},
		{"at its expiry", good, at(time.Hour), token.ErrExpired},
		{"revoked", with(func(t *token.Token) { t.RevokedAt = at(0) }), at(0), token.ErrRevoked},
		{"disabled", with(func(t *token.Token) { t.DisabledAt = at(0) }), at(0), token.ErrDisabled},
		{"within the overlap", with(func(t *token.Token) { t.SecretEndsAt = at(2) }), at(1), nil},
		{"at the end of the overlap", with(func(t *token.Token) { t.SecretEndsAt = at(2) }), at(2), token.ErrRotated},
		{"an overlap past the expiry", with(func(t *token.Token) { t.SecretEndsAt = at(2 * time.Hour) }), at(time.Hour), token.ErrExpired},
		{"revoked tells before expired", with(func(t *token.Token) { t.RevokedAt = at(0) }), at(time.Hour), token.ErrRevoked},
		{"expired before disabled", with(func(t *token.Token) { t.DisabledAt = at(0) }), at(time.Hour), token.ErrExpired},
		{"disabled before rotated", with(func(t *token.Token) { t.DisabledAt, t.SecretEndsAt = at(0), at(0) }), at(0), token.ErrDisabled},
	} {
		if got := tc.t.Check(tc.now); !errors.Is(got, tc.want) {
			t.Errorf("%s: %v, want %v", tc.name, got, tc.want)
		}
	}
	if n := testing.AllocsPerRun(100, func() { _ = good.Check(at(0)) }); n != 0 {
		t.Errorf("Check makes %v allocations", n)
	}
}

// TestEndsAreAbsorbing: once a token was seen revoked or expired, no later
// instant finds it in another state.
func TestEndsAreAbsorbing(t *testing.T) {
	expiring := token.Token{ExpiresAt: at(time.Second)}
	revoked := token.Token{ExpiresAt: at(time.Second), RevokedAt: at(0)}
	for d := time.Second; d < 1000*time.Hour; d *= 2 {
		if got := expiring.State(at(d), token.Notice{Window: window}); got != token.StateExpired {
			t.Errorf("%v later: %s", d, got)
		}
		if got := revoked.State(at(d), token.Notice{Window: window}); got != token.StateRevoked {
			t.Errorf("%v later: %s", d, got)
		}
	}
}

func TestMarkCovers(t *testing.T) {
	mine := token.Token{
		Kind: token.KindService, Owner: "group:default/a", Workspace: "w", CreatedAt: at(0),
	}
	for _, tc := range []struct {
		name string
		mark token.Mark
		want bool
	}{
		{"everything issued till then", token.Mark{NotBefore: at(0)}, true},
		{"issued a microsecond later", token.Mark{NotBefore: at(-time.Microsecond)}, false},
		{"its owner", token.Mark{Owner: "group:default/a", NotBefore: at(0)}, true},
		{"another owner", token.Mark{Owner: "group:default/b", NotBefore: at(0)}, false},
		{"a prefix of its owner", token.Mark{Owner: "group:default/", NotBefore: at(0)}, false},
		{"its kind", token.Mark{Kind: token.KindService, NotBefore: at(0)}, true},
		{"another kind", token.Mark{Kind: token.KindUser, NotBefore: at(0)}, false},
		{"its workspace", token.Mark{Workspace: "w", NotBefore: at(0)}, true},
		{"another workspace", token.Mark{Workspace: "v", NotBefore: at(0)}, false},
		{"its owner, another kind", token.Mark{Owner: "group:default/a", Kind: token.KindUser, NotBefore: at(0)}, false},
		{"without an instant", token.Mark{}, false},
	} {
		if got := tc.mark.Covers(&mine); got != tc.want {
			t.Errorf("%s: %v", tc.name, got)
		}
	}
}
