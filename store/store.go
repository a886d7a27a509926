package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/store/internal/db"
	"github.com/tokenwright/tokenwright/token"
)

// Store keeps tokens, the log, the directory and keys. It is safe for
// concurrent use. store/sqlite and store/postgres make one.
type Store struct {
	backend  Backend
	bell     *Bell
	searches slots        // searches by text that run
	long     atomic.Int32 // changes that may take long, under way
}

// New puts the shared queries on a back end. The back end may ring the bell
// when it hears of another node's commit.
func New(backend Backend, bell *Bell) *Store {
	return &Store{backend: backend, bell: bell, searches: make(slots, maxSearches)}
}

// Close finishes what is being written and lets the database go.
func (s *Store) Close() error { return s.backend.Close() }

// Watch listens for commits and newly sequenced entries from now on.
func (s *Store) Watch() *Watch { return s.bell.Watch() }

// Wait returns when somebody may have committed or sequenced something, and
// after one second at the latest; ctx's error when that ends first. A loop
// that must not miss a wake-up between two waits uses Watch.
func (s *Store) Wait(ctx context.Context) error { return s.bell.Watch().Wait(ctx) }

// ErrBusy says that the store is well, and that a change waits behind a long one. It
// comes with token.ErrUnavailable.
var ErrBusy = errors.New("store: changes wait until an import has been made good")

// behindLong is how long a look at the store waits behind a long change.
const behindLong = 100 * time.Millisecond

// Ping reports whether the store can be read and written to: it reads the
// head of the log and commits a row. Where that waits behind a long change of this
// process it is ErrBusy, soon.
func (s *Store) Ping(ctx context.Context) error {
	if _, err := s.Head(ctx); err != nil {
		return err
	}
	if s.long.Load() > 0 {
		var end context.CancelFunc
		ctx, end = context.WithTimeout(ctx, behindLong)
		defer end()
	}
	err := s.backend.Write(ctx, func(ctx context.Context, tx DBTX) error {
		return takeTurn(ctx, on(tx), "ping")
	})
	if errors.Is(err, context.DeadlineExceeded) && s.long.Load() > 0 {
		return token.Unavailable(fmt.Errorf("%w: %w", ErrBusy, err))
	}
	return s.explain("ping", err)
}

// queries are the generated queries, and what the others run on.
type queries struct {
	*db.Queries
	DBTX
}

func on(tx DBTX) queries { return queries{db.New(tx), tx} }

// queries gives the queries on committed data.
func (s *Store) queries() queries { return on(s.backend.Reader()) }

// write runs a change in one transaction and wakes the waiters after it. what
// names the change in errors.
func (s *Store) write(ctx context.Context, what string, change func(ctx context.Context, q queries) error) error {
	err := s.backend.Write(ctx, func(ctx context.Context, tx DBTX) error { return change(ctx, on(tx)) })
	if err == nil {
		s.bell.Ring()
	}
	return s.explain(what, err)
}

// writeLong is write for a change that may take so long.
func (s *Store) writeLong(ctx context.Context, what string, atMost time.Duration, change func(ctx context.Context, q queries) error) error {
	s.long.Add(1)
	defer s.long.Add(-1)
	err := s.backend.WriteLong(ctx, atMost, func(ctx context.Context, tx DBTX) error { return change(ctx, on(tx)) })
	if err == nil {
		s.bell.Ring()
	}
	return s.explain(what, err)
}

// record is write with an entry, which is the last thing the transaction does.
func (s *Store) record(ctx context.Context, e audit.Entry, change func(ctx context.Context, q queries) error) error {
	return s.write(ctx, string(e.Action), func(ctx context.Context, q queries) error {
		if err := change(ctx, q); err != nil {
			return err
		}
		return appendEntry(ctx, q, e)
	})
}

// errUnchanged ends a change that finds nothing to do: no write, no entry.
var errUnchanged = errors.New("unchanged")

// explain gives an error its meaning where it leaves the package. Errors that
// have one are left as they are.
func (s *Store) explain(what string, err error) error {
	switch {
	case err == nil, errors.Is(err, errUnchanged):
		return nil
	case errors.Is(err, sql.ErrNoRows):
		return token.ErrNotFound
	}
	if hasMeaning(err) {
		return err
	}
	err = fmt.Errorf("store: %s: %w", what, s.backend.Map(err))
	if !hasMeaning(err) {
		// Whatever went wrong, the answer is not known: a closed database,
		// which the driver only tells by its text, as much as a fault here.
		return token.Unavailable(err)
	}
	return err
}

func hasMeaning(err error) bool {
	return slices.ContainsFunc(token.Meanings(), func(meaning error) bool { return errors.Is(err, meaning) })
}
