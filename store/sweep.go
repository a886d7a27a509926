package store

import (
	"context"
	"database/sql"
	"maps"
	"slices"
	"time"

	"github.com/tokenwright/tokenwright/store/internal/db"
)

// shelveAfter is how long ago a token must have expired before it is moved: a
// node whose clock is ahead must not take good tokens out of the lists of live
// ones.
const shelveAfter = 24 * time.Hour

// settling is how old a mark must be before the sweep may be done with it. An
// issue that began before the mark was committed, and did not see it, has
// committed or failed by then: transactions end within seconds, and that of the
// largest import within five minutes (token.Import.Patience). The clock of the
// database judges it, so that the sweeper's does not matter; the mark is dated
// by the node that made it, and that may be five minutes behind.
const settling = 11 * time.Minute

// Sweep does at most limit rows of work that reading would otherwise repeat,
// and gives how many it did; while it gives limit there is more. It writes the
// revocation of marks into the tokens under them, which changes no answer and
// writes no entry, and takes tokens that expired out of the indexes of live
// ones. First it settles whatever waits (settle.go), and removes what imports left
// aside that were cut off. Any node may call it at any time.
func (s *Store) Sweep(ctx context.Context, now time.Time, limit int) (n int, err error) {
	if err := s.settle(ctx, 1); err != nil {
		return 0, err
	}
	if n, err = s.sweepImports(ctx, now, limit); err != nil || n >= limit {
		return n, err
	}
	marks, err := s.queries().ListUnsweptMarks(ctx)
	if err != nil {
		return n, s.explain("sweep", err)
	}
	for _, mark := range marks {
		done, err := s.sweepMark(ctx, mark, now, limit-n)
		if n += done; err != nil || n >= limit {
			return n, err
		}
	}
	for _, kind := range kept() {
		for _, class := range []class{classLive, classDisabled} {
			done, err := s.shelve(ctx, place{kind: string(kind), class: class}, now, limit-n)
			if n += done; err != nil || n >= limit {
				return n, err
			}
		}
	}
	return n, nil
}

// sweepMark revokes tokens under one mark, and ends the mark's part in the
// view once a look at all of them found none left. That none was moved says
// less: another sweeper may have been faster with those that were listed.
func (s *Store) sweepMark(ctx context.Context, mark db.Mark, now time.Time, limit int) (n int, err error) {
	clean := true
	for _, kind := range kindsOf(mark) {
		for _, class := range []class{classLive, classDisabled, classExpired} {
			listed, moved, err := s.sweepTokens(ctx, mark, place{kind: string(kind), class: class}, limit-n)
			if n += moved; err != nil || n >= limit {
				return n, err
			}
			clean = clean && listed == 0
		}
	}
	if !clean {
		return n, nil
	}
	return n, s.endMark(ctx, mark, now)
}

// sweepTokens revokes tokens of one kind and class under a mark. It gives how
// many it found and how many of them it moved.
func (s *Store) sweepTokens(ctx context.Context, mark db.Mark, from place, limit int) (listed, moved int, err error) {
	covered, err := s.listCovered(ctx, mark, from, limit)
	if err != nil || len(covered) == 0 {
		return 0, 0, s.explain("sweep", err)
	}
	moved, err = s.move(ctx, from, covered, classRevoked, func(ctx context.Context, q queries, row db.ListCoveredRow) (int64, error) {
		return q.SweepToken(ctx, db.SweepTokenParams{
			ID: row.ID, Class: from.class, ExpiresAt: row.ExpiresAt, RevokedAt: optional(moment(mark.CreatedAt)),
			RevokedBy: mark.RevokedBy, Reason: mark.Reason,
		})
	})
	return len(covered), moved, err
}

// mover writes the new class of one row; it gives 0 for a row that changed
// since it was listed, which is left for the next time.
type mover func(ctx context.Context, q queries, row db.ListCoveredRow) (int64, error)

// move moves listed rows of one kind and class to another class, with their
// counters, in one transaction, and gives how many it moved.
func (s *Store) move(ctx context.Context, from place, rows []db.ListCoveredRow, to class, set mover) (int, error) {
	var swept int // read after success alone: a change may outlive its caller
	err := s.backend.Write(ctx, func(ctx context.Context, tx DBTX) error {
		q := on(tx)
		if err := takeTurn(ctx, q, countersTurn); err != nil {
			return err
		}
		moved := map[string]db.ListCoveredRow{}
		for _, row := range rows {
			n, err := set(ctx, q, row)
			if err != nil {
				return err
			}
			if n == 1 {
				moved[row.ID] = row
			}
		}
		swept = len(moved)
		return countMoved(ctx, q, from, moved, to)
	})
	if err != nil {
		return 0, s.explain("sweep", err)
	}
	return swept, nil
}

// countMoved counts tokens at their new class, but for those that changed in
// another way since they were settled: settling them counts them.
func countMoved(ctx context.Context, q queries, from place, moved map[string]db.ListCoveredRow, to class) error {
	for ids := range slices.Chunk(slices.Sorted(maps.Keys(moved)), rowBatch) {
		var waiting statement
		waiting.add("SELECT token_id FROM unsettled WHERE token_id IN ")
		waiting.addList(ids)
		err := waiting.each(ctx, q, func(rows *sql.Rows) error {
			var id string
			err := rows.Scan(&id)
			delete(moved, id)
			return err
		})
		if err != nil {
			return err
		}
	}
	counted := moves{}
	for _, row := range moved {
		at := place{kind: from.kind, owner: row.Owner, class: from.class, expiresAt: row.ExpiresAt}
		counted.add(at, -1)
		at.class = to
		counted.add(at, 1)
	}
	return counted.record(ctx, q)
}

func (s *Store) listCovered(ctx context.Context, mark db.Mark, from place, limit int) ([]db.ListCoveredRow, error) {
	if mark.Owner == "" {
		return s.queries().ListCovered(ctx, db.ListCoveredParams{
			Kind: from.kind, Class: from.class, NotBefore: mark.NotBefore, Workspace: mark.Workspace, UpTo: int32(limit),
		})
	}
	rows, err := s.queries().ListCoveredOfOwner(ctx, db.ListCoveredOfOwnerParams{
		Kind: from.kind, Class: from.class, Owner: mark.Owner, NotBefore: mark.NotBefore,
		Workspace: mark.Workspace, UpTo: int32(limit),
	})
	out := make([]db.ListCoveredRow, len(rows))
	for i, row := range rows {
		out[i] = db.ListCoveredRow(row)
	}
	return out, err
}

// shelve moves tokens of one kind and class that expired to classExpired.
// Expired tokens never come back to life, so this loses nothing.
func (s *Store) shelve(ctx context.Context, from place, now time.Time, limit int) (int, error) {
	expired, err := s.queries().ListExpired(ctx, db.ListExpiredParams{
		Kind: from.kind, Class: from.class, Now: micros(now.Add(-shelveAfter)), UpTo: int32(limit),
	})
	if err != nil || len(expired) == 0 {
		return 0, s.explain("sweep", err)
	}
	rows := make([]db.ListCoveredRow, len(expired))
	for i, row := range expired {
		rows[i] = db.ListCoveredRow(row)
	}
	return s.move(ctx, from, rows, classExpired, func(ctx context.Context, q queries, row db.ListCoveredRow) (int64, error) {
		return q.ShelveExpired(ctx, row.ID, from.class, row.ExpiresAt)
	})
}
