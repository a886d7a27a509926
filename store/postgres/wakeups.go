package postgres

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tokenwright/tokenwright/store"
	"github.com/tokenwright/tokenwright/token"
)

// channel is the name nodes call each other by.
const channel = "tokenwright"

// A lost connection is made again after a pause that grows from the first to
// the last of these. A silent one is asked for a sign of life.
const (
	firstReconnect = 50 * time.Millisecond
	lastReconnect  = 5 * time.Second
	silence        = 15 * time.Second
)

// wakeups is the connection that listens and what stands behind it.
type wakeups struct {
	config   *pgx.ConnConfig
	node     string // tells this node's own calls from those of others
	deadline time.Duration
	bell     *store.Bell
	logger   *slog.Logger
	cancel   context.CancelFunc
	done     chan struct{}
}

// listen finds out whether the database has notifications, and begins to
// listen if it has.
func (b *backend) listen(ctx context.Context, where address, bell *store.Bell, logger *slog.Logger) error {
	ctx, cancel := context.WithTimeout(ctx, b.deadline)
	defer cancel()
	node := token.NewID()
	switch has, err := hasNotifications(ctx, b.writes, node); {
	case err != nil:
		return err
	case !has:
		logger.InfoContext(ctx, "the database has no notifications; other nodes' changes are found by polling")
		return nil
	}
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	b.wakeups = &wakeups{
		config: where.connection(listening, b.deadline), node: node, deadline: b.deadline,
		bell: bell, logger: logger, cancel: stop, done: make(chan struct{}),
	}
	go b.wakeups.run(background)
	return nil
}

// hasNotifications tries one. Databases that lack them say so by a code of
// the classes "feature not supported" and "syntax error or unknown name".
func hasNotifications(ctx context.Context, db store.DBTX, node string) (bool, error) {
	_, err := db.ExecContext(ctx, "SELECT pg_notify($1, $2)", channel, node)
	var refused *pgconn.PgError
	if errors.As(err, &refused) && (refused.Code[:2] == "0A" || refused.Code[:2] == "42") {
		return false, nil
	}
	return err == nil, err
}

// Notify implements store.Backend.
func (b *backend) Notify(ctx context.Context, tx store.DBTX) error {
	if b.wakeups == nil {
		return nil
	}
	_, err := tx.ExecContext(ctx, "SELECT pg_notify($1, $2)", channel, b.wakeups.node)
	return err
}

// stop ends the listening, if there is any, and waits for its end.
func (w *wakeups) stop() {
	if w == nil {
		return
	}
	w.cancel()
	<-w.done
}

// run listens until ctx ends, over any number of connections. It tells of the
// first loss and of the return, not of each try in between.
func (w *wakeups) run(ctx context.Context) {
	defer close(w.done)
	lost := false
	for pause := firstReconnect; ; pause = min(2*pause, lastReconnect) {
		err := w.session(ctx, func() {
			if lost {
				w.logger.InfoContext(ctx, "the database wakes this node again")
			}
			lost, pause = false, firstReconnect
		})
		if ctx.Err() != nil {
			return
		}
		if !lost {
			lost = true
			w.logger.WarnContext(ctx, "the database does not wake this node; other nodes' changes are found by polling",
				slog.Any("error", err))
		}
		select {
		case <-time.After(pause/2 + rand.N(pause/2)): //nolint:gosec // spreads reconnections, keeps no secret
		case <-ctx.Done():
			return
		}
	}
}

// session listens on one connection until it breaks. What happened before it
// listened is not told, so the bell rings once at its beginning.
func (w *wakeups) session(ctx context.Context, begun func()) error {
	conn, err := w.connect(ctx)
	if err != nil {
		return err
	}
	defer w.disconnect(ctx, conn)
	begun()
	w.bell.Ring()
	for {
		from, err := w.next(ctx, conn)
		switch {
		case err != nil:
			return err
		case from != w.node && from != "":
			w.bell.Ring()
		}
	}
}

// next waits for a call and gives the name of the node that made it, or ""
// after a silence in which the connection showed that it lives.
func (w *wakeups) next(ctx context.Context, conn *pgx.Conn) (string, error) {
	waiting, cancel := context.WithTimeout(ctx, silence)
	defer cancel()
	call, err := conn.WaitForNotification(waiting)
	if err == nil {
		return call.Payload, nil
	}
	if waiting.Err() == nil || ctx.Err() != nil || conn.IsClosed() {
		return "", err
	}
	asking, cancel := context.WithTimeout(ctx, w.deadline)
	defer cancel()
	return "", conn.Ping(asking)
}

func (w *wakeups) connect(ctx context.Context) (*pgx.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, w.deadline)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, w.config)
	if err != nil {
		return nil, err
	}
	if _, err := conn.Exec(ctx, "LISTEN "+channel); err != nil {
		w.disconnect(ctx, conn)
		return nil, err
	}
	return conn, nil
}

// disconnect says good-bye where anybody still listens.
func (w *wakeups) disconnect(ctx context.Context, conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	_ = conn.Close(ctx) // the connection is given up either way
}
