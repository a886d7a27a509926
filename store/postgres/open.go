package postgres

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"time"

	"github.com/tokenwright/tokenwright/store"
	"github.com/tokenwright/tokenwright/token"
)

// Options are what an operator may want otherwise. The zero value is good.
type Options struct {
	// ReadConns and WriteConns bound the two pools; 0 means 16 each. One
	// more connection listens.
	ReadConns, WriteConns int
	// WriteQueue bounds the writes that run or wait; 0 means 512.
	WriteQueue int
	// Deadline ends every call; 0 means 5 seconds.
	Deadline time.Duration
	// Logger hears of lost and regained wake-ups; nil means nobody does.
	Logger *slog.Logger
}

func (o Options) withDefaults() Options {
	o.ReadConns, o.WriteConns = cmp.Or(o.ReadConns, 16), cmp.Or(o.WriteConns, 16)
	o.WriteQueue = cmp.Or(o.WriteQueue, 512)
	o.Deadline = cmp.Or(o.Deadline, 5*time.Second)
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

// backend implements store.Backend.
type backend struct {
	reads    *reader
	writes   *sql.DB
	answers  answers
	queue    *queue
	poolSize int
	deadline time.Duration
	wakeups  *wakeups // nil where the database has none
}

// Open connects to the database at address, brings its schema up to date and
// begins to listen for other nodes. The address is a URL:
//
//	postgres://user:password@host:port/database?sslmode=verify-full
//
// It takes libpq's parameters, PostgreSQL's settings and pgx's
// default_query_exec_mode. A wrong address is token.ErrInvalid; a database
// that does not answer, or refuses, is token.ErrUnavailable and the message is
// for the operator. No error holds the password.
func Open(ctx context.Context, address string, options Options) (*store.Store, error) {
	bell := &store.Bell{}
	b, err := open(ctx, address, options.withDefaults(), bell)
	if err != nil {
		return nil, err
	}
	return store.New(b, bell), nil
}

func open(ctx context.Context, address string, options Options, bell *store.Bell) (*backend, error) {
	where, err := parse(address)
	if err != nil {
		return nil, err
	}
	if err := migrate(ctx, where, options.Deadline); err != nil {
		return nil, where.explain(err)
	}
	rows := newAnswers()
	b := &backend{
		reads:    &reader{db: where.pool(reading, options), answers: rows, limit: options.Deadline},
		writes:   where.pool(writing, options),
		answers:  rows,
		queue:    newQueue(options.WriteQueue),
		poolSize: options.WriteConns,
		deadline: options.Deadline,
	}
	if err := b.listen(ctx, where, bell, options.Logger); err != nil {
		return nil, errors.Join(where.explain(err), b.Close())
	}
	return b, nil
}

// Close refuses new writes, lets the running ones end, and disconnects. A
// commit that is out past its deadline is left to the server.
func (b *backend) Close() error {
	b.queue.close()
	b.wakeups.stop()
	if err := errors.Join(b.writes.Close(), b.reads.db.Close(), b.answers.db.Close()); err != nil {
		return token.Unavailable(err)
	}
	return nil
}
