package postgres

import (
	"context"
	"database/sql"
	"time"
)

// reader is the pool for reads, with a deadline on each: waiting for a
// connection, asking and reading the rows count together.
type reader struct {
	db       *sql.DB
	deadline time.Duration
}

func (r reader) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return r.db.ExecContext(r.limit(ctx), query, args...)
}

func (r reader) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	return r.db.PrepareContext(r.limit(ctx), query)
}

func (r reader) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return r.db.QueryContext(r.limit(ctx), query, args...)
}

func (r reader) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return r.db.QueryRowContext(r.limit(ctx), query, args...)
}

// limit puts the deadline on a context that has none as early. The rows of a
// query outlive the call that asked for them and nothing tells of their end,
// so the timer is left to run out; callers on a hot path bring a deadline of
// their own and pay nothing here.
func (r reader) limit(ctx context.Context) context.Context {
	if ends, ok := ctx.Deadline(); ok && time.Until(ends) <= r.deadline {
		return ctx
	}
	limited, cancel := context.WithTimeout(ctx, r.deadline)
	context.AfterFunc(limited, cancel)
	return limited
}
