package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// use hands out the driver's own connection.
func use(conn *sql.Conn, do func(*pgx.Conn) error) error {
	return conn.Raw(func(driverConn any) error {
		own, ok := driverConn.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("store/postgres: the connection is a %T", driverConn)
		}
		return do(own.Conn())
	})
}

// on makes one trip to the server, which has to be back at the deadline of ctx
// if there is one. Nothing else ends it: the driver gives up a connection whose
// query is cancelled.
//
// The deadline is one of the socket, and do gets a context that never ends. To
// watch over one that can, goroutines would be started for each trip: a quarter of
// what a look-up costs on this side.
func on(ctx context.Context, conn *sql.Conn, do func(context.Context, *pgx.Conn) error) error {
	return use(conn, func(own *pgx.Conn) error {
		socket := own.PgConn().Conn()
		deadline, _ := ctx.Deadline() // the zero time is none
		if err := socket.SetDeadline(deadline); err != nil {
			return err
		}
		err := do(context.WithoutCancel(ctx), own)
		if own.IsClosed() {
			return err // the driver is ending it, under a deadline of its own
		}
		return errors.Join(err, socket.SetDeadline(time.Time{}))
	})
}
