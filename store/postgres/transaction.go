package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// transaction is one on a connection that it has to itself. It is not a
// sql.Tx: that one ends its COMMIT together with the context of its BEGIN, and
// tells the server to cancel it. It is for one goroutine.
type transaction struct {
	ctx     context.Context // bounds the transaction up to its COMMIT
	conn    *sql.Conn
	answers answers
	waiting *pgx.Batch // statements that travel with the next one; see pipeline.go
	sent    bool       // BEGIN has left
	failure error      // of statements that travelled together
	ended   bool       // the connection was given back, or to the commit
}

func newTransaction(ctx context.Context, conn *sql.Conn, rows answers) *transaction {
	t := &transaction{ctx: ctx, conn: conn, answers: rows, waiting: &pgx.Batch{}}
	t.waiting.Queue("BEGIN")
	return t
}

var (
	// errOpen says that a commit is on its way and has not been heard of.
	errOpen = errors.New("the commit is not confirmed yet")
	// errFailedInside says that a change went on after a statement had
	// failed, as if it had not. PostgreSQL answers COMMIT with a rollback
	// then, and no error.
	errFailedInside = errors.New("store/postgres: a statement of the transaction failed and the change reported none")
)

// commit sends COMMIT and waits for the outcome, but not beyond the end of the
// caller's context or the transaction's. COMMIT itself is bound to none: see
// the package comment. The connection goes back to the pool when the server
// has answered.
//
// COMMIT does not travel with BEGIN: that the connection was cut while it was
// idle is found out while the outcome cannot be in doubt yet.
func (t *transaction) commit(ctx context.Context) error {
	if !t.sent {
		if err := t.send(t.ctx); err != nil {
			return err
		}
	}
	t.waiting.Queue("COMMIT").Exec(func(done pgconn.CommandTag) error {
		if done.String() != "COMMIT" {
			return errFailedInside
		}
		return nil
	})
	t.ended = true
	outcome := make(chan error, 1)
	go func() {
		err := t.send(context.WithoutCancel(t.ctx))
		if err != nil {
			t.rollback()
		}
		outcome <- errors.Join(err, t.conn.Close())
	}()
	select {
	case err := <-outcome:
		return err
	case <-ctx.Done():
		return errors.Join(errOpen, ctx.Err())
	case <-t.ctx.Done():
		return errors.Join(errOpen, t.ctx.Err())
	}
}

// end gives the connection back without what the transaction did. One that
// cannot be rolled back is thrown away, and the transaction with it.
func (t *transaction) end() {
	if t.ended {
		return
	}
	t.ended = true
	if t.sent {
		t.rollback()
	}
	_ = t.conn.Close() // a broken connection leaves the pool
}

func (t *transaction) rollback() {
	err := t.use(func(conn *pgx.Conn) error {
		_, err := conn.PgConn().Exec(t.ctx, "ROLLBACK").ReadAll()
		return err
	})
	if err != nil {
		_ = t.conn.Raw(func(any) error { return driver.ErrBadConn }) // closes it
	}
}

// broken reports whether the connection is of no more use.
func (t *transaction) broken() bool {
	closed := false
	err := t.use(func(conn *pgx.Conn) error {
		closed = conn.IsClosed()
		return nil
	})
	return closed || err != nil
}

// use hands out the driver's connection.
func (t *transaction) use(do func(*pgx.Conn) error) error { return use(t.conn, do) }
