package postgres_test

import (
	"context"
	"crypto/sha256"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/store"
	"github.com/tokenwright/tokenwright/store/postgres"
	"github.com/tokenwright/tokenwright/token"
)

// unsigned stands in for the keys of a log.
type unsigned struct{}

// Seal implements audit.Sealer.
func (unsigned) Seal(text string, _ []token.KeyRecord) ([]byte, error) { return []byte(text), nil }

// Other nodes hear of a revocation once its entry has a position. Whoever
// settles, for however long, does not hold that up.
func TestEntriesGetTheirPositionsWhileTokensAreSettled(t *testing.T) {
	address := migrated(t, pgtest.Start(t))
	s, err := postgres.Open(t.Context(), address, postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	const many = 100 // more than wait before they are settled
	fillWith(t, s, many)

	other, _ := node(t, address, postgres.Options{})
	held, release, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		done <- other.Write(context.WithoutCancel(t.Context()), func(ctx context.Context, tx store.DBTX) error {
			err := put(ctx, tx, "counters") // the turn of those who settle
			close(held)
			<-release
			return err
		})
	}()
	<-held
	n, err := s.Sequence(t.Context(), unsigned{}, 2*many)
	close(release)
	if err != nil || n != many {
		t.Errorf("%d entries have a position, want %d: %v", n, many, err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	if err := s.Settle(t.Context()); err != nil {
		t.Error(err)
	}
}

// fillWith names the log of a store and issues n tokens.
func fillWith(t *testing.T, s *store.Store, n int) {
	t.Helper()
	if err := s.NameLog(t.Context(), "settle.example/log"); err != nil {
		t.Fatal(err)
	}
	by, now := token.Principal{Type: token.PrincipalUser, Ref: "user:default/admin"}, time.Now().UTC().Truncate(time.Microsecond)
	for range n {
		id := token.NewID()
		one := token.Token{
			ID: id, Family: token.FamilyID(id), Kind: token.KindService, Name: id, Owner: "group:default/platform",
			Subject: token.ServiceSubject("group:default/platform", id), CreatedBy: by.Ref, CreatedAt: now, ExpiresAt: now.Add(time.Hour),
		}
		issue := token.New{Token: one, Digest: sha256.Sum256([]byte(id)), Limits: token.Limits{Reuse: token.ReuseNever}}
		if err := s.CreateToken(t.Context(), issue, audit.NewEntry(audit.TokenIssued, by, now).About(one)); err != nil {
			t.Fatal(err)
		}
	}
}
