package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/tokenwright/tokenwright/store/internal/db"
	"github.com/tokenwright/tokenwright/token"
)

// ListTokens gives a page. A Limit of 0 gives the total alone.
//
// A list is the merge of branches (branch.go), each of which reads an index in
// the order of the list and stops at the end of the page, and of the tokens
// that are not settled yet. So the cost of a page does not grow with the table;
// it grows with Offset, which After avoids.
// A search by text or by scope is the exception (search.go): it reads the list
// until its page is full, and the whole of it for the total.
func (s *Store) ListTokens(ctx context.Context, q token.Query) (token.Page, error) {
	owners, none := ownersOf(q)
	if none || len(q.Text)+len(q.Scope) > maxSearch || !storable(q.Text, q.Scope, q.Owner, q.Workspace, string(q.Kind)) {
		return token.Page{}, nil
	}
	if q.Text != "" || q.Scope != "" {
		if err := s.searches.enter(ctx); err != nil {
			return token.Page{}, err
		}
		defer s.searches.leave()
	}
	marked, err := s.queries().HasUnsweptMark(ctx)
	if err != nil {
		return token.Page{}, s.explain("list tokens", err)
	}
	list := listing{Query: q, owners: owners, marked: marked}
	var page token.Page
	if q.Limit > 0 {
		if page.Tokens, err = list.page(ctx, s.backend.Reader()); err != nil {
			return token.Page{}, s.explain("list tokens", err)
		}
	}
	if !q.NoTotal {
		if page.Total, err = list.total(ctx, s.backend.Reader()); err != nil {
			return token.Page{}, s.explain("count tokens", err)
		}
	}
	return page, nil
}

// ownersOf joins the two filters by owner. nil means all owners; none is true
// when no owner passes both.
func ownersOf(q token.Query) (owners []string, none bool) {
	switch {
	case q.Owner == "":
		for _, owner := range slices.Compact(slices.Sorted(slices.Values(q.Owners))) {
			if owner != "" && storable(owner) {
				owners = append(owners, owner)
			}
		}
		return owners, q.Owners != nil && len(owners) == 0
	case q.Owners == nil || slices.Contains(q.Owners, q.Owner):
		return []string{q.Owner}, false
	}
	return nil, true
}

// listing is a query with what was found out about it.
type listing struct {
	token.Query

	owners []string // nil means all
	marked bool     // there are marks that the sweep is not done with
	// createdUpTo leaves out what was created later; nil means nothing.
	createdUpTo *time.Time
}

// page reads the rows of the page.
func (l listing) page(ctx context.Context, tx DBTX) ([]token.Token, error) {
	dir := " DESC"
	if l.Asc {
		dir = " ASC"
	}
	offset := max(l.Offset, 0)
	if l.After != nil {
		offset = 0
	}
	branches, err := l.planned(ctx, tx, offset+l.Limit)
	if err != nil || len(branches) == 0 {
		return nil, err
	}
	var q statement
	q.add("SELECT " + recordColumns + " FROM (SELECT b.id, b.never, b.k FROM (")
	for _, b := range branches {
		// A name for the subquery: PostgreSQL 15 asks for one.
		q.add("SELECT * FROM (SELECT t.id AS id, " + b.never() + " AS never, " + b.key(l.Sort) + " AS k FROM tokens t WHERE ")
		l.where(&q, b)
		l.after(&q, b)
		q.add(" ORDER BY "+b.order(l.Sort, dir)+" LIMIT ?) AS x UNION ALL ", offset+l.Limit)
	}
	q.add("SELECT t.id AS id, " + unsettledNever(l.Sort) + " AS never, " + column(l.Sort) +
		" AS k FROM unsettled u CROSS JOIN tokens t WHERE t.id = u.token_id AND ")
	l.whereUnsettled(&q, branches...)
	l.afterUnsettled(&q)
	q.add(") AS b ORDER BY b.never, b.k"+dir+", b.id"+dir+" LIMIT ? OFFSET ?", l.Limit, offset)
	q.add(") AS p CROSS JOIN token_records r WHERE r.id = p.id ORDER BY p.never, p.k" + dir + ", p.id" + dir)

	var tokens []token.Token
	err = q.each(ctx, tx, func(rows *sql.Rows) error {
		var r db.TokenRecord
		err := rows.Scan(&r.ID, &r.Family, &r.Kind, &r.Name, &r.Description, &r.Hint, &r.Owner, &r.Workspace,
			&r.Subject, &r.Scopes, &r.CreatedBy, &r.CreatedAt, &r.ExpiresAt, &r.LastUsedAt, &r.DisabledAt,
			&r.RevokedAt, &r.RevokedBy, &r.Replaces, &r.ReplacedBy, &r.MarkAt, &r.MarkBy)
		tokens = append(tokens, tokenOf(r))
		return err
	})
	return tokens, err
}

// recordColumns are the columns of token_records in the order of the fields of
// db.TokenRecord, but for the checksum: a list decides nothing.
const recordColumns = `r.id, r.family, r.kind, r.name, r.description, r.hint, r.owner, r.workspace, r.subject,
	r.scopes, r.created_by, r.created_at, r.expires_at, r.last_used_at, r.disabled_at, r.revoked_at, r.revoked_by,
	r.replaces, r.replaced_by, r.mark_at, r.mark_by`

// total counts the rows of all branches: from the counters where they have
// the answer, else one by one.
func (l listing) total(ctx context.Context, tx DBTX) (int, error) {
	var q statement
	if l.countable() {
		l.counted(&q)
	} else {
		l.countedOneByOne(&q)
	}
	var n int
	err := q.each(ctx, tx, func(rows *sql.Rows) error { return rows.Scan(&n) })
	return n, err
}

func (l listing) countedOneByOne(q *statement) {
	q.add("SELECT 0")
	for _, b := range l.branches() {
		if b.used != usedNever { // counted with its twin
			l.countRows(q, b)
		}
	}
}

// countRows adds the rows of a branch to a sum, settled or not.
func (l listing) countRows(q *statement, b branch) {
	b.used, b.sparse = usedAny, true
	q.add(" + (SELECT count(*) FROM tokens t WHERE ")
	l.where(q, b)
	q.add(") + (SELECT count(*) FROM unsettled u CROSS JOIN tokens t WHERE t.id = u.token_id AND ")
	l.whereUnsettled(q, b)
	q.add(")")
}
