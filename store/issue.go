package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/store/internal/db"
	"github.com/tokenwright/tokenwright/token"
)

// quotaSlack is how far from its limit an owner must be for issues not to wait
// for each other, and up to which limit tokens are simply counted. It must exceed the number of transactions
// that all nodes together can have open at once; PostgreSQL allows 100
// connections unless it is told otherwise.
const quotaSlack = 256

// CreateToken inserts a record and the digest of its secret. Inside the
// transaction it refuses a taken name (token.ErrNameTaken), a digest that
// exists (token.ErrExists) and an owner at its limit (token.ErrQuota). A zero
// digest means that nothing is looked up by digest.
//
// A record that a mark covers is inserted as revoked by that mark.
func (s *Store) CreateToken(ctx context.Context, n token.New, e audit.Entry) error {
	return s.record(ctx, e, func(ctx context.Context, q queries) error {
		t := n.Token
		if err := applyMarks(ctx, q, &t); err != nil {
			return err
		}
		if err := claimName(ctx, q, t, n.Limits.Reuse); err != nil {
			return err
		}
		if err := addSecret(ctx, q, n.Digest, t); err != nil {
			return err
		}
		if err := countChange(ctx, q, nil, placeOf(t, classOf(t))); err != nil {
			return err
		}
		return checkQuota(ctx, q, t, n.Limits.MaxPerOwner)
	})
}

// applyMarks revokes a record that is covered by a mark from before: the sweep
// of that mark may be over.
func applyMarks(ctx context.Context, q queries, t *token.Token) error {
	row, err := q.FindCoveringMark(ctx, db.FindCoveringMarkParams{
		TokenCreatedAt: micros(t.CreatedAt), Kind: string(t.Kind), Owner: t.Owner, Workspace: t.Workspace,
	})
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return err
	}
	if t.RevokedAt.IsZero() {
		t.RevokedAt, t.RevokedBy = moment(row.CreatedAt), row.RevokedBy
	}
	return nil
}

// claimName inserts the record. The unique index decides who has a name; the
// rule of reuse frees it from a token that has ended.
func claimName(ctx context.Context, q queries, t token.Token, reuse token.NameReuse) error {
	if reuse == token.ReuseAfterRevocation || reuse == token.ReuseAfterEnd {
		if err := q.FreeNameRevoked(ctx, string(t.Kind), t.Owner, text(t.Name)); err != nil {
			return err
		}
	}
	if reuse == token.ReuseAfterEnd {
		err := q.FreeNameExpired(ctx, db.FreeNameExpiredParams{
			Kind: string(t.Kind), Owner: t.Owner, Name: text(t.Name), Now: micros(t.CreatedAt),
		})
		if err != nil {
			return err
		}
	}
	rows, err := q.InsertToken(ctx, rowOf(t))
	if err == nil && rows == 0 {
		err = token.ErrNameTaken
	}
	return err
}

// addSecret keeps the digest of a token's new secret.
func addSecret(ctx context.Context, q queries, d token.Digest, t token.Token) error {
	if d == (token.Digest{}) {
		return nil
	}
	rows, err := q.InsertSecret(ctx, d[:], t.ID, micros(t.CreatedAt))
	if err == nil && rows == 0 {
		err = token.ErrExists
	}
	return err
}

// checkQuota counts the owner's usable tokens, the new one among them. Near
// the limit the issues of one owner take turns, so that two of them at once
// cannot both find the last place free; far from it the counters tell that
// there is room, and an issue costs the same however many tokens there are.
func checkQuota(ctx context.Context, q queries, t token.Token, limit int) error {
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
	n, err := countUsable(ctx, q, t, limit)
	if err == nil && n > limit {
		err = token.ErrQuota
	}
	return err
}

// countUsable counts the usable tokens of t's owner, one more than the limit
// at most where it counts them one by one.
func countUsable(ctx context.Context, q queries, t token.Token, limit int) (int, error) {
	marked, err := q.HasUnsweptMark(ctx)
	if err != nil {
		return 0, err
	}
	if marked || limit <= quotaSlack {
		n, err := q.CountUsable(ctx, db.CountUsableParams{
			Kind: string(t.Kind), Owner: t.Owner, Now: micros(t.CreatedAt), UpTo: int32(min(limit, 1<<30) + 1),
		})
		return int(n), err
	}
	usable := listing{owners: []string{t.Owner}, Query: token.Query{
		Kind: t.Kind, Now: t.CreatedAt, States: []token.State{token.StateActive, token.StateExpiring, token.StateDisabled},
	}}
	return usable.total(ctx, q)
}

func text(s string) sql.NullString { return sql.NullString{String: s, Valid: true} }
