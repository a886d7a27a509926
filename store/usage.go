package store

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

// usageBatch is how many rows of usage one transaction writes: on SQLite nobody
// else writes meanwhile.
const usageBatch = 8 * rowBatch

// AddUsage adds what was gathered to what is kept, one row for each token and
// hour, and gives how many rows of the list, from its beginning, it has added:
// after an error the rest is not, and may be tried again. It writes no entry and
// wakes nobody.
func (s *Store) AddUsage(ctx context.Context, list []token.Usage) (added int, err error) {
	for some := range slices.Chunk(list, usageBatch) {
		err := s.backend.Write(ctx, func(ctx context.Context, tx DBTX) error { return addUsage(ctx, tx, some) })
		if err != nil {
			return added, s.explain("add usage", err)
		}
		added += len(some)
	}
	return added, nil
}

// addUsage writes rows in the order of their keys, and the sums last: nodes that
// write at once wait for each other and do not lock crosswise.
func addUsage(ctx context.Context, tx DBTX, list []token.Usage) error {
	list = slices.SortedFunc(slices.Values(list), func(a, b token.Usage) int {
		return cmp.Or(cmp.Compare(a.TokenID, b.TokenID), a.Hour.Compare(b.Hour))
	})
	sums := map[kindHour][2]int{}
	for chunk := range slices.Chunk(list, rowBatch) {
		rows := make([][]any, len(chunk))
		for i, u := range chunk {
			rows[i] = []any{u.TokenID, micros(u.Hour), string(u.Kind), u.Allowed, u.Refused, u.Former, sinceNever(u.UsedAt), sinceNever(u.FormerAt)}
			key := kindHour{string(u.Kind), micros(u.Hour)}
			sums[key] = [2]int{sums[key][0] + u.Allowed, sums[key][1] + u.Refused}
		}
		var add statement
		add.add("INSERT INTO token_usage (token_id, hour, kind, allowed, refused, former, used_at, former_at) ")
		add.addRows("(?, ?, ?, ?, ?, ?, ?, ?)", rows)
		add.add(` ON CONFLICT (token_id, hour) DO UPDATE SET allowed = token_usage.allowed + excluded.allowed,
			refused = token_usage.refused + excluded.refused, former = token_usage.former + excluded.former,
			used_at = CASE WHEN excluded.used_at > token_usage.used_at THEN excluded.used_at ELSE token_usage.used_at END,
			former_at = CASE WHEN excluded.former_at > token_usage.former_at THEN excluded.former_at ELSE token_usage.former_at END`)
		if err := add.exec(ctx, tx); err != nil {
			return err
		}
	}
	return addUsageSums(ctx, tx, sums)
}

// kindHour names a sum of usage.
type kindHour struct {
	kind string
	hour int64
}

// addUsageSums adds allowed and refused uses to the sums of their kinds.
func addUsageSums(ctx context.Context, tx DBTX, sums map[kindHour][2]int) error {
	keys := slices.SortedFunc(maps.Keys(sums), func(a, b kindHour) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.hour, b.hour))
	})
	for chunk := range slices.Chunk(keys, rowBatch) {
		rows := make([][]any, len(chunk))
		for i, key := range chunk {
			rows[i] = []any{key.kind, key.hour, sums[key][0], sums[key][1]}
		}
		var add statement
		add.add("INSERT INTO usage_sums (kind, hour, allowed, refused) ")
		add.addRows("(?, ?, ?, ?)", rows)
		add.add(` ON CONFLICT (kind, hour) DO UPDATE SET allowed = usage_sums.allowed + excluded.allowed,
			refused = usage_sums.refused + excluded.refused`)
		if err := add.exec(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}

// sinceNever gives a time as usage has it: 0 means never.
func sinceNever(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return micros(t)
}

// AddOrigins notes from where tokens were used, and forgets all but the last
// token.MaxUsedFrom of each. It gives how many it has noted, as AddUsage does.
func (s *Store) AddOrigins(ctx context.Context, list []token.UsedFrom) (added int, err error) {
	for some := range slices.Chunk(list, usageBatch) {
		err := s.backend.Write(ctx, func(ctx context.Context, tx DBTX) error { return addOrigins(ctx, tx, some) })
		if err != nil {
			return added, s.explain("add origins", err)
		}
		added += len(some)
	}
	return added, nil
}

func addOrigins(ctx context.Context, tx DBTX, list []token.UsedFrom) error {
	list = slices.SortedFunc(slices.Values(list), func(a, b token.UsedFrom) int {
		return cmp.Or(cmp.Compare(a.TokenID, b.TokenID), cmp.Compare(a.From, b.From))
	})
	for chunk := range slices.Chunk(list, rowBatch) {
		rows, ids := make([][]any, len(chunk)), make([]string, len(chunk))
		for i, one := range chunk {
			rows[i], ids[i] = []any{one.TokenID, one.From, micros(one.At)}, one.TokenID
		}
		var add statement
		add.add("INSERT INTO token_origins (token_id, used_from, used_at) ")
		add.addRows("(?, ?, ?)", rows)
		add.add(` ON CONFLICT (token_id, used_from) DO UPDATE SET used_at = excluded.used_at
			WHERE excluded.used_at > token_origins.used_at`)
		if err := add.exec(ctx, tx); err != nil {
			return err
		}
		var trim statement
		trim.add(`DELETE FROM token_origins WHERE (token_id, used_from) IN (SELECT o.token_id, o.used_from FROM (
			SELECT token_id, used_from, row_number() OVER (PARTITION BY token_id ORDER BY used_at DESC, used_from) AS place
			  FROM token_origins WHERE token_id IN `)
		trim.addList(slices.Compact(ids))
		trim.add(") AS o WHERE o.place > ?)", token.MaxUsedFrom)
		if err := trim.exec(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}

// SweepUsage removes what is older than a time, at most limit rows of each sort,
// and gives how many it removed of the largest; while it gives limit there is
// more. Any node may call it at any time.
func (s *Store) SweepUsage(ctx context.Context, before time.Time, limit int) (n int, err error) {
	at := micros(before)
	err = s.backend.Write(ctx, func(ctx context.Context, tx DBTX) error {
		q := on(tx)
		hours, err := q.SweepTokenUsage(ctx, at, int32(limit))
		if err != nil {
			return err
		}
		if _, err = q.SweepUsageSums(ctx, at); err != nil {
			return err
		}
		origins, err := q.SweepOrigins(ctx, at, int32(limit))
		n = int(max(hours, origins))
		return err
	})
	if err != nil {
		return 0, s.explain("sweep usage", err)
	}
	return n, nil
}
