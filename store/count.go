package store

import "math"

// The counters answer "how many tokens of this kind, owner and class expire at
// or before T" without looking at the tokens.
//
// They are sums over spans of time, at three levels: a bucket of one level has
// 64 of the level below. An answer is a sum of at most 64 buckets of each
// level up to the bucket of the lowest level that T lies in, of a quarter of an
// hour, and within that the tokens are counted by the index. Owner "" holds
// the sums over all owners.
//
// A change does not touch the sums, which all changes would wait for: its
// token is unsettled (settle.go). A reader takes an unsettled token from where
// the sums have it to where it belongs, in the same statement, so that it sees
// both at one instant.

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

// countable reports whether the counters have the answer for a list.
func (l listing) countable() bool {
	return !l.marked && l.createdUpTo == nil && l.Kind != "" && l.Workspace == "" && len(l.owners) <= maxOwnerBranches &&
		l.Text == "" && l.Scope == "" && l.UnusedSince.IsZero()
}

// counted adds the query for the total of a list: for each branch the tokens
// up to the end of its span, less those up to its beginning.
func (l listing) counted(q *statement) {
	var c counting
	for _, b := range l.branches() {
		if b.used != usedNever && b.near == nearAny { // one that was never used is counted with its twin
			c.add(place{kind: string(b.kind), owner: b.owner, class: b.class}, b.span)
		}
	}
	c.write(q)
	for _, b := range l.branches() {
		if b.used != usedNever && b.near != nearAny {
			l.countRows(q, b)
		}
	}
}

// counting is a sum of counters.
type counting []counter

// counter counts tokens at a place that expire at or before upTo; sign is
// " + " or " - ".
type counter struct {
	at   place
	upTo int64
	sign string
}

// add adds the tokens at a place in a span.
func (c *counting) add(at place, s span) {
	*c = append(*c, counter{at, s.upTo, " + "})
	if s.after != math.MinInt64 {
		*c = append(*c, counter{at, s.after, " - "})
	}
}

// write adds the query.
func (c counting) write(q *statement) {
	q.add("SELECT cast(0")
	for _, one := range c {
		one.settled(q)
	}
	q.add(" + coalesce((SELECT sum(0")
	for _, one := range c {
		one.unsettled(q)
	}
	q.add(") FROM unsettled u CROSS JOIN tokens t WHERE t.id = u.token_id AND u.kind = ?", c.kind())
	if owner, one := c.owner(); one {
		q.add(" AND u.owner = ?", owner)
	}
	q.add("), 0) AS bigint)")
}

// kind is that of all places: the counters have no sums over kinds.
func (c counting) kind() string {
	if len(c) == 0 {
		return ""
	}
	return c[0].at.kind
}

// owner is the owner of all places, if there is one such.
func (c counting) owner() (owner string, one bool) {
	if len(c) == 0 {
		return "", false
	}
	for _, counter := range c {
		if counter.at.owner == "" || counter.at.owner != c[0].at.owner {
			return "", false
		}
	}
	return c[0].at.owner, true
}

// settled adds what the sums hold, and the settled tokens in the bucket that
// upTo cuts.
func (c counter) settled(q *statement) {
	p := c.at
	if c.upTo == math.MaxInt64 {
		q.add(c.sign+`coalesce((SELECT sum(n) FROM token_counts
			WHERE kind = ? AND owner = ? AND class = ? AND level = ? AND bucket = 0), 0)`, p.kind, p.owner, p.class, levelAll)
		return
	}
	bits := levels()
	for i, shift := range bits {
		// From the beginning of upTo's bucket on the level above (the top
		// level has none above it and begins at the beginning) to upTo's
		// bucket on this level, which is left to the level below.
		first := int64(math.MinInt64)
		if i+1 < len(bits) {
			first = c.upTo >> bits[i+1] << (bits[i+1] - shift)
		}
		q.add(c.sign+`coalesce((SELECT sum(n) FROM token_counts
			WHERE kind = ? AND owner = ? AND class = ? AND level = ? AND bucket >= ? AND bucket < ?), 0)`,
			p.kind, p.owner, p.class, shift, first, c.upTo>>shift)
	}
	q.add(c.sign+"(SELECT count(*) FROM tokens t WHERE t.kind = ? AND t.class = ?", p.kind, p.class)
	if p.owner != "" {
		q.add(" AND t.owner = ?", p.owner)
	}
	q.add(" AND t.expires_at >= ? AND t.expires_at <= ? AND "+isSettled+")", c.edge(), c.upTo)
}

// unsettled adds, for a row of the table unsettled, whether it belongs to the
// place, less whether the sums have it there.
func (c counter) unsettled(q *statement) {
	whose, args := "1 = 1", []any(nil)
	if c.at.owner != "" {
		whose, args = "u.owner = ?", []any{c.at.owner}
	}
	bound := func(column string, at int64) {
		if c.upTo != math.MaxInt64 {
			q.add(" AND "+column+" ?", at)
		}
	}
	q.add(c.sign+"CASE WHEN "+whose, args...)
	q.add(" AND " + belongs(c.at.class))
	bound("t.expires_at <=", c.upTo)
	q.add(" THEN 1 ELSE 0 END"+opposite(c.sign)+"CASE WHEN "+whose, args...)
	q.add(" AND u.class = ?", c.at.class)
	bound("u.expires_at <", c.edge())
	q.add(" THEN 1 ELSE 0 END")
}

// edge is where the smallest bucket that upTo lies in begins.
func (c counter) edge() int64 { return c.upTo >> levels()[0] << levels()[0] }

func opposite(sign string) string {
	if sign == " + " {
		return " - "
	}
	return " + "
}
