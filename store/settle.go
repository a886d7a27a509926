package store

import (
	"context"
	"database/sql"
	"slices"
)

// Issuing or revoking a token would write it into each index of the lists, or
// move it in each: most of what such a change costs. Instead a change leaves
// the indexes alone, because all of them are limited to tokens that have a
// class and no change writes the class, and names the token in the table
// unsettled, with the place where it is still counted. Soon afterwards the
// token is settled: in one transaction for many tokens it gets the class that
// its times ask for, and its place in the counters. Until then readers take it
// from the table unsettled; see branch.go and count.go.
//
// Those queries join with CROSS JOIN: SQLite then begins with the table that is
// named first. Of its own it takes a table that was empty when it was analyzed for
// a long one, and would read all tokens to look each of them up in it.
//
// Whoever moves a token in the counters holds its row, and looks at the table
// unsettled afterwards: a token that is named there is moved by settling alone.

const (
	// settleAt is how many tokens wait before they are settled. Every list
	// reads those that wait.
	settleAt = 64
	// settleMax is how many tokens one transaction settles: while it runs,
	// SQLite lets no change through.
	settleMax = 256
)

// Settle settles tokens while enough of them wait to make it worth a
// transaction. Any node may call it at any time, beside everything else: call
// it after changes, and not where news of a revocation would wait for it.
func (s *Store) Settle(ctx context.Context) error { return s.settle(ctx, settleAt) }

// settle settles the tokens that wait, unless fewer than least do.
func (s *Store) settle(ctx context.Context, least int32) error {
	for settled := settleMax; settled == settleMax; {
		waiting, err := s.queries().CountUnsettled(ctx, least)
		if err != nil || waiting < int64(least) {
			return s.explain("settle", err)
		}
		var n int // read after success alone: a change may outlive its caller
		err = s.backend.Write(ctx, func(ctx context.Context, tx DBTX) (err error) {
			n, err = settleSome(ctx, on(tx))
			return err
		})
		if err != nil {
			return s.explain("settle", err)
		}
		settled = n
	}
	return nil
}

// countersTurn is the turn of those who write the counters.
const countersTurn = "counters"

// settleSome gives how many tokens it settled.
func settleSome(ctx context.Context, q queries) (int, error) {
	if err := takeTurn(ctx, q, countersTurn); err != nil {
		return 0, err
	}
	ids, err := q.ListUnsettled(ctx, settleMax)
	if err != nil {
		return 0, err
	}
	sums := moves{}
	for chunk := range slices.Chunk(ids, rowBatch) {
		if err := settleRows(ctx, q, chunk, sums); err != nil {
			return 0, err
		}
	}
	return len(ids), sums.record(ctx, q)
}

// settleRows settles tokens and gathers where they moved. The update comes
// first: it holds the rows, so that no change adds to the table behind it.
func settleRows(ctx context.Context, q queries, ids []string, sums moves) error {
	var now statement
	now.add(`UPDATE tokens SET class = CASE WHEN revoked_at IS NOT NULL THEN 'revoked' WHEN class = 'expired' THEN 'expired'
		WHEN disabled_at IS NOT NULL THEN 'disabled' ELSE 'live' END WHERE id IN `)
	now.addList(ids)
	now.add(" RETURNING kind, owner, class, expires_at")
	if err := now.each(ctx, q, sums.read(1)); err != nil {
		return err
	}
	var before statement
	before.add("DELETE FROM unsettled WHERE token_id IN ")
	before.addList(ids)
	before.add(" RETURNING kind, owner, class, expires_at")
	return before.each(ctx, q, sums.read(-1))
}

// read gives a reader of rows that counts each at its place.
func (m moves) read(n int64) func(*sql.Rows) error {
	return func(rows *sql.Rows) error {
		var p place
		var class sql.NullString
		if err := rows.Scan(&p.kind, &p.owner, &class, &p.expiresAt); err != nil {
			return err
		}
		if p.class = class.String; class.Valid {
			m.add(p, n)
		}
		return nil
	}
}
