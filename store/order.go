package store

import "github.com/tokenwright/tokenwright/token"

// column gives the column of an order. Any other word is the order by time of
// creation: a caller's text never becomes part of a query (H-09).
func column(sort token.SortBy) string {
	switch sort {
	case token.SortExpiresAt:
		return "t.expires_at"
	case token.SortLastUsedAt:
		return "t.last_used_at"
	case token.SortName:
		return "t.name"
	case token.SortOwner:
		return "t.owner"
	case token.SortCreatedAt:
	}
	return "t.created_at"
}

// key gives what the list is ordered by, in a branch.
func (b branch) key(sort token.SortBy) string {
	if b.used == usedNever {
		return "cast(NULL AS bigint)"
	}
	return column(sort)
}

// never gives the first key of the order: tokens that were never used come
// last in either direction.
func (b branch) never() string {
	if b.used == usedNever {
		return "1"
	}
	return "0"
}

// order gives the order within a branch, which is that of an index.
func (b branch) order(sort token.SortBy, dir string) string {
	if b.used == usedNever {
		return "t.id" + dir
	}
	return column(sort) + dir + ", t.id" + dir
}

// after adds the condition of keyset paging: behind the cursor in the order.
func (l listing) after(q *statement, b branch) {
	if l.After == nil {
		return
	}
	sign := "<"
	if l.Asc {
		sign = ">"
	}
	never := l.Sort == token.SortLastUsedAt && l.After.Never
	switch {
	case b.used == usedNever && never:
		q.add(" AND t.id "+sign+" ?", l.After.ID)
	case b.used == usedNever:
		// All of them come behind any token that was used.
	case never:
		q.add(" AND 1 = 0")
	default:
		q.add(" AND ("+column(l.Sort)+", t.id) "+sign+" (?, ?)", l.cursorKey(), l.After.ID)
	}
}

// unsettledNever is never for unsettled tokens, of which some were used.
func unsettledNever(sort token.SortBy) string {
	if sort == token.SortLastUsedAt {
		return "CASE WHEN t.last_used_at IS NULL THEN 1 ELSE 0 END"
	}
	return "0"
}

// afterUnsettled is after for unsettled tokens.
func (l listing) afterUnsettled(q *statement) {
	if l.After == nil {
		return
	}
	if l.Sort != token.SortLastUsedAt {
		l.after(q, branch{used: usedAny})
		return
	}
	q.add(" AND (t.last_used_at IS NULL")
	l.after(q, branch{used: usedNever})
	q.add(" OR t.last_used_at IS NOT NULL")
	l.after(q, branch{used: usedOnce})
	q.add(")")
}

// cursorKey gives the cursor's value of the order's column.
func (l listing) cursorKey() any {
	if l.Sort == token.SortName || l.Sort == token.SortOwner {
		return l.After.Text
	}
	return micros(l.After.Time)
}
