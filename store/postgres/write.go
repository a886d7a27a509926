package postgres

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/tokenwright/tokenwright/store"
	"github.com/tokenwright/tokenwright/token"
)

// Pauses before a change runs again grow from the first to the last of these.
// They are random within that, or two changes that collided would collide
// again.
const (
	firstPause = 2 * time.Millisecond
	lastPause  = 200 * time.Millisecond
)

// change is what runs inside a transaction.
type change = func(ctx context.Context, tx store.DBTX) error

// Write implements store.Backend. The change runs under a context that keeps
// ctx's values and not its end: a client that hangs up must not decide how far
// a mutation gets (T-19).
func (b *backend) Write(ctx context.Context, do change) error {
	if err := b.queue.enter(); err != nil {
		return err
	}
	defer b.queue.leave()
	detached, cancel := context.WithTimeout(context.WithoutCancel(ctx), b.deadline)
	defer cancel()
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		err := b.attempt(ctx, detached, do)
		if !mayPassIfRepeated(err) {
			return err
		}
		select {
		case <-time.After(rand.N(pause)): //nolint:gosec // spreads retries, keeps no secret
		case <-detached.Done():
			return token.Unavailable(err)
		}
	}
}

// attempt runs the change once. An error of the change comes back as it is,
// one of BEGIN or COMMIT with its meaning.
func (b *backend) attempt(ctx, detached context.Context, do change) error {
	tx, err := b.begin(ctx, detached)
	if err != nil {
		return meaningOf(err)
	}
	defer tx.abandon()
	if err := do(detached, tx.conn); err != nil {
		tx.rollback(detached)
		return err
	}
	return meaningOf(tx.commit(ctx, detached))
}

// begin waits for a connection for as long as the caller does, and starts a
// transaction. A connection of the pool may have been cut since its last use;
// before BEGIN nothing has happened, so another one is taken.
func (b *backend) begin(ctx, detached context.Context) (*transaction, error) {
	waiting, cancel := context.WithCancel(detached)
	defer cancel()
	defer context.AfterFunc(ctx, cancel)()
	for cut := 0; ; cut++ {
		conn, err := b.writes.Conn(waiting)
		if err != nil {
			return nil, err
		}
		tx := &transaction{conn: conn}
		err = tx.run(detached, "BEGIN")
		if err == nil {
			return tx, nil
		}
		retry := tx.broken() && cut < b.poolSize && waiting.Err() == nil
		tx.abandon()
		if !retry {
			return nil, err
		}
	}
}
