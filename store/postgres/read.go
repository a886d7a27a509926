package postgres

import (
	"context"
	"database/sql"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tokenwright/tokenwright/store"
)

// reader is the pool for reads, with a deadline on each: waiting for a
// connection, asking and reading the rows count together.
type reader struct {
	db      *sql.DB
	answers answers
	limit   time.Duration // how long a read may take
}

// Reader gives the pool for reads, which cannot write.
func (b *backend) Reader() store.DBTX { return b.reads }

// ExecContext implements store.DBTX.
func (r *reader) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	ctx, cancel := r.bounded(ctx)
	defer cancel()
	return r.db.ExecContext(ctx, query, args...)
}

// PrepareContext implements store.DBTX.
func (r *reader) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	ctx, cancel := r.bounded(ctx)
	defer cancel()
	return r.db.PrepareContext(ctx, query) //nolint:sqlclosecheck // whoever asked for it closes it
}

// QueryContext implements store.DBTX.
func (r *reader) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return r.answers.rows(ctx, r.ask(ctx, query, args))
}

// QueryRowContext implements store.DBTX.
func (r *reader) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return r.answers.row(ctx, r.ask(ctx, query, args))
}

// ask asks on a connection of the pool and takes the whole answer. A connection
// that turns out to be dead before anything was sent is replaced once by another,
// as package database/sql does: those of a server that was restarted would
// otherwise fail one read each.
func (r *reader) ask(ctx context.Context, query string, args []any) *answer {
	ctx, cancel := r.bounded(ctx)
	defer cancel()
	a := r.once(ctx, query, args)
	if a.failure != nil && pgconn.SafeToRetry(a.failure) && ctx.Err() == nil {
		a = r.once(ctx, query, args)
	}
	return a
}

// once asks on one connection.
func (r *reader) once(ctx context.Context, query string, args []any) *answer {
	a := &answer{}
	conn, err := r.db.Conn(ctx)
	if err != nil {
		a.failure = err
		return a
	}
	a.failure = on(ctx, conn, func(ctx context.Context, conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		return a.take(rows)
	})
	_ = conn.Close() // a broken connection leaves the pool
	return a
}

// bounded puts the deadline in the place of ctx's end, unless ctx has ended or
// its own deadline is earlier. A client that hangs up ends no read: see the
// package comment.
func (r *reader) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	if ctx.Err() != nil {
		return ctx, func() {}
	}
	deadline := time.Now().Add(r.limit)
	if ends, ok := ctx.Deadline(); ok && ends.Before(deadline) {
		deadline = ends
	}
	return context.WithDeadline(context.WithoutCancel(ctx), deadline)
}
