package server_test

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/internal/server"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
	"github.com/tokenwright/tokenwright/verify"
)

// No store has a record of an access JWT: a mass revocation is all that says it
// is not good any more, and must be known before the first request is answered.
func TestAnAccessTokenThatWasRevokedStaysSoFromTheFirstMomentOfARestart(t *testing.T) {
	before := tokentest.Start(t, tokentest.WithPublicURL("http://127.0.0.1:7080"))
	alice := before.UserToken("user:default/alice")
	before.RevokeOwner("user:default/alice")
	if err := before.Stop(); err != nil {
		t.Fatal(err)
	}
	after, err := server.New(t.Context(), configure(t, map[string]string{
		"data": before.Data, "public-url": "http://127.0.0.1:7080",
	}), server.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := after.Verifier().Verify(t.Context(), alice, verify.Expect{}); !errors.Is(err, token.ErrRevoked) {
		t.Errorf("before anything was served: %v", err)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if err := after.Serve(ended); err != nil {
		t.Error(err)
	}
}

// Rows C-04 and E-04: what a node does not hear it reads from the store.
func TestANodeThatCannotReadTheLogStillLearnsOfRolesAndMassRevocations(t *testing.T) {
	const sharedURL = "http://127.0.0.1:7080"
	url := database(t, pgtest.Start(t))
	a, b := twoNodes(t, url, url, tokentest.WithPublicURL(sharedURL), tokentest.WithConfig("verify: {lease: 1s}"))
	const list = "/api/access-tokens/service"
	local(t, a, "POST", "/api/admin/v1/roles/grant", `{"ref":"user:default/alice","role":"auditor"}`)
	alice, bob := a.UserToken("user:default/alice"), a.UserToken("user:default/bob")
	until(t, 2*time.Second, "the role counts", func() bool { return get(t, b, list, alice) == http.StatusOK })

	spoilLog(t, url)
	b.WaitStatus("/readyz", http.StatusServiceUnavailable)
	local(t, a, "POST", "/api/admin/v1/roles/withdraw", `{"ref":"user:default/alice","role":"auditor"}`)
	a.RevokeOwner("user:default/bob")
	until(t, 5*time.Second, "the withdrawn role counts no more", func() bool { return get(t, b, list, alice) == http.StatusForbidden })
	until(t, 5*time.Second, "the revoked JWT is refused", func() bool { return get(t, b, list, bob) == http.StatusUnauthorized })
}

// spoilLog makes the head of the log unreadable.
func spoilLog(t *testing.T, url string) {
	t.Helper()
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), `UPDATE log_head SET root = '\x00'`); err != nil {
		t.Fatal(err)
	}
}

// Row I-07: looking at the store is a write, and strangers may ask for it.
func TestAskingWhetherTheNodeIsReadyDoesNotWriteEachTime(t *testing.T) {
	url := database(t, pgtest.Start(t))
	s := tokentest.Start(t, tokentest.WithDatabase(url))
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	looks := func() (n int) {
		t.Helper()
		if err := db.QueryRowContext(t.Context(), `SELECT taken FROM turns WHERE name = 'ping'`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before, began := looks(), time.Now()
	const asked = 200
	for range asked {
		if status := get(t, s, "/readyz", ""); status != http.StatusOK {
			t.Fatalf("not ready: %d", status)
		}
	}
	if most := int(time.Since(began)/(250*time.Millisecond)) + 1; looks()-before > most {
		t.Errorf("%d questions were %d writes, want at most %d", asked, looks()-before, most)
	}
}
