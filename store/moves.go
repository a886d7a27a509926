package store

import (
	"cmp"
	"context"
	"maps"
	"slices"
)

// moves gathers how many tokens came to a place, or left it, by the smallest
// bucket of their expiry.
type moves map[place]int64

func (m moves) add(p place, n int64) {
	p.expiresAt = p.expiresAt >> levels()[0] << levels()[0]
	m[p] += n
}

// record adds the moves to the sums. The caller has the turn of the counters.
func (m moves) record(ctx context.Context, tx DBTX) error {
	sums := map[sum]int64{}
	for p, n := range m {
		for _, owner := range []string{p.owner, ""} {
			sums[sum{p.kind, owner, p.class, levelAll, 0}] += n
			for _, shift := range levels() {
				sums[sum{p.kind, owner, p.class, int64(shift), p.expiresAt >> shift}] += n
			}
		}
	}
	maps.DeleteFunc(sums, func(_ sum, n int64) bool { return n == 0 })
	return addSums(ctx, tx, sums)
}

// sum names one counter.
type sum struct {
	kind, owner   string
	class         class
	level, bucket int64
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
