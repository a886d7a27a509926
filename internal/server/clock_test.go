package server_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/server"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
	"github.com/tokenwright/tokenwright/verify"
)

// Row K-10: more than five minutes backward gives not ready and an alarm.
func TestAClockThatWasSetBackMakesTheNodeNotReady(t *testing.T) {
	clock := tokentest.NewClock(time.Time{})
	s := tokentest.Start(t, tokentest.WithClock(clock))
	clock.Advance(time.Hour)
	s.WaitReady() // a clock that runs forward; the log has to be heard again
	clock.Advance(-5 * time.Minute)
	if status := get(t, s, "/readyz", ""); status != http.StatusOK {
		t.Errorf("five minutes back: %d", status)
	}
	clock.Advance(-time.Second)
	if status := get(t, s, "/readyz", ""); status != http.StatusServiceUnavailable {
		t.Errorf("more than five minutes back: %d", status)
	}
	until(t, 5*time.Second, "the log has the alarm", func() bool {
		return strings.Contains(s.Logs(), `level=ERROR msg="the clock was set back"`)
	})
	clock.Advance(time.Second)
	if status := get(t, s, "/readyz", ""); status != http.StatusOK {
		t.Errorf("corrected: %d", status)
	}
	until(t, 5*time.Second, "the log has its end", func() bool {
		return strings.Contains(s.Logs(), "the clock has caught up")
	})
}

// Row K-10: expired stays expired over a restart with a clock that was set back,
// unless the operator says that the present time is right.
func TestExpiredStaysExpiredOverARestart(t *testing.T) {
	clock := tokentest.NewClock(time.Time{})
	issuedAt := clock.Now()
	before := tokentest.Start(t, tokentest.WithClock(clock), tokentest.WithConfig("kinds: {service: {max_lifetime: 1d}}"))
	issued := before.Issue("group:default/platform", "short", "catalog:read")
	clock.Advance(24 * time.Hour)
	before.Issue("group:default/platform", "later", "catalog:read") // the log knows the time
	if err := before.Stop(); err != nil {
		t.Fatal(err)
	}
	for trust, want := range map[bool]error{false: token.ErrExpired, true: nil} {
		cfg := configure(t, map[string]string{"data": before.Data})
		cfg.Verify.TrustClock = trust
		after, err := server.New(t.Context(), cfg, server.Options{
			Clock: func() time.Time { return issuedAt.Add(time.Hour) }, Log: slog.New(slog.DiscardHandler),
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := after.Verifier().Verify(t.Context(), issued.Secret.Reveal(), verify.Expect{}); !errors.Is(err, want) {
			t.Errorf("trust_clock %v: %v, want %v", trust, err, want)
		}
		ended, end := context.WithCancel(t.Context())
		end()
		if err := after.Serve(ended); err != nil {
			t.Error(err)
		}
	}
}
