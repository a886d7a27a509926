package store

import (
	"context"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/store/internal/db"
	"github.com/tokenwright/tokenwright/token"
)

// ReplaceToken inserts a record in the place of another, which names it and
// ends: at once, as revoked, or at the end of the overlap, as expired, but
// never later than it would have. Both entries stand in the one transaction:
// issued tells of the new record, e of the former one.
//
// A former record that is revoked, expired or disabled is refused with
// token.ErrAlreadyRevoked, token.ErrHasExpired or token.ErrIsDisabled, and one
// that was replaced before with token.ErrExists. The new one takes the place of
// the former in its owner's quota.
func (s *Store) ReplaceToken(ctx context.Context, r token.Replacement, issued, e audit.Entry) error {
	_, err := s.changeToken(ctx, r.TokenID, e, func(ctx context.Context, q queries, t token.Token) error {
		switch {
		case !t.RevokedAt.IsZero():
			return token.ErrAlreadyRevoked
		case !r.At.Before(t.ExpiresAt):
			return token.ErrHasExpired
		case !t.DisabledAt.IsZero():
			return token.ErrIsDisabled
		case t.ReplacedBy != "":
			return token.ErrExists
		}
		if err := endReplaced(ctx, q, t, r); err != nil {
			return err
		}
		if err := createToken(ctx, q, r.New, issued); err != nil {
			return err
		}
		return q.SetReplaces(ctx, r.TokenID, r.New.Token.ID)
	})
	return err
}

// endReplaced ends the former record.
func endReplaced(ctx context.Context, q queries, t token.Token, r token.Replacement) error {
	if err := q.SetReplacedBy(ctx, r.New.Token.ID, t.ID); err != nil {
		return err
	}
	if !r.OverlapEndsAt.After(r.At) {
		revoked, err := q.RevokeToken(ctx, db.RevokeTokenParams{
			ID: t.ID, RevokedAt: optional(r.At), RevokedBy: r.New.Token.CreatedBy, Reason: "replaced by rotation",
		})
		if err != nil {
			return err
		}
		return written(revoked, token.ErrAlreadyRevoked)
	}
	ends := t.ExpiresAt
	if r.OverlapEndsAt.Before(ends) {
		ends = r.OverlapEndsAt
	}
	return q.RenewToken(ctx, db.RenewTokenParams{
		ID: t.ID, Hint: t.Hint, Search: searchText(t), ExpiresAt: micros(ends),
	})
}
