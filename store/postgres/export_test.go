package postgres

import (
	"context"

	"github.com/tokenwright/tokenwright/store"
)

// OpenBackend opens the back end alone, for tests of what is below the shared
// queries.
func OpenBackend(ctx context.Context, address string, options Options, bell *store.Bell) (store.Backend, error) {
	return open(ctx, address, options.withDefaults(), bell)
}
