package store

import (
	"context"
	"sync"
	"time"
)

// pollInterval is how long a waiter trusts in being woken. A lost wake-up
// delays a revocation on other nodes by at most this.
const pollInterval = time.Second

// Bell wakes whoever waits for news of the log. A store rings it after its
// own commits; a back end rings it too when another node tells of news. The
// zero Bell is ready to use.
type Bell struct {
	mu    sync.Mutex
	rings uint64
	next  chan struct{} // closed by the next ring; nil when nobody waits
}

// Ring wakes all waiters. It never blocks.
func (b *Bell) Ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rings++
	if b.next != nil {
		close(b.next)
		b.next = nil
	}
}

// await gives the number of rings so far, and a channel that the next one
// closes.
func (b *Bell) await() (uint64, <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.next == nil {
		b.next = make(chan struct{})
	}
	return b.rings, b.next
}

// Watch waits for rings and misses none: a ring between two waits ends the
// second at once. It is for one goroutine.
type Watch struct {
	bell *Bell
	seen uint64
}

// Watch begins to listen now.
func (b *Bell) Watch() *Watch {
	seen, _ := b.await()
	return &Watch{bell: b, seen: seen}
}

// Wait returns nil when the bell rang since the last Wait, or after a second,
// and ctx's error when that ends first.
func (w *Watch) Wait(ctx context.Context) error {
	rings, next := w.bell.await()
	if rings != w.seen {
		w.seen = rings
		return ctx.Err()
	}
	timer := time.NewTimer(pollInterval)
	defer timer.Stop()
	select {
	case <-next:
		w.seen, _ = w.bell.await()
	case <-timer.C:
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}
