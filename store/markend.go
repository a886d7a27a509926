package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/tokenwright/tokenwright/store/internal/db"
	"github.com/tokenwright/tokenwright/token"
)

// A mark that was swept is no longer compared with tokens: what it covers says
// so itself. A token that was overlooked would be good again for ever, so a mark
// ends in one transaction that looks once more and lets nobody else sweep or
// settle meanwhile.

// endMark ends a mark's part in the view, if the mark has settled and nothing
// under it is left.
func (s *Store) endMark(ctx context.Context, mark db.Mark, now time.Time) error {
	health, err := s.Health(ctx)
	if err != nil || health.Now.Sub(moment(mark.CreatedAt)) < settling {
		return err
	}
	return s.write(ctx, "sweep", func(ctx context.Context, q queries) error {
		if err := takeTurn(ctx, q, countersTurn); err != nil {
			return err
		}
		if left, err := anyCovered(ctx, q, mark); err != nil || left {
			return err
		}
		return q.SetMarkSwept(ctx, optional(now), mark.ID)
	})
}

// anyCovered reports whether a token under a mark has no revocation of its own,
// be it settled or not.
func anyCovered(ctx context.Context, q queries, mark db.Mark) (left bool, err error) {
	var ask statement
	covered := func() {
		ask.add(" AND t.created_at <= ? AND t.revoked_at IS NULL", mark.NotBefore)
		if mark.Owner != "" {
			ask.add(" AND t.owner = ?", mark.Owner)
		}
		if mark.Workspace != "" {
			ask.add(" AND t.workspace = ?", mark.Workspace)
		}
		ask.add(")")
	}
	ask.add("SELECT EXISTS (SELECT 1 FROM unsettled u CROSS JOIN tokens t WHERE t.id = u.token_id AND t.class IS NULL")
	if mark.Kind != "" {
		ask.add(" AND t.kind = ?", mark.Kind)
	}
	covered()
	for _, kind := range kindsOf(mark) {
		for _, class := range []class{classLive, classDisabled, classExpired} {
			ask.add(" OR EXISTS (SELECT 1 FROM tokens t WHERE t.kind = ? AND t.class = ?", string(kind), class)
			covered()
		}
	}
	err = ask.each(ctx, q, func(rows *sql.Rows) error { return rows.Scan(&left) })
	return left, err
}

// kept lists the kinds that there may be records of.
func kept() []token.Kind { return append(token.Kinds(), token.KindRefresh) }

// kindsOf lists the kinds that a mark may cover records of.
func kindsOf(mark db.Mark) []token.Kind {
	if mark.Kind != "" {
		return []token.Kind{token.Kind(mark.Kind)}
	}
	return kept()
}
