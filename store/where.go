package store

// where adds the conditions of the branch and the filters of the list, for
// settled tokens.
func (l listing) where(q *statement, b branch) {
	q.add("t.kind = ? AND t.class = ? AND "+isSettled, string(b.kind), b.class)
	l.whose(q, b, "t.owner")
	l.expiry(q, b)
	l.filters(q, b)
	switch b.used {
	case usedOnce:
		q.add(" AND t.last_used_at IS NOT NULL")
	case usedNever:
		q.add(" AND t.last_used_at IS NULL")
	}
}

// whereUnsettled adds the conditions of branches, and the filters of the list,
// for unsettled tokens. No index is involved, so one query serves all branches.
// Kind and owner are compared in the table unsettled: a planner that found an
// index for them would read all tokens of that owner.
func (l listing) whereUnsettled(q *statement, branches ...branch) {
	q.add("(1 = 0")
	for _, b := range branches {
		if b.used == usedNever {
			continue // the same as its twin
		}
		b.used = usedAny // which stands for both
		q.add(" OR u.kind = ? AND "+belongs(b.class), string(b.kind))
		l.whose(q, b, "u.owner")
		l.expiry(q, b)
		l.filters(q, b)
	}
	q.add(")")
}

// whose adds the filter by owner.
func (l listing) whose(q *statement, b branch, column string) {
	switch {
	case b.owner != "":
		q.add(" AND "+column+" = ?", b.owner)
	case l.owners != nil:
		q.add(" AND " + column + " IN ")
		q.addList(l.owners)
	}
}

// filters adds what no index of a branch decides.
func (l listing) filters(q *statement, b branch) {
	if l.Workspace != "" {
		q.add(" AND t.workspace = ? AND t.workspace <> ''", l.Workspace)
	}
	if l.Text != "" {
		q.add(` AND t.search LIKE ? ESCAPE '\'`, likePattern(l.Text))
	}
	if l.Scope != "" {
		q.add(" AND "+hasScope, " "+l.Scope+" ")
	}
	l.unused(q, b)
	switch b.near {
	case nearOnly:
		q.add(" AND (t.expires_at - ?) * ? < t.expires_at - t.created_at", micros(l.Now), l.Notice.Share)
	case nearNot:
		q.add(" AND (t.expires_at - ?) * ? >= t.expires_at - t.created_at", micros(l.Now), l.Notice.Share)
	}
	if l.createdUpTo != nil {
		q.add(" AND t.created_at <= ?", micros(*l.createdUpTo))
	}
	switch b.cover {
	case coverNot:
		q.add(" AND NOT " + underMark)
	case coverOnly:
		q.add(" AND " + underMark)
	}
}

// unused adds the filter by last use. In the order by last use a branch is one
// range of its index.
func (l listing) unused(q *statement, b branch) {
	if l.UnusedSince.IsZero() {
		return
	}
	at := micros(l.UnusedSince)
	switch b.used {
	case usedOnce:
		q.add(" AND t.last_used_at < ?", at)
	case usedNever:
		q.add(" AND t.created_at < ?", at)
	default:
		q.add(" AND (t.last_used_at < ? OR t.last_used_at IS NULL AND t.created_at < ?)", at, at)
	}
}

// isSettled is the condition of a token whose class follows its times. Both
// databases read the few unsettled ones once for a query.
const isSettled = "t.id NOT IN (SELECT token_id FROM unsettled)"

// belongs gives the condition of a token that belongs to a class by its times,
// whatever its class still is.
func belongs(c class) string {
	switch c {
	case classRevoked:
		return "t.revoked_at IS NOT NULL"
	case classExpired:
		return "t.revoked_at IS NULL AND t.class = 'expired'"
	case classDisabled:
		return "t.revoked_at IS NULL AND t.disabled_at IS NOT NULL AND (t.class IS NULL OR t.class <> 'expired')"
	}
	return "t.revoked_at IS NULL AND t.disabled_at IS NULL AND (t.class IS NULL OR t.class <> 'expired')"
}

// underMark is the condition of the view token_records.
const underMark = `EXISTS (SELECT 1 FROM marks m WHERE m.swept_at IS NULL AND m.not_before >= t.created_at
	AND (m.kind = '' OR m.kind = t.kind) AND (m.owner = '' OR m.owner = t.owner)
	AND (m.workspace = '' OR m.workspace = t.workspace))`
