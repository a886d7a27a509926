package store

import (
	"context"
	"math"

	"github.com/tokenwright/tokenwright/store/internal/db"
	"github.com/tokenwright/tokenwright/token"
)

// The counters answer "how many tokens of this kind, owner and class expire at
// or before T" without looking at the tokens.
//
// They are sums over spans of time, at three levels: a bucket of one level has
// 64 of the level below. An answer is a sum of at most 64 buckets of each
// level up to the bucket of the lowest level that T lies in, of a quarter of an
// hour, and within that the tokens are counted by the index. Owner "" holds
// the sums over all owners.
//
// A change does not touch the sums, which all changes would wait for. It
// appends deltas in its transaction, and the sequencer folds them into the
// sums now and then. A reader adds what is not folded yet, in the same
// statement, so that it sees both at one instant.

// levels gives the bits by which a time in microseconds is cut at each level:
// buckets of 18 minutes, 19 hours, 51 days.
func levels() []int { return []int{30, 36, 42} }

// levelAll is the level whose only bucket, 0, holds all.
const levelAll = 63

// place is where a token counts.
type place struct {
	kind, owner string
	class       class
	expiresAt   int64
}

func placeOf(t token.Token, c class) *place {
	return &place{kind: string(t.Kind), owner: t.Owner, class: c, expiresAt: micros(t.ExpiresAt)}
}

// countChange records that a token moved from one place to another; nil means
// that it was not there before.
func countChange(ctx context.Context, q queries, from, to *place) error {
	if from != nil {
		if *from == *to {
			return nil
		}
		if err := appendDelta(ctx, q, *from, -1); err != nil {
			return err
		}
	}
	return appendDelta(ctx, q, *to, 1)
}

func appendDelta(ctx context.Context, q queries, p place, n int64) error {
	return q.InsertCountDelta(ctx, db.InsertCountDeltaParams{
		ID: token.NewID(), Kind: p.kind, Owner: p.owner, Class: p.class, ExpiresAt: p.expiresAt, Delta: n,
	})
}

// moves gathers moves of many tokens, so that those of one place and bucket
// need one pair of deltas.
type moves map[place]int64

func (m moves) add(from place, to class) {
	from.expiresAt = from.expiresAt >> levels()[0] << levels()[0]
	m[from]--
	from.class = to
	m[from]++
}

func (m moves) record(ctx context.Context, q queries) error {
	for p, n := range m {
		if err := appendDelta(ctx, q, p, n); err != nil {
			return err
		}
	}
	return nil
}

// countStanding gives how many tokens of t's owner are not known to have ended:
// at least as many as are usable.
func countStanding(ctx context.Context, tx DBTX, t token.Token) (n int, err error) {
	for _, c := range []class{classLive, classDisabled} {
		standing, err := countBranch(ctx, tx, branch{kind: t.Kind, owner: t.Owner, class: c}, everything())
		if err != nil {
			return 0, err
		}
		n += standing
	}
	return n, nil
}

// countable reports whether the counters have the answer for a list.
func (l listing) countable() bool {
	return !l.marked && l.Kind != "" && l.Workspace == "" && l.Text == "" && len(l.owners) <= maxOwnerBranches
}

// counted adds the query for the total of a list: for each branch the tokens
// up to the end of its span, less those up to its beginning.
func (l listing) counted(q *statement) {
	q.add("SELECT cast(coalesce(sum(c.n), 0) AS bigint) FROM (SELECT 0 AS n")
	for _, b := range l.branches() {
		if b.used == usedNever {
			continue // counted with its twin
		}
		p := place{kind: string(b.kind), owner: b.owner, class: b.class}
		countUpTo(q, p, b.span.upTo, "")
		countUpTo(q, p, b.span.after, "-")
	}
	q.add(") AS c")
}

// countUpTo adds to a sum the tokens at a place that expire at or before upTo;
// sign is "" or "-".
func countUpTo(q *statement, p place, upTo int64, sign string) {
	switch upTo {
	case math.MinInt64:
		return
	case math.MaxInt64:
		q.add(" UNION ALL SELECT "+sign+`n AS n FROM token_counts
			WHERE kind = ? AND owner = ? AND class = ? AND level = ? AND bucket = 0`, p.kind, p.owner, p.class, levelAll)
		countWaiting(q, p, upTo, sign)
		return
	}
	bits := levels()
	for i, shift := range bits {
		// From the beginning of upTo's bucket on the level above (the top
		// level has none above it and begins at the beginning) to upTo's
		// bucket on this level, which is left to the level below.
		first := int64(math.MinInt64)
		if i+1 < len(bits) {
			first = upTo >> bits[i+1] << (bits[i+1] - shift)
		}
		q.add(" UNION ALL SELECT "+sign+`n AS n FROM token_counts
			WHERE kind = ? AND owner = ? AND class = ? AND level = ? AND bucket >= ? AND bucket < ?`,
			p.kind, p.owner, p.class, shift, first, upTo>>shift)
	}
	edge := upTo >> bits[0] << bits[0]
	countWaiting(q, p, edge-1, sign)
	q.add(" UNION ALL SELECT "+sign+"count(*) AS n FROM tokens t WHERE t.kind = ? AND t.class = ?", p.kind, p.class)
	if p.owner != "" {
		q.add(" AND t.owner = ?", p.owner)
	}
	q.add(" AND t.expires_at >= ? AND t.expires_at <= ?", edge, upTo)
}

// countWaiting adds the deltas that are not folded yet.
func countWaiting(q *statement, p place, upTo int64, sign string) {
	q.add(" UNION ALL SELECT "+sign+"delta AS n FROM count_deltas WHERE kind = ? AND class = ?", p.kind, p.class)
	if p.owner != "" {
		q.add(" AND owner = ?", p.owner)
	}
	if upTo != math.MaxInt64 {
		q.add(" AND expires_at <= ?", upTo)
	}
}
