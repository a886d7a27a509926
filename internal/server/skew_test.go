package server_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/internal/server"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
)

// startAt starts a server by a clock that is apart from the right one, and ends
// it.
func startAt(t *testing.T, url string, apart time.Duration) error {
	t.Helper()
	cfg := configure(t, map[string]string{"data": newData(t), "database": url})
	s, err := server.New(t.Context(), cfg, server.Options{
		Clock: func() time.Time { return time.Now().Add(apart) }, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return err
	}
	ended, end := context.WithCancel(t.Context())
	end()
	return s.Serve(ended)
}

// Row K-10: the clock of a shared database is that of all nodes.
func TestANodeWhoseClockIsFarFromTheDatabasesDoesNotStart(t *testing.T) {
	url := database(t, pgtest.Start(t))
	for _, apart := range []time.Duration{6 * time.Minute, -6 * time.Minute} {
		err := startAt(t, url, apart)
		if err == nil || !strings.Contains(err.Error(), "more than 5m0s apart") || !strings.Contains(err.Error(), "NTP") {
			t.Errorf("%s apart: %v", apart, err)
		}
	}
	if err := startAt(t, "sqlite:"+newData(t)+".db", 6*time.Minute); err != nil {
		t.Errorf("SQLite has the clock of the host: %v", err)
	}
}

// An entry of the future, written by a clock that went wrong, keeps no node of a
// shared database from serving.
func TestAnEntryOfTheFutureKeepsNoRestartedNodeFromServing(t *testing.T) {
	url := database(t, pgtest.Start(t))
	clock := tokentest.NewClock(time.Time{})
	wrong := tokentest.Start(t, tokentest.WithDatabase(url), tokentest.WithClock(clock))
	clock.Advance(400 * 24 * time.Hour)
	wrong.Issue("group:default/platform", "of-the-future", "catalog:read")
	if err := wrong.Stop(); err != nil {
		t.Fatal(err)
	}
	right := tokentest.Start(t, tokentest.WithDatabase(url), tokentest.WithKeyOf(wrong))
	if status := get(t, right, "/readyz", ""); status != http.StatusOK {
		t.Errorf("/readyz: %d", status)
	}
	if behind := right.Verifier().Behind(); behind > time.Second {
		t.Errorf("it counts itself as %s behind", behind)
	}
}

// SQLite has no other clock to ask, so the alarm says what the operator can do.
func TestTheAlarmOfAClockThatIsBehindSaysHowToMendIt(t *testing.T) {
	clock := tokentest.NewClock(time.Time{})
	s := tokentest.Start(t, tokentest.WithClock(clock))
	clock.Advance(time.Hour)
	s.WaitReady()
	clock.Advance(-time.Hour)
	until(t, 5*time.Second, "the alarm names the setting", func() bool {
		return strings.Contains(s.Logs(), "if it is right now and ran ahead before, start this node again with verify.trust_clock set to true")
	})
}

// Row K-10: the verbs judge expiries by the clock that goes forward alone.
func TestAnExpiredTokenIsNotRotatedBackToLifeByAClockThatIsSetBack(t *testing.T) {
	clock := tokentest.NewClock(time.Time{})
	s := tokentest.Start(t, tokentest.WithClock(clock), tokentest.WithConfig("kinds: {service: {max_lifetime: 1d}}"))
	issued := s.Issue("group:default/platform", "short", "catalog:read")
	clock.Advance(24 * time.Hour)
	s.Verifier().Behind() // it sees that time
	clock.Advance(-24 * time.Hour)
	_, err := s.Authority().Rotate(t.Context(), tokentest.Admin(), authority.RotateRequest{Kind: issued.Token.Kind, TokenID: issued.Token.ID})
	if !errors.Is(err, token.ErrHasExpired) {
		t.Errorf("rotated: %v", err)
	}
}
