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
	return s.changeToken(ctx, r.TokenID, e, func(ctx context.Context, q queries, t token.Token) error {
		if err := mayRotate(t, r.At); err != nil {
			return err
		}
		if r.From != "" && r.From != t.Hint {
			return token.ErrWasRotated
		}
		return renew(ctx, q, t, r)
	})
}

// mayRotate says whether a record may have a new secret.
func mayRotate(t token.Token, at time.Time) error {
	switch {
	case !t.RevokedAt.IsZero():
		return token.ErrAlreadyRevoked
	case !at.Before(t.ExpiresAt):
		return token.ErrHasExpired
	case !t.DisabledAt.IsZero():
		return token.ErrIsDisabled
	}
	return nil
}

// renew gives a record that is held a new secret, and a new expiry if there is
// one.
func renew(ctx context.Context, q queries, t token.Token, r token.Rotation) error {
	if err := replaceSecret(ctx, q, t, r); err != nil {
		return err
	}
	t.Hint = r.Hint
	if !r.ExpiresAt.IsZero() {
		t.ExpiresAt = r.ExpiresAt
	}
	return q.RenewToken(ctx, db.RenewTokenParams{
		ID: t.ID, Hint: t.Hint, Search: searchText(t), ExpiresAt: micros(t.ExpiresAt),
	})
}

// atOnce is the end of a secret that ends without an overlap: a time that is
// past on every node, whatever its clock says.
func atOnce() time.Time { return time.UnixMicro(0) }

func replaceSecret(ctx context.Context, q queries, t token.Token, r token.Rotation) error {
	ends := r.OverlapEndsAt
	if !ends.After(r.At) {
		ends = atOnce()
	}
	if err := q.EndFormerSecrets(ctx, optional(atOnce()), t.ID, optional(r.At)); err != nil {
		return err
	}
	if err := q.EndCurrentSecret(ctx, optional(ends), t.ID); err != nil {
		return err
	}
	t.CreatedAt = r.At
	secret, err := addSecret(ctx, q, r.Digest, t)
	if err != nil {
		return err
	}
	return written(secret, token.ErrExists)
}

// EndFormerSecret ends the former secret that a record was found by, before the
// end of its overlap. The token and its current secret stay as they are. One that
// has ended meanwhile is token.ErrNotFound.
func (s *Store) EndFormerSecret(ctx context.Context, found token.Token, e audit.Entry) error {
	return s.record(ctx, e, func(ctx context.Context, q queries) error {
		rows, err := q.EndFormerSecret(ctx, optional(atOnce()), found.ID, optional(found.SecretEndsAt))
		return oneRow(rows, err, token.ErrNotFound)
	})
}

// RevokeToken ends a token and gives the new record. A revoked one keeps its
// first reason and time: token.ErrAlreadyRevoked (H-08).
//
// The condition of the update decides, so the token is not looked at first:
// what is written travels together.
func (s *Store) RevokeToken(ctx context.Context, r token.Revocation, e audit.Entry) (token.Token, error) {
	if !storable(r.TokenID) {
		return token.Token{}, token.ErrNotFound
	}
	return s.changed(ctx, e, func(ctx context.Context, q queries) (token.Token, error) {
		revoked, err := q.RevokeToken(ctx, db.RevokeTokenParams{
			ID: r.TokenID, RevokedAt: optional(r.At), RevokedBy: r.By, Reason: r.Reason,
		})
		if err != nil {
			return token.Token{}, err
		}
		if err := q.Unsettle(ctx, r.TokenID); err != nil {
			return token.Token{}, err
		}
		if err := appendEntry(ctx, q, e); err != nil {
			return token.Token{}, err
		}
		row, err := q.FindToken(ctx, r.TokenID)
		if err != nil {
			return token.Token{}, err
		}
		return tokenOf(row), written(revoked, token.ErrAlreadyRevoked)
	})
}

// SetDisabled disables (true) or enables a token, at the time of the entry,
// and gives the new record. A token that is in that state already stays as it
// is, without an entry; a revoked one gives token.ErrAlreadyRevoked.
func (s *Store) SetDisabled(ctx context.Context, id string, disabled bool, e audit.Entry) (token.Token, error) {
	return s.changeToken(ctx, id, e, func(ctx context.Context, q queries, t token.Token) error {
		switch {
		case !t.RevokedAt.IsZero():
			return token.ErrAlreadyRevoked
		case disabled != t.DisabledAt.IsZero():
			return errUnchanged
		}
		var at time.Time
		if disabled {
			at = e.At
		}
		return q.SetDisabled(ctx, optional(at), t.ID)
	})
}

// changeToken holds a token, lets change decide on its record and change it,
// and gives the record as it is afterwards.
func (s *Store) changeToken(
	ctx context.Context, id string, e audit.Entry,
	change func(context.Context, queries, token.Token) error,
) (token.Token, error) {
	var found token.Token // by a change that finds nothing to do
	after, err := s.changed(ctx, e, func(ctx context.Context, q queries) (token.Token, error) {
		held, err := holdToken(ctx, q, id)
		if err != nil {
			return token.Token{}, err
		}
		found = held
		if err := change(ctx, q, held); err != nil {
			return token.Token{}, err
		}
		if err := appendEntry(ctx, q, e); err != nil {
			return token.Token{}, err
		}
		row, err := q.FindToken(ctx, id)
		return tokenOf(row), err
	})
	if err == nil && after.ID == "" {
		return found, nil
	}
	return after, err
}

// changed runs a change that gives a token's new record. The change writes its
// own entry, before what it only reads.
func (s *Store) changed(
	ctx context.Context, e audit.Entry, change func(context.Context, queries) (token.Token, error),
) (token.Token, error) {
	var after token.Token // read after success alone: a change may outlive its caller
	err := s.write(ctx, string(e.Action), func(ctx context.Context, q queries) (err error) {
		after, err = change(ctx, q)
		return err
	})
	if err != nil {
		return token.Token{}, err
	}
	return after, nil
}

// holdToken gives a record that no other transaction changes meanwhile, and
// remembers where it is counted.
func holdToken(ctx context.Context, q queries, id string) (token.Token, error) {
	if err := q.LockToken(ctx, id); err != nil {
		return token.Token{}, err
	}
	if err := q.Unsettle(ctx, id); err != nil {
		return token.Token{}, err
	}
	row, err := q.FindToken(ctx, id)
	if err != nil {
		return token.Token{}, err
	}
	return tokenOf(row), intactRecord(&row)
}
