package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/store/internal/db"
	"github.com/tokenwright/tokenwright/token"
)

// AddMark revokes all tokens a mark covers, by one row, and gives the mark as
// it is kept.
//
// A mark whose NotBefore is its own time means "until now", and now is not what
// this node's clock says: a node whose clock is ahead has issued tokens that
// are dated later. So such a mark reaches to the newest token that it names.
// What is issued after it is dated behind it, see insertCovered.
//
// Where it names neither kind nor workspace it also ends what people have
// without a token: see endPeople.
func (s *Store) AddMark(ctx context.Context, m token.Mark, e audit.Entry) (token.Mark, error) {
	var kept token.Mark // read after success alone: a change may outlive its caller
	err := s.write(ctx, string(e.Action), func(ctx context.Context, q queries) error {
		kept = m
		// First of all: who used a code meanwhile has issued a token since.
		told, err := endPeople(ctx, q, m, e)
		if err != nil {
			return err
		}
		if untilNow(m) {
			newest, err := newestNamed(ctx, q, m)
			if err != nil {
				return err
			}
			if newest.After(m.NotBefore) {
				kept.NotBefore = newest
			}
		}
		rows, err := q.InsertMark(ctx, rowOfMark(kept))
		if err == nil && rows == 0 {
			err = token.ErrExists
		}
		if err != nil {
			return err
		}
		return appendEntry(ctx, q, told.OfMark(kept))
	})
	if err != nil {
		return token.Mark{}, err
	}
	return kept, nil
}

// untilNow reports whether a mark covers all that exists, see AddMark.
func untilNow(m token.Mark) bool { return !m.NotBefore.Before(m.CreatedAt) }

// newestNamed gives the time of creation of the newest token that a mark names,
// when that is later than the mark; else the zero time. The index by time of
// creation ends in the few that are.
func newestNamed(ctx context.Context, q queries, m token.Mark) (newest time.Time, err error) {
	kinds := []token.Kind{m.Kind}
	if m.Kind == "" {
		kinds = kept()
	}
	var find statement
	find.add("SELECT max(c.at) FROM (SELECT max(t.created_at) AS at FROM unsettled u CROSS JOIN tokens t WHERE t.id = u.token_id AND 1 = 1")
	named := func() {
		find.add(" AND t.created_at > ?", micros(m.NotBefore))
		if m.Owner != "" {
			find.add(" AND t.owner = ?", m.Owner)
		}
		if m.Workspace != "" {
			find.add(" AND t.workspace = ?", m.Workspace)
		}
	}
	if m.Kind != "" {
		find.add(" AND t.kind = ?", string(m.Kind))
	}
	named()
	for _, kind := range kinds {
		for _, class := range []class{classLive, classDisabled, classExpired} {
			find.add(" UNION ALL SELECT max(t.created_at) AS at FROM tokens t WHERE t.kind = ? AND t.class = ?", string(kind), class)
			named()
		}
	}
	find.add(") AS c")
	err = find.each(ctx, q, func(rows *sql.Rows) error {
		var at sql.NullInt64
		err := rows.Scan(&at)
		newest = maybe(at)
		return err
	})
	return newest, err
}

// Marks gives all marks, oldest first. Marks are never removed. With a damaged
// one among them nobody knows what is revoked: ErrDamaged.
func (s *Store) Marks(ctx context.Context) ([]token.Mark, error) {
	rows, err := s.queries().ListMarks(ctx)
	if err != nil {
		return nil, s.explain("list marks", err)
	}
	marks := make([]token.Mark, len(rows))
	for i, row := range rows {
		if err := intactMark(&row); err != nil {
			return nil, err
		}
		marks[i] = markOf(row)
	}
	return marks, nil
}

// rowOfMark gives a mark as it is inserted.
func rowOfMark(m token.Mark) db.InsertMarkParams {
	row := db.Mark{
		ID: m.ID, Owner: m.Owner, Workspace: m.Workspace, Kind: string(m.Kind), NotBefore: micros(m.NotBefore),
		Reason: m.Reason, RevokedBy: m.RevokedBy, CreatedAt: micros(m.CreatedAt),
	}
	return db.InsertMarkParams{
		ID: row.ID, Owner: row.Owner, Workspace: row.Workspace, Kind: row.Kind, NotBefore: row.NotBefore,
		Reason: row.Reason, RevokedBy: row.RevokedBy, CreatedAt: row.CreatedAt, Checksum: markChecksum(&row),
	}
}

func markOf(row db.Mark) token.Mark {
	return token.Mark{
		ID: row.ID, Owner: row.Owner, Workspace: row.Workspace, Kind: token.Kind(row.Kind),
		NotBefore: moment(row.NotBefore), Reason: row.Reason, RevokedBy: row.RevokedBy, CreatedAt: moment(row.CreatedAt),
	}
}

// CountCovered counts the tokens that a mark would revoke and that are usable
// at its time of creation. Where the mark has no workspace and covers
// everything issued before it was made, the counters have the answer and its
// cost does not grow with the table.
func (s *Store) CountCovered(ctx context.Context, m token.Mark) (n int, err error) {
	kinds := []token.Kind{m.Kind}
	if m.Kind == "" {
		kinds = kept()
	}
	for _, kind := range kinds {
		m.Kind = kind
		covered, err := s.countCovered(ctx, m)
		if err != nil {
			return 0, s.explain("count covered tokens", err)
		}
		n += covered
	}
	return n, nil
}

func (s *Store) countCovered(ctx context.Context, m token.Mark) (int, error) {
	marked, err := s.queries().HasUnsweptMark(ctx)
	if err != nil {
		return 0, err
	}
	covered := listing{marked: marked, Query: token.Query{
		Kind: m.Kind, Workspace: m.Workspace, Now: m.CreatedAt,
		States: []token.State{token.StateActive, token.StateExpiring, token.StateDisabled},
	}}
	if m.Owner != "" {
		covered.owners = []string{m.Owner}
	}
	if m.NotBefore.Before(m.CreatedAt) {
		covered.createdUpTo = &m.NotBefore
	}
	return covered.total(ctx, s.backend.Reader())
}
