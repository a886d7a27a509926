package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/store/internal/db"
	"github.com/tokenwright/tokenwright/token"
)

// exportBatch is how many entries an export reads at a time.
const exportBatch = 1000

// ListEntries gives a page, newest first. It shows committed entries at once,
// whether or not they have their position yet. A Limit of 0 gives the total
// alone.
func (s *Store) ListEntries(ctx context.Context, q audit.Query) (audit.Page, error) {
	var page audit.Page
	if !askable(q) {
		return page, nil
	}
	if q.Limit > 0 {
		stored, err := s.entries(ctx, pageOf(q))
		if err != nil {
			return audit.Page{}, s.explain("list entries", err)
		}
		for _, e := range stored {
			page.Entries = append(page.Entries, e.Entry)
		}
		if q.After != nil {
			slices.Reverse(page.Entries)
		}
	}
	total, err := s.countEntries(ctx, q)
	page.Total = total
	return page, s.explain("count entries", err)
}

// FindEntry gives an entry as it stands in the log, or token.ErrNotFound. The
// position of one that has none yet is -1.
func (s *Store) FindEntry(ctx context.Context, id string) (audit.Stored, error) {
	if !storable(id) {
		return audit.Stored{}, token.ErrNotFound
	}
	var one statement
	one.add("SELECT "+entryColumns+" FROM audit_entries WHERE id = ?", id)
	found, err := s.entries(ctx, &one)
	if err == nil && len(found) == 0 {
		err = token.ErrNotFound
	}
	if err != nil {
		return audit.Stored{}, s.explain("find entry", err)
	}
	return found[0], nil
}

// NewestEntry gives the latest time of any entry, with or without a position,
// or the zero time while there are none.
func (s *Store) NewestEntry(ctx context.Context) (at time.Time, err error) {
	var newest statement
	newest.add(`SELECT max(e.at) FROM (SELECT max(at) AS at FROM audit_entries WHERE position IS NOT NULL
		UNION ALL SELECT max(at) AS at FROM audit_entries WHERE position IS NULL) AS e`)
	err = newest.each(ctx, s.backend.Reader(), func(rows *sql.Rows) error {
		var when sql.NullInt64
		err := rows.Scan(&when)
		at = maybe(when)
		return err
	})
	return at, s.explain("find the newest entry", err)
}

// IterateEntries calls yield with the matching entries that have a position,
// oldest first, whatever their number; q.Limit, Offset and Before are ignored.
// It reads a batch at a time, holds no transaction open meanwhile, and stops
// at the first error of yield.
func (s *Store) IterateEntries(ctx context.Context, q audit.Query, yield func(audit.Stored) error) error {
	if !askable(q) {
		return nil
	}
	var next int64
	for {
		var batch statement
		batch.add("SELECT "+entryColumns+" FROM audit_entries WHERE position >= ?", next)
		entryFilter(&batch, q)
		batch.add(" ORDER BY position LIMIT ?", exportBatch)
		stored, err := s.entries(ctx, &batch)
		if err != nil {
			return s.explain("export entries", err)
		}
		for _, e := range stored {
			if err := yield(e); err != nil {
				return err
			}
			next = e.Position + 1
		}
		if len(stored) < exportBatch {
			return nil
		}
	}
}

// entryColumns are the columns of audit_entries in the order of the fields of
// db.AuditEntry.
const entryColumns = "id, at, action, outcome, actor, token_id, owner, kind, workspace, body, position"

// pageOf merges the entries that have a position, which the indexes hold, and
// the few that have none yet.
func pageOf(q audit.Query) *statement {
	offset, order := max(q.Offset, 0), " ORDER BY at DESC, id DESC LIMIT ?"
	if q.Before != nil || q.After != nil {
		offset = 0
	}
	if q.After != nil {
		order = " ORDER BY at ASC, id ASC LIMIT ?"
	}
	var page statement
	page.add("SELECT " + entryColumns + " FROM (")
	for i, part := range []string{"position IS NOT NULL", "position IS NULL"} {
		if i > 0 {
			page.add(" UNION ALL ")
		}
		page.add("SELECT * FROM (SELECT " + entryColumns + " FROM audit_entries WHERE " + part)
		entryFilter(&page, q)
		switch {
		case q.After != nil:
			page.add(" AND (at, id) > (?, ?)", micros(q.After.At), q.After.ID)
		case q.Before != nil:
			page.add(" AND (at, id) < (?, ?)", micros(q.Before.At), q.Before.ID)
		}
		page.add(order+") AS x", offset+q.Limit)
	}
	page.add(") AS e"+order+" OFFSET ?", q.Limit, offset)
	return &page
}

// entries runs a query of entryColumns.
func (s *Store) entries(ctx context.Context, q *statement) ([]audit.Stored, error) {
	var out []audit.Stored
	err := q.each(ctx, s.backend.Reader(), func(rows *sql.Rows) error {
		var r db.AuditEntry
		if err := rows.Scan(&r.ID, &r.At, &r.Action, &r.Outcome, &r.Actor, &r.TokenID, &r.Owner, &r.Kind,
			&r.Workspace, &r.Body, &r.Position); err != nil {
			return err
		}
		e, err := entryOf(r)
		one := audit.Stored{Entry: e, Position: -1, Body: r.Body}
		if r.Position.Valid {
			one.Position = r.Position.Int64
		}
		out = append(out, one)
		return err
	})
	return out, err
}

// askable reports whether the texts of a query can be in the log at all.
func askable(q audit.Query) bool {
	return storable(q.TokenID, q.Owner, q.Actor, string(q.Kind)) && storable(q.TokenIDs...)
}

// entryFilter adds the conditions of a query. A condition on a column with a
// partial index repeats that index's own, so that the planner may use it.
func entryFilter(s *statement, q audit.Query) {
	if q.TokenID != "" {
		s.add(" AND token_id <> '' AND token_id = ?", q.TokenID)
	}
	if len(q.TokenIDs) > 0 {
		s.add(" AND token_id <> '' AND token_id IN ")
		s.addList(q.TokenIDs)
	}
	if q.Owner != "" {
		s.add(" AND owner <> '' AND owner = ?", q.Owner)
	}
	if q.Actor != "" {
		s.add(" AND actor <> '' AND actor = ?", q.Actor)
	}
	if q.Kind != "" {
		s.add(" AND kind = ?", string(q.Kind))
	}
	if len(q.Actions) > 0 {
		actions := make([]string, len(q.Actions))
		for i, a := range q.Actions {
			actions[i] = string(a)
		}
		s.add(" AND action IN ")
		s.addList(actions)
	}
	if q.Outcome != "" {
		s.add(" AND outcome = ?", string(q.Outcome))
	}
	if !q.Since.IsZero() {
		s.add(" AND at >= ?", micros(q.Since))
	}
	if !q.Until.IsZero() {
		s.add(" AND at < ?", micros(q.Until))
	}
}

// countEntries counts the matching entries: all of them from the head of the
// log and what is pending, others one by one.
func (s *Store) countEntries(ctx context.Context, q audit.Query) (n int, err error) {
	var count statement
	var filter statement
	if entryFilter(&filter, q); filter.text.Len() == 0 {
		count.add("SELECT size + (SELECT count(*) FROM audit_entries WHERE position IS NULL) FROM log_head WHERE id = 1")
	} else {
		count.add("SELECT ")
		addCount(&count, q, "position IS NOT NULL")
		count.add(" + ")
		addCount(&count, q, "position IS NULL")
	}
	err = count.each(ctx, s.backend.Reader(), func(rows *sql.Rows) error { return rows.Scan(&n) })
	if q.CountTo > 0 {
		n = min(n, q.CountTo)
	}
	return n, err
}

// addCount adds the number of the matching entries of a part of the log.
func addCount(count *statement, q audit.Query, part string) {
	if q.CountTo > 0 {
		count.add("(SELECT count(*) FROM (SELECT 1 AS one FROM audit_entries WHERE " + part)
		entryFilter(count, q)
		count.add(" LIMIT ?) AS x)", q.CountTo)
		return
	}
	count.add("(SELECT count(*) FROM audit_entries WHERE " + part)
	entryFilter(count, q)
	count.add(")")
}
