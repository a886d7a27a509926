package postgres

import (
	"context"
	"database/sql"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Statements without rows wait until their outcome matters, and then travel
// together: BEGIN with the first of them, a query behind those before it, COMMIT
// with the last. What a change costs is mostly the trips to the server: so an
// issue and a revocation make two. An error is seen where the outcome is: at the
// number of rows, at the next query, or at the end of the transaction.

// mostWaiting bounds what is kept back.
const mostWaiting = 64

// ExecContext implements store.DBTX. The error of the statement may come
// later, from the result or from whatever the transaction does next.
func (t *transaction) ExecContext(_ context.Context, query string, args ...any) (sql.Result, error) {
	if t.failure != nil {
		return nil, t.failure
	}
	r := &result{t: t}
	t.waiting.Queue(query, args...).Exec(func(done pgconn.CommandTag) error {
		r.rows, r.known = done.RowsAffected(), true
		return nil
	})
	if t.waiting.Len() < mostWaiting {
		return r, nil
	}
	return r, t.send(t.ctx)
}

// PrepareContext implements store.DBTX.
func (t *transaction) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	if err := t.send(t.ctx); err != nil {
		return nil, err
	}
	return t.conn.PrepareContext(ctx, query)
}

// QueryContext implements store.DBTX.
func (t *transaction) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return t.answers.rows(ctx, t.ask(query, args))
}

// QueryRowContext implements store.DBTX.
func (t *transaction) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return t.answers.row(ctx, t.ask(query, args))
}

// ask sends a query behind what waits.
func (t *transaction) ask(query string, args []any) *answer {
	a := &answer{}
	if t.failure == nil {
		t.waiting.Queue(query, args...).Query(a.take)
		_ = t.send(t.ctx) // kept in t.failure
	}
	a.failure = t.failure
	return a
}

// send sends what waits and reads the outcomes. The first failure is final:
// the server skips what came behind it and refuses what comes later.
func (t *transaction) send(ctx context.Context) error {
	if t.failure != nil || t.waiting.Len() == 0 {
		return t.failure
	}
	batch := t.waiting
	t.waiting, t.sent = &pgx.Batch{}, true
	t.failure = on(ctx, t.conn, func(ctx context.Context, conn *pgx.Conn) error {
		return conn.SendBatch(ctx, batch).Close()
	})
	return t.failure
}

// result is the outcome of a statement that may not have left yet.
type result struct {
	t     *transaction
	rows  int64
	known bool
}

// RowsAffected implements sql.Result.
func (r *result) RowsAffected() (int64, error) {
	if !r.known {
		if err := r.t.send(r.t.ctx); err != nil {
			return 0, err
		}
	}
	return r.rows, nil
}

// LastInsertId implements sql.Result. PostgreSQL has none.
func (r *result) LastInsertId() (int64, error) {
	return 0, errors.New("store/postgres: there is no last inserted id")
}
