package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// transaction is one on a connection that it has to itself. It is not a
// sql.Tx: that one ends its COMMIT together with the context of its BEGIN, and
// tells the server to cancel it.
type transaction struct {
	conn  *sql.Conn
	ended bool // the connection was given back, or to the commit
}

// use hands out the driver's connection.
func (t *transaction) use(do func(*pgconn.PgConn) error) error {
	return t.conn.Raw(func(driverConn any) error {
		conn, ok := driverConn.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("store/postgres: the connection is a %T", driverConn)
		}
		return do(conn.Conn().PgConn())
	})
}

// run executes a statement that has no parameters and no rows.
func (t *transaction) run(ctx context.Context, statement string) error {
	return t.use(func(conn *pgconn.PgConn) error {
		_, err := conn.Exec(ctx, statement).ReadAll()
		return err
	})
}

// broken reports whether the connection is of no more use.
func (t *transaction) broken() bool {
	closed := false
	err := t.use(func(conn *pgconn.PgConn) error {
		closed = conn.IsClosed()
		return nil
	})
	return closed || err != nil
}

// errOpen says that a commit is on its way and has not been heard of.
var errOpen = errors.New("the commit is not confirmed yet")

// errFailedInside says that a change went on after a statement had failed, as
// if it had not. PostgreSQL answers COMMIT with a rollback then, and no error.
var errFailedInside = errors.New("store/postgres: a statement of the transaction failed and the change reported none")

// commit sends COMMIT and waits for the outcome, but not beyond the end of
// either context. COMMIT itself is bound to none: see the package comment. The
// connection goes back to the pool when the server has answered.
func (t *transaction) commit(ctx, detached context.Context) error {
	if failed, err := t.failed(); err != nil || failed {
		t.rollback(detached)
		return errors.Join(err, errFailedInside)
	}
	t.ended = true
	outcome := make(chan error, 1)
	go func() {
		err := t.run(context.WithoutCancel(detached), "COMMIT")
		outcome <- errors.Join(err, t.conn.Close())
	}()
	select {
	case err := <-outcome:
		return err
	case <-ctx.Done():
		return errors.Join(errOpen, ctx.Err())
	case <-detached.Done():
		return errors.Join(errOpen, detached.Err())
	}
}

// failed reports whether the server has marked the transaction as failed.
func (t *transaction) failed() (failed bool, err error) {
	err = t.use(func(conn *pgconn.PgConn) error {
		failed = conn.TxStatus() != 'T'
		return nil
	})
	return failed, err
}

// rollback gives the connection back clean. Where that fails, abandon does.
func (t *transaction) rollback(ctx context.Context) {
	if err := t.run(ctx, "ROLLBACK"); err != nil {
		return
	}
	if err := t.conn.Close(); err == nil {
		t.ended = true
	}
}

// abandon throws the connection away, and the transaction with it, if nothing
// else has ended it: a panic of the change, a broken connection.
func (t *transaction) abandon() {
	if t.ended {
		return
	}
	t.ended = true
	_ = t.conn.Raw(func(any) error { return driver.ErrBadConn })
	_ = t.conn.Close() // Raw has closed it
}
