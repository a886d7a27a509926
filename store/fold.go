package store

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/tokenwright/tokenwright/store/internal/db"
)

const (
	// foldAt is how many deltas may wait before they are folded. Every count
	// reads those that wait, every fold writes some ten sums.
	foldAt = 128
	// foldMax is how many deltas one transaction folds.
	foldMax = 2000
)

// sum names one counter.
type sum struct {
	kind, owner   string
	class         class
	level, bucket int64
}

// foldCounts adds waiting deltas to the sums. The caller holds the head of the
// log, so there is one at a time. It deletes exactly the deltas it read: one
// with a lower id may still be uncommitted.
func foldCounts(ctx context.Context, tx DBTX) error {
	deltas, err := db.New(tx).ListCountDeltas(ctx, foldMax)
	if err != nil || len(deltas) == 0 {
		return err
	}
	sums, ids := map[sum]int64{}, make([]string, len(deltas))
	for i, d := range deltas {
		ids[i] = d.ID
		for _, owner := range []string{d.Owner, ""} {
			sums[sum{d.Kind, owner, d.Class, levelAll, 0}] += d.Delta
			for _, shift := range levels() {
				sums[sum{d.Kind, owner, d.Class, int64(shift), d.ExpiresAt >> shift}] += d.Delta
			}
		}
	}
	if err := addSums(ctx, tx, sums); err != nil {
		return err
	}
	for chunk := range slices.Chunk(ids, rowBatch) {
		var forget statement
		forget.add("DELETE FROM count_deltas WHERE id IN ")
		forget.addList(chunk)
		if err := forget.exec(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}

func addSums(ctx context.Context, tx DBTX, sums map[sum]int64) error {
	keys := slices.SortedFunc(maps.Keys(sums), func(a, b sum) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.owner, b.owner), cmp.Compare(a.class, b.class),
			cmp.Compare(a.level, b.level), cmp.Compare(a.bucket, b.bucket))
	})
	for chunk := range slices.Chunk(keys, rowBatch) {
		rows := make([][]any, len(chunk))
		for i, k := range chunk {
			rows[i] = []any{k.kind, k.owner, k.class, k.level, k.bucket, sums[k]}
		}
		var add statement
		add.add("INSERT INTO token_counts (kind, owner, class, level, bucket, n) ")
		add.addRows("(?, ?, ?, ?, ?, ?)", rows)
		add.add(" ON CONFLICT (kind, owner, class, level, bucket) DO UPDATE SET n = token_counts.n + excluded.n")
		if err := add.exec(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}
