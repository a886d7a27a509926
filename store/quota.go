package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/tokenwright/tokenwright/store/internal/db"
	"github.com/tokenwright/tokenwright/token"
)

// quotaSlack is how far from its limit an owner must be for issues not to wait
// for each other, and up to which limit tokens are simply counted. It must exceed
// the number of transactions that all nodes together can have open at once;
// PostgreSQL allows 100 connections unless it is told otherwise.
const quotaSlack = 256

// checkQuota counts the owner's tokens that are usable now, the new one among
// them. Near the limit the issues of one owner take turns, so that two of them at
// once cannot both find the last place free; far from it the counters tell that
// there is room, and an issue costs the same however many tokens there are.
func checkQuota(ctx context.Context, q queries, n token.New, now time.Time) error {
	t, limit := n.Token, n.Limits.MaxPerOwner
	if limit <= 0 {
		return nil
	}
	if limit > quotaSlack {
		atMost, err := countStanding(ctx, q, t)
		if err != nil || atMost+quotaSlack <= limit {
			return err
		}
	}
	if err := takeTurn(ctx, q, "issue "+string(t.Kind)+" "+t.Owner); err != nil {
		return err
	}
	used, err := countUsable(ctx, q, n, now)
	if err == nil && used > limit {
		err = token.ErrQuota
	}
	return err
}

// countStanding gives at least as many as the owner's usable tokens are: those
// that the sums have among the good ones, those that are not in them yet, and
// those that an import keeps aside: it may be about to commit them, and had no
// more to count itself than was committed before.
func countStanding(ctx context.Context, q queries, t token.Token) (n int, err error) {
	var standing statement
	standing.add(`SELECT cast(coalesce((SELECT sum(n) FROM token_counts WHERE kind = ? AND owner = ?
		AND class IN ('live', 'disabled') AND level = ? AND bucket = 0), 0)`, string(t.Kind), t.Owner, levelAll)
	standing.add(" + (SELECT count(*) FROM unsettled u WHERE u.kind = ? AND u.owner = ? AND u.class IS NULL)", string(t.Kind), t.Owner)
	standing.add(" + (SELECT count(*) FROM import_lines l WHERE l.kind = ? AND l.owner = ?) AS bigint)", string(t.Kind), t.Owner)
	err = standing.each(ctx, q, func(rows *sql.Rows) error { return rows.Scan(&n) })
	return n, err
}

// countUsable counts the usable tokens of the owner, one more than the limit
// at most where it counts them one by one. The counters have a record and the
// one that replaced it as two, so nobody is refused by what they say alone.
func countUsable(ctx context.Context, q queries, one token.New, now time.Time) (int, error) {
	t, limit := one.Token, one.Limits.MaxPerOwner
	marked, err := q.HasUnsweptMark(ctx)
	if err != nil {
		return 0, err
	}
	if !marked && limit > quotaSlack {
		usable := listing{owners: []string{t.Owner}, Query: token.Query{
			Kind: t.Kind, Now: now, States: []token.State{token.StateActive, token.StateExpiring, token.StateDisabled},
		}}
		if n, err := usable.total(ctx, q); err != nil || n <= limit {
			return n, err
		}
	}
	n, err := q.CountUsable(ctx, db.CountUsableParams{
		Kind: string(t.Kind), Owner: t.Owner, Now: micros(now), UpTo: int32(min(limit, 1<<30) + 1),
	})
	return int(n), err
}
