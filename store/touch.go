package store

import (
	"context"
	"maps"
	"slices"
	"time"
)

// rowBatch is how many rows one statement of many rows writes. SQLite finds each
// parameter by a search through those before it, so more are slower.
const rowBatch = 64

// TouchTokens moves the last use of tokens, by id, forward to the given times
// and never backward: nodes flush what they gathered in any order. Unknown ids
// are ignored. It writes no entry.
func (s *Store) TouchTokens(ctx context.Context, used map[string]time.Time) error {
	// In order of ids, so that two nodes that flush at once wait for each
	// other and do not lock crosswise.
	for ids := range slices.Chunk(slices.Sorted(maps.Keys(used)), rowBatch) {
		rows := make([][]any, len(ids))
		for i, id := range ids {
			rows[i] = []any{id, micros(used[id])}
		}
		var touch statement
		touch.add("UPDATE tokens SET last_used_at = v.column2 FROM (")
		touch.addRows("(cast(? AS text), cast(? AS bigint))", rows)
		touch.add(`) AS v WHERE tokens.id = v.column1
			AND (tokens.last_used_at IS NULL OR tokens.last_used_at < v.column2)`)
		if err := s.backend.Write(ctx, touch.exec); err != nil {
			return s.explain("touch tokens", err)
		}
	}
	return nil
}
