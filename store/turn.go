package store

import (
	"context"
)

// takeTurn makes transactions that take the same turn run one after another,
// each seeing what the former committed. It stands in for advisory locks and
// SELECT ... FOR UPDATE, which not every database has: the row is written, so
// the next one waits for this transaction to end. It must come before what it
// protects is read.
func takeTurn(ctx context.Context, q queries, name string) error { return q.TakeTurn(ctx, name) }
