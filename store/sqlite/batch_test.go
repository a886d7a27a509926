package sqlite_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/store"
	"github.com/tokenwright/tokenwright/token"
)

const batchOrigin = "batch.example/log"

// sealing is a sealer that does what a test wants while the writer waits.
type sealing func(text string) ([]byte, error)

func (s sealing) Seal(text string, _ []token.KeyRecord) ([]byte, error) { return s(text) }

// queueing is a context that tells when the writer has taken its change into
// the queue: it is asked for its end once before, and once after.
type queueing struct {
	context.Context

	asked chan struct{}
}

func (q queueing) Done() <-chan struct{} {
	q.asked <- struct{}{}
	return q.Context.Done()
}

// queued begins a change and waits until it stands in the writer's queue.
func queued(t *testing.T, change func(ctx context.Context) error) <-chan error {
	t.Helper()
	ctx, answer := queueing{t.Context(), make(chan struct{})}, make(chan error, 1)
	go func() { answer <- change(ctx) }()
	for range 2 {
		<-ctx.asked
	}
	return answer
}

// TestARefusalThatRestsOnAnUndoneChangeIsUnavailable: two revocations of one
// token and a change that ends the batch are committed together. Nothing was
// kept, so the second revocation must not be told that the token is revoked
// already: it would be answered as a success (C-13).
func TestARefusalThatRestsOnAnUndoneChangeIsUnavailable(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "tokens.db"))
	must(t, s.NameLog(t.Context(), batchOrigin))
	id := issueForBatch(t, s)

	release := holdWriter(t, s)
	revoke := func(ctx context.Context) error {
		now := time.Now()
		_, err := s.RevokeToken(ctx, token.Revocation{TokenID: id, By: "user:default/admin", At: now},
			audit.NewEntry(audit.TokenRevoked, token.Principal{}, now))
		return err
	}
	first := queued(t, revoke)
	second := queued(t, revoke)
	third := queued(t, func(ctx context.Context) error {
		_, err := s.Sequence(ctx, sealing(func(string) ([]byte, error) { return nil, driver.ErrBadConn }), 100)
		return err
	})
	release()

	for i, answer := range []<-chan error{first, second, third} {
		if err := <-answer; !errors.Is(err, token.ErrUnavailable) {
			t.Errorf("change %d of a batch that was undone: %v, want %v", i, err, token.ErrUnavailable)
		}
	}
	found, err := s.FindToken(t.Context(), id)
	must(t, err)
	if !found.RevokedAt.IsZero() {
		t.Fatal("the batch was kept")
	}
	must(t, revoke(t.Context()))
}

// issueForBatch stores a token, and leaves an entry for the sequencer.
func issueForBatch(t *testing.T, s *store.Store) (id string) {
	t.Helper()
	now := time.Now()
	n := token.New{Token: token.Token{
		ID: token.NewID(), Kind: token.KindService, Name: "leaked", Owner: "group:default/platform",
		Subject: "service-token:group:default/platform:leaked", CreatedAt: now, ExpiresAt: now.Add(time.Hour),
	}}
	must(t, s.CreateToken(t.Context(), n, audit.NewEntry(audit.TokenIssued, token.Principal{}, now)))
	return n.Token.ID
}

// holdWriter keeps the writer busy until release is called, so that what is
// queued meanwhile is committed together.
func holdWriter(t *testing.T, s *store.Store) (release func()) {
	t.Helper()
	busy, goOn, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		_, err := s.Sequence(t.Context(), sealing(func(string) ([]byte, error) {
			close(busy)
			<-goOn
			// Left pending, for the change that ends the batch.
			return nil, errors.New("not now")
		}), 100)
		done <- err
	}()
	<-busy
	return func() {
		close(goOn)
		if err := <-done; err == nil {
			t.Error("the entry was sequenced")
		}
	}
}
