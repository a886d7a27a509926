package server

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/tokenwright/tokenwright/store"
)

// newStoreProbe looks whether the store reads and writes. While an import is made
// good SQLite makes no other change; tokens are verified meanwhile, and an
// installation moves once. So the node stays ready, and is told to be impaired: out
// of the balancer it would not answer those who only ask, either.
func newStoreProbe(ping func(ctx context.Context) error) probe {
	var busy atomic.Bool
	look := func(ctx context.Context) error {
		err := ping(ctx)
		busy.Store(errors.Is(err, store.ErrBusy))
		if busy.Load() {
			return nil
		}
		return err
	}
	impaired := func() error {
		if busy.Load() {
			return store.ErrBusy
		}
		return nil
	}
	return probe{name: "store", check: seldom(look), impaired: impaired}
}
