package store

import (
	"context"
	"database/sql"
	"math"

	"github.com/tokenwright/tokenwright/token"
)

// A branch whose span of expiry is bounded can be read in two ways: in the
// order of the list, leaving out what expires at other times, or by expiry and
// sorted afterwards. The first is quick when most tokens are in the span, the
// second when few are, and each is as slow as the table is long in the other
// case. Neither database can know which it is without looking, so the counters
// tell; with them the worst case is the square root of a page times the table.

// sortCost is how much longer it takes to read and sort a row than to leave one
// out, which the index alone decides.
const sortCost = 4

// planned gives the branches, each with the way it is read.
func (l listing) planned(ctx context.Context, tx DBTX, reach int) ([]branch, error) {
	branches := l.branches()
	if l.Sort == token.SortExpiresAt || !l.countable() {
		return branches, nil
	}
	for i := range branches {
		b := &branches[i]
		if b.span == everything() {
			continue
		}
		inSpan, err := countBranch(ctx, tx, *b, b.span)
		if err != nil {
			return nil, err
		}
		all, err := countBranch(ctx, tx, *b, everything())
		if err != nil {
			return nil, err
		}
		b.sparse = sortCost*float64(inSpan)*float64(inSpan) <= float64(reach)*float64(all)
	}
	return branches, nil
}

// countBranch counts the tokens of a branch in a span.
func countBranch(ctx context.Context, tx DBTX, b branch, s span) (n int, err error) {
	var c counting
	c.add(place{kind: string(b.kind), owner: b.owner, class: b.class}, s)
	var count statement
	c.write(&count)
	err = count.each(ctx, tx, func(rows *sql.Rows) error { return rows.Scan(&n) })
	return n, err
}

// expiry adds the condition of the branch's span. A plus sign keeps the
// planners from reading by expiry.
func (l listing) expiry(q *statement, b branch) {
	column := " AND +t.expires_at"
	if b.sparse || l.Sort == token.SortExpiresAt {
		column = " AND t.expires_at"
	}
	if b.span.after != math.MinInt64 {
		q.add(column+" > ?", b.span.after)
	}
	if b.span.upTo != math.MaxInt64 {
		q.add(column+" <= ?", b.span.upTo)
	}
}
