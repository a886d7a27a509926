package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/store/internal/db"
	"github.com/tokenwright/tokenwright/token"
)

// maxFailures is how many wrong attempts with a right code are heard.
const maxFailures = 5

// FindCode gives the authorization of a code by its digest, used and ended
// ones too, or token.ErrNotFound.
func (s *Store) FindCode(ctx context.Context, code token.Digest) (token.Authorization, error) {
	row, err := s.queries().FindAuthorizationByCode(ctx, code[:])
	if err != nil {
		return token.Authorization{}, s.explain("find code", err)
	}
	found := authorizationOf(row)
	if !found.Code.Equal(code) {
		return token.Authorization{}, token.ErrNotFound
	}
	return found, nil
}

// FailCode counts a wrong attempt with a right code. The code ends with the
// fifth.
func (s *Store) FailCode(ctx context.Context, code token.Digest) error {
	err := s.backend.Write(ctx, func(ctx context.Context, tx DBTX) error {
		return on(tx).FailCode(ctx, maxFailures, code[:])
	})
	return s.explain("fail code", err)
}

// RedeemCode uses a code up and creates the token that comes out of it, as
// CreateToken does and with its errors. Of any number of uses, on whatever
// nodes, one succeeds (F-04).
//
// The use of a used code ends what came out of it, and gives that record with
// token.ErrReplayed (RFC 6749 section 4.1.2). One that is too old or unknown is
// token.ErrNotFound. issued is the entry of the success; by acts in the others.
func (s *Store) RedeemCode(ctx context.Context, use token.CodeUse, issued audit.Entry, by token.Principal) (token.Token, error) {
	var ended token.Token // read after success alone: a change may outlive its caller
	err := s.write(ctx, string(issued.Action), func(ctx context.Context, q queries) error {
		ended = token.Token{}
		rows, err := q.RedeemCode(ctx, use.New.Token.ID, use.Code[:], optional(use.At))
		switch {
		case err != nil:
			return err
		case rows == 1:
			return createToken(ctx, q, use.New, issued)
		}
		row, err := q.FindAuthorizationByCode(ctx, use.Code[:])
		if err != nil {
			return err // of no rows: token.ErrNotFound
		}
		// That of a mint is used by this server alone, for one browser, whose
		// second request is no theft: it must not end what the first was given.
		if row.Status != string(token.AuthorizationRedeemed) || use.New.Token.Kind == token.KindPersonal {
			return token.ErrNotFound
		}
		ended, err = endReused(ctx, q, reuse{row.TokenID, audit.CodeReplayed, by, use.At})
		return err
	})
	switch {
	case err != nil:
		return token.Token{}, err
	case ended.ID != "":
		return ended, token.ErrReplayed
	}
	return use.New.Token, nil
}

// ReplaceRefresh replaces the secret of a record by presenting its current
// one. Of any number of presentations, on whatever nodes, one succeeds. Who
// presents a former secret, or the current one a moment too late, ends the
// record: one of two holders has stolen it, and nobody can tell which (RFC 9700
// section 4.14.2, F-05). The record is then given with token.ErrRotated.
//
// Further errors are those of RotateToken.
func (s *Store) ReplaceRefresh(ctx context.Context, use token.RefreshUse, rotated audit.Entry, by token.Principal) (token.Token, error) {
	var after, ended token.Token // as above
	err := s.write(ctx, string(rotated.Action), func(ctx context.Context, q queries) error {
		after, ended = token.Token{}, token.Token{}
		held, err := holdToken(ctx, q, use.Rotation.TokenID)
		if err != nil {
			return err
		}
		if err := mayRotate(held, use.Rotation.At); err != nil {
			return err
		}
		ends, err := q.FindSecret(ctx, use.Presented[:], held.ID)
		if err != nil {
			return err
		}
		if ends.Valid {
			ended, err = endReused(ctx, q, reuse{held.ID, audit.TokenReused, by, use.Rotation.At})
			return err
		}
		if err := renew(ctx, q, held, use.Rotation); err != nil {
			return err
		}
		if err := appendEntry(ctx, q, rotated); err != nil {
			return err
		}
		row, err := q.FindToken(ctx, held.ID)
		after = tokenOf(row)
		return err
	})
	switch {
	case err != nil:
		return token.Token{}, err
	case ended.ID != "":
		return ended, token.ErrRotated
	}
	return after, nil
}

// reuse is the second use of something that is good once.
type reuse struct {
	tokenID string
	action  audit.Action
	by      token.Principal
	at      time.Time
}

// endReused revokes the record, with an entry for what was noticed and one for
// what follows. A record that has ended already is left as it is, and the
// second use of it is noted just once.
func endReused(ctx context.Context, q queries, r reuse) (token.Token, error) {
	row, err := q.FindToken(ctx, r.tokenID)
	if errors.Is(err, sql.ErrNoRows) {
		return token.Token{}, token.ErrNotFound
	}
	if err != nil {
		return token.Token{}, err
	}
	const reason = "used a second time"
	revoked, err := q.RevokeToken(ctx, db.RevokeTokenParams{
		ID: r.tokenID, RevokedAt: optional(r.at), RevokedBy: r.by.Ref, Reason: reason,
	})
	if err != nil {
		return token.Token{}, err
	}
	if err := written(revoked, errUnchanged); err != nil {
		if errors.Is(err, errUnchanged) {
			err = nil
		}
		return tokenOf(row), err
	}
	if err := q.Unsettle(ctx, r.tokenID); err != nil {
		return token.Token{}, err
	}
	for _, action := range []audit.Action{r.action, audit.TokenRevoked} {
		entry := audit.NewEntry(action, r.by, r.at).About(tokenOf(row))
		entry.Reason = reason
		if err := appendEntry(ctx, q, entry); err != nil {
			return token.Token{}, err
		}
	}
	return tokenOf(row), nil
}
