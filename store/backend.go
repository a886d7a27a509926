package store

import (
	"context"
	"database/sql"
	"time"
)

// DBTX runs queries: a pool, a connection or a transaction. It is what the
// generated queries ask for.
type DBTX interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Backend is what differs between databases. The queries, and everything that
// is decided inside a transaction, are shared.
type Backend interface {
	// Reader reads committed rows outside any transaction of Write. On a
	// replicated database it reads the primary (standing rule 7).
	Reader() DBTX

	Writer

	// Map gives a driver's error its meaning, by code and never by text:
	// token.ErrUnavailable for whatever may pass or be mended (connection,
	// time-out, full disk, failed or corrupt file, end of a context),
	// token.ErrExists for a unique violation. Any other error is a fault of
	// the program and comes back unchanged.
	Map(err error) error

	// Notify wakes the other nodes once tx commits. It is a wake-up only:
	// losing one costs time and nothing else.
	Notify(ctx context.Context, tx DBTX) error

	// Close ends the back end; open transactions are finished first.
	Close() error
}

// Writer runs changes, each in one transaction.
type Writer interface {
	// Write runs change in one transaction and returns after its commit is
	// durable. An error of change rolls back and is returned as it is.
	//
	// change may be run again from its beginning when the database asks for
	// that (serialisation failure, deadlock), so it does nothing but use tx.
	// Once change has begun it is not interrupted by ctx; the context that
	// it is given carries ctx's values alone. A commit in flight is never
	// cancelled (standing rule 8): when ctx ends while the outcome is open,
	// the error wraps token.ErrUnavailable and the change may have happened.
	//
	// The isolation is at least READ COMMITTED. Where that is not enough the
	// shared code takes a turn (see turn.go) and reads afterwards.
	Write(ctx context.Context, change func(ctx context.Context, tx DBTX) error) error

	// WriteLong is Write for a change that takes longer, at most so long, after
	// which it is undone: it shares its commit with no other. Where one change is made at a time, the
	// others wait meanwhile as long as they do for anything, and are then
	// token.ErrUnavailable.
	WriteLong(ctx context.Context, atMost time.Duration, change func(ctx context.Context, tx DBTX) error) error
}
