package postgres

import (
	"errors"
	"sync"

	"github.com/tokenwright/tokenwright/token"
)

var (
	errQueueFull = errors.New("too many writes wait for the database")
	errClosed    = errors.New("the store is closed")
)

// queue bounds the writes that run or wait, so that a database that stands
// still gathers no pile of requests that all want to be served when it comes
// back (I-09).
type queue struct {
	mu     sync.Mutex
	limit  int
	inside int
	closed bool
	empty  *sync.Cond
}

func newQueue(limit int) *queue {
	q := &queue{limit: limit}
	q.empty = sync.NewCond(&q.mu)
	return q
}

// enter takes a place; leave gives it back.
func (q *queue) enter() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.closed:
		return token.Unavailable(errClosed)
	case q.inside == q.limit:
		return token.Unavailable(errQueueFull)
	}
	q.inside++
	return nil
}

func (q *queue) leave() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.inside--
	q.empty.Broadcast()
}

// close refuses new writes and waits until all have left. Each leaves within
// its deadline.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	for q.inside > 0 {
		q.empty.Wait()
	}
}
