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
// The new record is dated as the former one, as the record of an opaque token
// is after its rotation: so a mark that covers the one covers the other, whether
// it is committed before this transaction or meanwhile, and nobody comes out of a
// mass revocation by rotating. A mark that is seen here ends the replacement with
// token.ErrAlreadyRevoked.
//
// What the former record had replaced ends at once, if its overlap is not over:
// of one token at most two texts are good.
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
		if err := endOlder(ctx, q, t, r, e); err != nil {
			return err
		}
		r.New.Token.CreatedAt, r.New.Token.Replaces = t.CreatedAt, t.ID
		if err := createToken(ctx, q, r.New, issued); err != nil {
			return err
		}
		return q.SetReplaces(ctx, t.ID, r.New.Token.ID)
	})
	return err
}

// endReplaced ends the former record.
func endReplaced(ctx context.Context, q queries, t token.Token, r token.Replacement) error {
	if err := q.SetReplacedBy(ctx, r.New.Token.ID, t.ID); err != nil {
		return err
	}
	if !r.OverlapEndsAt.After(r.At) {
		return revokeReplaced(ctx, q, t.ID, r)
	}
	ends := t.ExpiresAt
	if r.OverlapEndsAt.Before(ends) {
		ends = r.OverlapEndsAt
	}
	return q.RenewToken(ctx, db.RenewTokenParams{
		ID: t.ID, Hint: t.Hint, Search: searchText(t), ExpiresAt: micros(ends),
	})
}

// endOlder ends what t replaced, with an entry of its own, by which verifiers
// everywhere learn of it. e is the entry of the rotation.
func endOlder(ctx context.Context, q queries, t token.Token, r token.Replacement, e audit.Entry) error {
	if t.Replaces == "" {
		return nil
	}
	older, err := holdToken(ctx, q, t.Replaces)
	if err != nil || !older.Usable(r.At) {
		return err
	}
	if err := revokeReplaced(ctx, q, older.ID, r); err != nil {
		return err
	}
	return appendEntry(ctx, q, e.Also(audit.TokenRevoked, older, replacedReason))
}

// replacedReason is why a token ended that another one took the place of.
const replacedReason = "replaced by rotation"

func revokeReplaced(ctx context.Context, q queries, id string, r token.Replacement) error {
	revoked, err := q.RevokeToken(ctx, db.RevokeTokenParams{
		ID: id, RevokedAt: optional(r.At), RevokedBy: r.New.Token.CreatedBy, Reason: replacedReason,
	})
	if err != nil {
		return err
	}
	return written(revoked, token.ErrAlreadyRevoked)
}
