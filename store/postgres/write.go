package postgres

import (
	"context"
	"database/sql"
	"errors"
	"math/rand/v2"
	"strconv"
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
func (b *backend) Write(ctx context.Context, do change) error { return b.write(ctx, b.deadline, do) }

// WriteLong implements store.Backend. The limits of the connections, which are
// those of Write, are lifted inside the transaction.
func (b *backend) WriteLong(ctx context.Context, atMost time.Duration, do change) error {
	limit := strconv.FormatInt(atMost.Milliseconds(), 10)
	return b.write(ctx, atMost, func(ctx context.Context, tx store.DBTX) error {
		for _, setting := range []string{"statement_timeout", "lock_timeout"} {
			if _, err := tx.ExecContext(ctx, "SET LOCAL "+setting+" = "+limit); err != nil {
				return err
			}
		}
		return do(ctx, tx)
	})
}

// write runs a change and repeats it as long as that helps and the time is not over.
func (b *backend) write(ctx context.Context, atMost time.Duration, do change) error {
	if err := b.queue.enter(); err != nil {
		return err
	}
	defer b.queue.leave()
	detached, cancel := context.WithTimeout(context.WithoutCancel(ctx), atMost)
	defer cancel()
	cut := 0
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		verdict, err := b.attempt(ctx, detached, do)
		switch {
		case verdict == final, detached.Err() != nil:
			return err
		case verdict == cutOff:
			if cut++; cut > b.poolSize {
				return err
			}
			continue // with a connection that was not idle when it was cut
		}
		select {
		case <-time.After(rand.N(pause)): //nolint:gosec // spreads retries, keeps no secret
		case <-detached.Done():
			return token.Unavailable(err)
		}
	}
}

// verdict says what an attempt leaves to do.
type verdict int

const (
	final    verdict = iota // it succeeded, failed for good, or nobody knows
	collided                // the database rolled it back and asks to repeat it
	cutOff                  // the connection broke before COMMIT
)

// attempt runs the change once. An error of the change comes back as it is,
// one of the transaction with its meaning.
func (b *backend) attempt(ctx, detached context.Context, do change) (verdict, error) {
	conn, err := b.connection(ctx, detached)
	if err != nil {
		return final, meaningOf(err)
	}
	tx := newTransaction(detached, conn, b.answers)
	defer tx.end()
	err = do(detached, tx)
	if err == nil {
		err = meaningOf(tx.commit(ctx))
	} else if tx.failure != nil && !errors.Is(err, tx.failure) {
		err = meaningOf(tx.failure) // what the change ran into, not what followed from it
	}
	switch {
	case mayPassIfRepeated(err):
		return collided, err
	case err != nil && !tx.ended && tx.broken():
		return cutOff, err
	}
	return final, err
}

// connection waits for a connection of the pool for as long as the caller
// does.
func (b *backend) connection(ctx, detached context.Context) (*sql.Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	waiting, cancel := context.WithCancel(detached)
	defer cancel()
	defer context.AfterFunc(ctx, cancel)()
	return b.writes.Conn(waiting)
}
