package postgres

import (
	"context"
	"database/sql"
	"sync/atomic"
	"time"

	"github.com/tokenwright/tokenwright/store"
)

// reader is the pool for reads, with a deadline on each: waiting for a
// connection, asking and reading the rows count together.
type reader struct {
	db *sql.DB
	// limit is how long a read may take. Deadlines are made for all reads
	// of a sixteenth of it together, and a read may end that much earlier.
	limit  time.Duration
	window atomic.Pointer[window]
}

// Reader gives the pool for reads, which cannot write.
func (b *backend) Reader() store.DBTX { return b.reads }

// ExecContext implements store.DBTX.
func (r *reader) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return r.db.ExecContext(r.bounded(ctx), query, args...)
}

// PrepareContext implements store.DBTX.
func (r *reader) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	return r.db.PrepareContext(r.bounded(ctx), query)
}

// QueryContext implements store.DBTX.
func (r *reader) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return r.db.QueryContext(r.bounded(ctx), query, args...)
}

// QueryRowContext implements store.DBTX.
func (r *reader) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return r.db.QueryRowContext(r.bounded(ctx), query, args...)
}

// bounded puts the deadline in the place of ctx's end, unless that is certain
// to come earlier. It takes the place: the driver gives up a connection whose
// query is cancelled, and clients that hang up in the middle of their requests
// could make a node connect anew all the time.
func (r *reader) bounded(ctx context.Context) context.Context {
	now := time.Now()
	if ends, ok := ctx.Deadline(); ctx.Err() != nil || ok && ends.Sub(now) <= r.limit {
		return ctx
	}
	w := r.window.Load()
	if w == nil || now.After(w.closes) {
		w = &window{closes: now.Add(r.limit / 16)}
		w.ctx, w.cancel = context.WithTimeout(context.Background(), r.limit)
		r.window.Store(w)
	}
	return read{w.ctx, ctx}
}

// close ends the reads that still run.
func (r *reader) close() error {
	if w := r.window.Load(); w != nil {
		w.cancel()
	}
	return r.db.Close()
}

// window is the deadline of all reads that begin within a short time. A timer
// of its own for each would stay behind when the read is done: nothing tells
// when the rows of a query have been read.
type window struct {
	ctx    context.Context
	cancel context.CancelFunc
	closes time.Time
}

// read is a context that ends with its window and has the values of its
// caller.
type read struct {
	context.Context

	caller context.Context
}

// Value implements context.Context. The window comes first: it has no values
// but the one by which package context finds out who ends whom.
func (r read) Value(key any) any {
	if v := r.Context.Value(key); v != nil {
		return v
	}
	return r.caller.Value(key)
}
