package store

import (
	"context"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/store/internal/db"
	"github.com/tokenwright/tokenwright/token"
)

// AddMark revokes all tokens a mark covers, by one row.
func (s *Store) AddMark(ctx context.Context, m token.Mark, e audit.Entry) error {
	return s.record(ctx, e, func(ctx context.Context, q queries) error {
		rows, err := q.InsertMark(ctx, db.InsertMarkParams{
			ID: m.ID, Owner: m.Owner, Workspace: m.Workspace, Kind: string(m.Kind), NotBefore: micros(m.NotBefore),
			Reason: m.Reason, RevokedBy: m.RevokedBy, CreatedAt: micros(m.CreatedAt),
		})
		if err == nil && rows == 0 {
			err = token.ErrExists
		}
		return err
	})
}

// Marks gives all marks, oldest first. Marks are never removed.
func (s *Store) Marks(ctx context.Context) ([]token.Mark, error) {
	rows, err := s.queries().ListMarks(ctx)
	if err != nil {
		return nil, s.explain("list marks", err)
	}
	marks := make([]token.Mark, len(rows))
	for i, row := range rows {
		marks[i] = markOf(row)
	}
	return marks, nil
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
		kinds = token.Kinds()
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
	if m.Workspace == "" && !m.NotBefore.Before(m.CreatedAt) {
		page, err := s.ListTokens(ctx, token.Query{
			Kind: m.Kind, Owner: m.Owner, Now: m.CreatedAt,
			States: []token.State{token.StateActive, token.StateExpiring, token.StateDisabled},
		})
		return page.Total, err
	}
	now, notBefore := micros(m.CreatedAt), micros(m.NotBefore)
	if m.Owner != "" {
		n, err := s.queries().CountCoveredOfOwner(ctx, db.CountCoveredOfOwnerParams{
			Kind: string(m.Kind), Owner: m.Owner, Now: now, NotBefore: notBefore, Workspace: m.Workspace,
		})
		return int(n), err
	}
	n, err := s.queries().CountCovered(ctx, db.CountCoveredParams{
		Kind: string(m.Kind), Now: now, NotBefore: notBefore, Workspace: m.Workspace,
	})
	return int(n), err
}
