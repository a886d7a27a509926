package store

import (
	"context"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/store/internal/db"
	"github.com/tokenwright/tokenwright/token"
)

// RotateToken replaces the secret of a token and gives the new record. The
// former secret is good until the end of the overlap, any older one ends at
// once. A revoked, expired or disabled token is refused with
// token.ErrAlreadyRevoked, token.ErrHasExpired or token.ErrIsDisabled; a new
// digest that exists with token.ErrExists.
func (s *Store) RotateToken(ctx context.Context, r token.Rotation, e audit.Entry) (token.Token, error) {
	return s.changeToken(ctx, r.TokenID, e, func(ctx context.Context, q queries, held heldToken) (class, error) {
		t := held.Token
		switch {
		case !t.RevokedAt.IsZero():
			return "", token.ErrAlreadyRevoked
		case !r.At.Before(t.ExpiresAt):
			return "", token.ErrHasExpired
		case !t.DisabledAt.IsZero():
			return "", token.ErrIsDisabled
		}
		if err := replaceSecret(ctx, q, t, r); err != nil {
			return "", err
		}
		t.Hint = r.Hint
		if !r.ExpiresAt.IsZero() {
			t.ExpiresAt = r.ExpiresAt
		}
		return classOf(t), q.RenewToken(ctx, db.RenewTokenParams{
			ID: t.ID, Class: classOf(t), Hint: t.Hint, Search: searchText(t), ExpiresAt: micros(t.ExpiresAt),
		})
	})
}

func replaceSecret(ctx context.Context, q queries, t token.Token, r token.Rotation) error {
	ends := r.OverlapEndsAt
	if ends.Before(r.At) {
		ends = r.At
	}
	if err := q.EndFormerSecrets(ctx, optional(r.At), t.ID); err != nil {
		return err
	}
	if err := q.EndCurrentSecret(ctx, optional(ends), t.ID); err != nil {
		return err
	}
	t.CreatedAt = r.At
	return addSecret(ctx, q, r.Digest, t)
}

// RevokeToken ends a token and gives the new record. A revoked one keeps its
// first reason and time: token.ErrAlreadyRevoked (H-08).
func (s *Store) RevokeToken(ctx context.Context, r token.Revocation, e audit.Entry) (token.Token, error) {
	return s.changeToken(ctx, r.TokenID, e, func(ctx context.Context, q queries, held heldToken) (class, error) {
		if !held.RevokedAt.IsZero() {
			return "", token.ErrAlreadyRevoked
		}
		return classRevoked, q.RevokeToken(ctx, db.RevokeTokenParams{
			ID: r.TokenID, RevokedAt: optional(r.At), RevokedBy: r.By, Reason: r.Reason,
		})
	})
}

// SetDisabled disables (true) or enables a token, at the time of the entry,
// and gives the new record. A token that is in that state already stays as it
// is, without an entry; a revoked one gives token.ErrAlreadyRevoked.
func (s *Store) SetDisabled(ctx context.Context, id string, disabled bool, e audit.Entry) (token.Token, error) {
	return s.changeToken(ctx, id, e, func(ctx context.Context, q queries, held heldToken) (class, error) {
		t := held.Token
		switch {
		case !t.RevokedAt.IsZero():
			return "", token.ErrAlreadyRevoked
		case disabled != t.DisabledAt.IsZero():
			return "", errUnchanged
		}
		t.DisabledAt = time.Time{}
		if disabled {
			t.DisabledAt = e.At
		}
		next := classOf(t)
		if held.class == classExpired {
			next = classExpired
		}
		return next, q.SetDisabled(ctx, next, optional(t.DisabledAt), t.ID)
	})
}

// heldToken is a record that no other transaction changes meanwhile.
type heldToken struct {
	token.Token

	class class
}

// changeToken holds a token, lets change decide on its record and change it,
// and gives the record as it is afterwards. change gives the new class.
func (s *Store) changeToken(
	ctx context.Context, id string, e audit.Entry,
	change func(context.Context, queries, heldToken) (class, error),
) (token.Token, error) {
	var after token.Token // read after success alone: a change may outlive its caller
	err := s.record(ctx, e, func(ctx context.Context, q queries) error {
		held, err := holdToken(ctx, q, id)
		if err != nil {
			return err
		}
		after = held.Token
		next, err := change(ctx, q, held)
		if err != nil {
			return err
		}
		row, err := q.FindToken(ctx, id)
		if err != nil {
			return err
		}
		after = tokenOf(row)
		return countChange(ctx, q, placeOf(held.Token, held.class), placeOf(after, next))
	})
	if err != nil {
		return token.Token{}, err
	}
	return after, nil
}

func holdToken(ctx context.Context, q queries, id string) (heldToken, error) {
	class, err := q.LockToken(ctx, id)
	if err != nil {
		return heldToken{}, err
	}
	row, err := q.FindToken(ctx, id)
	return heldToken{Token: tokenOf(row), class: class}, err
}
