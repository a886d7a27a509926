package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tokenwright/tokenwright/store"
	"github.com/tokenwright/tokenwright/token"
)

const (
	maxQueue = 1024 // changes that wait; more are turned away by their deadline
	maxBatch = 128  // changes in one commit
	// maxWait bounds how long a change waits for its answer.
	maxWait = 5 * time.Second
)

var (
	errClosed  = errors.New("sqlite: the store is closed")
	errTooLong = errors.New("sqlite: the change was not answered in time")
	errFsync   = errors.New("sqlite: the disk failed to keep a change (fsync): nothing is written until the process is started again")
)

// writer commits changes, those that wait together in one transaction. One
// goroutine owns the only connection that writes.
type writer struct {
	conn  *sql.Conn
	tx    *prepared
	queue chan *change
	long  chan *change // those that share no commit

	failed  atomic.Bool   // after a failed fsync
	closing chan struct{} // closed by stop
	done    chan struct{} // closed when the goroutine has ended
	once    sync.Once
}

// change is one call of write.
type change struct {
	ctx    context.Context // values only: what has begun is not interrupted
	apply  func(context.Context, store.DBTX) error
	atMost time.Duration // ends it all the same once it runs for so long; 0 never does
	begun  atomic.Bool   // by the writer, or given up by the caller: whoever is first
	err    error
	answer chan error
}

func startWriter(ctx context.Context, db *sql.DB) (*writer, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	w := &writer{
		conn: conn, tx: newPrepared(conn), queue: make(chan *change, maxQueue), long: make(chan *change),
		closing: make(chan struct{}), done: make(chan struct{}),
	}
	go w.run()
	return w, nil
}

// write queues a change and waits for its commit.
func (w *writer) write(ctx context.Context, apply func(context.Context, store.DBTX) error) error {
	return w.ask(ctx, w.queue, maxWait, &change{apply: apply})
}

// writeLong is write for a change that is committed alone and may take so long.
// Then it is undone: nobody else writes meanwhile, and its caller has given up.
func (w *writer) writeLong(ctx context.Context, atMost time.Duration, apply func(context.Context, store.DBTX) error) error {
	return w.ask(ctx, w.long, atMost, &change{apply: apply, atMost: atMost})
}

// ask puts a change into a queue and waits so long for its commit.
func (w *writer) ask(ctx context.Context, queue chan<- *change, wait time.Duration, c *change) error {
	c.ctx, c.answer = context.WithoutCancel(ctx), make(chan error, 1)
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-w.closing:
		return token.Unavailable(errClosed)
	default:
	}
	select {
	case queue <- c:
	case <-timer.C:
		return token.Unavailable(errTooLong)
	case <-ctx.Done():
		return token.Unavailable(ctx.Err())
	case <-w.closing:
		return token.Unavailable(errClosed)
	}
	select {
	case err := <-c.answer:
		return err
	case <-timer.C:
		c.begun.Store(true)
		return token.Unavailable(errTooLong)
	case <-ctx.Done():
		c.begun.Store(true)
		return token.Unavailable(ctx.Err())
	case <-w.done:
		// The writer ended: it answered, or never took this change.
		select {
		case err := <-c.answer:
			return err
		default:
			return token.Unavailable(errClosed)
		}
	}
}

// stop lets the changes that wait finish, and ends the writer.
func (w *writer) stop() error {
	w.once.Do(func() { close(w.closing) })
	<-w.done
	return errors.Join(w.tx.close(), w.conn.Close())
}

func (w *writer) run() {
	defer close(w.done)
	for {
		select {
		case c := <-w.queue:
			w.commit(w.gather(c))
		case c := <-w.long:
			w.commit([]*change{c})
		case <-w.closing:
			for {
				select {
				case c := <-w.queue:
					w.commit(w.gather(c))
				default:
					return
				}
			}
		}
	}
}

// gather takes what waits behind the first change.
func (w *writer) gather(first *change) []*change {
	batch := []*change{first}
	for len(batch) < maxBatch {
		select {
		case c := <-w.queue:
			batch = append(batch, c)
		default:
			return batch
		}
	}
	return batch
}

// commit runs a batch in one transaction and answers each change after the
// commit. When the batch as a whole cannot be kept, all of them are answered
// with the same error: none of them happened, or it is not known. That holds for
// those that were refused as well: "revoked already" may rest on a revocation
// that stood before it in the batch and was undone with it (C-13).
func (w *writer) commit(batch []*change) {
	err := error(token.Unavailable(errFsync))
	if !w.failed.Load() {
		err = w.transact(batch)
	}
	for _, c := range batch {
		if err != nil {
			c.err = err
		}
		c.answer <- c.err
	}
}

func (w *writer) transact(batch []*change) (err error) {
	ctx := context.Background()
	if _, err := w.tx.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return token.Unavailable(err)
	}
	defer func() {
		if err != nil {
			w.failed.Store(w.failed.Load() || endsWriting(err))
			// SQLite may have rolled back by itself, so this may fail.
			_, _ = w.tx.ExecContext(ctx, "ROLLBACK")
			err = token.Unavailable(err)
		}
	}()
	end := "COMMIT"
	for _, c := range batch {
		switch {
		case !c.begun.CompareAndSwap(false, true):
			continue // its caller went away before it began
		case len(batch) == 1:
			end, err = w.alone(c)
		default:
			err = w.savepoint(ctx, c)
		}
		if err != nil {
			return err
		}
	}
	_, err = w.tx.ExecContext(ctx, end)
	return err
}

// alone runs the only change of a batch, and says how the transaction ends: it
// needs no savepoint, which costs a copy of every page that the change writes.
func (w *writer) alone(c *change) (end string, err error) {
	if c.err = w.apply(c); c.err == nil {
		return "COMMIT", nil
	}
	if breaksBatch(c.err) {
		return "", c.shared()
	}
	return "ROLLBACK", nil
}

// savepoint runs one change so that its failure undoes it alone. The error is
// one that ends the batch.
func (w *writer) savepoint(ctx context.Context, c *change) error {
	if _, err := w.tx.ExecContext(ctx, "SAVEPOINT change"); err != nil {
		return err
	}
	c.err = w.apply(c)
	if c.err != nil {
		if breaksBatch(c.err) {
			return c.shared()
		}
		if _, err := w.tx.ExecContext(ctx, "ROLLBACK TO change"); err != nil {
			return err
		}
	}
	_, err := w.tx.ExecContext(ctx, "RELEASE change")
	return err
}

// shared gives the error of a change that ends its batch: the change shares the
// answer of the batch.
func (c *change) shared() error {
	err := c.err
	c.err = nil
	return err
}

// apply turns a panic of a change into an error: it must not take the changes
// beside it down.
func (w *writer) apply(c *change) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("sqlite: a change panicked: %v", p)
		}
	}()
	if c.atMost == 0 {
		return c.apply(c.ctx, w.tx)
	}
	ctx, end := context.WithTimeout(c.ctx, c.atMost)
	defer end()
	return c.apply(ctx, w.tx)
}
