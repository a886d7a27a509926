package sqlite

import (
	"context"
	"errors"

	"github.com/tokenwright/tokenwright/store"
)

// OpenBackend opens the back end alone, for tests of what is below the shared
// queries.
func OpenBackend(ctx context.Context, path string) (store.Backend, error) {
	path, err := realFile(path)
	if err != nil {
		return nil, err
	}
	lock, err := acquire(path + ".lock")
	if err != nil {
		return nil, err
	}
	b, err := open(ctx, path, Options{Readers: 1})
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	b.lock = lock
	return b, nil
}
