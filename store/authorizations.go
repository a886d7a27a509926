package store

import (
	"context"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/store/internal/db"
	"github.com/tokenwright/tokenwright/token"
)

// How long rows of authorizations stay behind the time for an answer: a code
// may still be good, and one that was used tells of its second use for a day.
const (
	keepAuthorization = 5 * time.Minute
	keepRedeemed      = 24 * time.Hour
)

// AddAuthorization keeps a pending authorization. Where there are too many
// already, of this browser or in all, it is token.ErrLimited: strangers can
// begin them (F-21). Whoever asks at the same time may be let in beyond the
// bound, a handful at most.
//
// It writes no entry: nothing is decided yet, and strangers must not be able
// to fill the log (I-06).
func (s *Store) AddAuthorization(ctx context.Context, a token.Authorization, bounds token.PendingBounds) error {
	return s.write(ctx, "add authorization", func(ctx context.Context, q queries) error {
		now := micros(a.CreatedAt)
		own, err := q.CountPendingAuthorizationsOf(ctx, a.Browser[:], now, int32(bounds.PerBrowser))
		if err != nil {
			return err
		}
		all, err := q.CountPendingAuthorizations(ctx, now, int32(bounds.InAll))
		if err != nil {
			return err
		}
		if own >= int64(bounds.PerBrowser) || all >= int64(bounds.InAll) {
			return token.ErrLimited
		}
		return q.InsertAuthorization(ctx, db.InsertAuthorizationParams{
			ID: a.ID, Client: a.Client, Browser: a.Browser[:], UserRef: a.User, RedirectUri: a.RedirectURI,
			State: a.State, StateDigest: digestOrNull(a.StateDigest), Nonce: a.Nonce, Challenge: a.Challenge,
			Scopes: a.Scopes.String(), WishName: a.Wish.Name, WishScopes: a.Wish.Scopes.String(),
			WishExpiresAt: optional(a.Wish.ExpiresAt), CreatedAt: now, ExpiresAt: micros(a.ExpiresAt),
		})
	})
}

// FindAuthorization gives the authorization of an id, or token.ErrNotFound.
func (s *Store) FindAuthorization(ctx context.Context, id string) (token.Authorization, error) {
	if !storable(id) {
		return token.Authorization{}, token.ErrNotFound
	}
	row, err := s.queries().FindAuthorization(ctx, id)
	return authorizationOf(row), s.explain("find authorization", err)
}

// FindMint gives the authorization of a mint by the digest of its state, or
// token.ErrNotFound.
func (s *Store) FindMint(ctx context.Context, state token.Digest) (token.Authorization, error) {
	row, err := s.queries().FindAuthorizationByState(ctx, state[:])
	return authorizationOf(row), s.explain("find mint", err)
}

// ClaimAuthorization binds a pending authorization to a person, if it is the
// browser's and nobody's yet; else it is token.ErrNotFound. It writes no entry:
// the answer will.
func (s *Store) ClaimAuthorization(ctx context.Context, id string, browser token.Digest, user string, now time.Time) error {
	if !storable(id, user) {
		return token.ErrNotFound
	}
	return s.write(ctx, "claim authorization", func(ctx context.Context, q queries) error {
		rows, err := q.ClaimAuthorization(ctx, db.ClaimAuthorizationParams{
			ID: id, Browser: browser[:], UserRef: user, Now: micros(now),
		})
		return oneRow(rows, err, token.ErrNotFound)
	})
}

// AnswerAuthorization keeps what the person said. One that is not theirs, not
// this browser's, answered already or too old is token.ErrNotFound: of two
// answers at once one counts.
func (s *Store) AnswerAuthorization(ctx context.Context, a token.AuthorizationAnswer, e audit.Entry) error {
	if !storable(a.ID, a.User) {
		return token.ErrNotFound
	}
	status := token.AuthorizationRejected
	if a.Approved {
		status = token.AuthorizationApproved
	}
	return s.record(ctx, e, func(ctx context.Context, q queries) error {
		rows, err := q.AnswerAuthorization(ctx, db.AnswerAuthorizationParams{
			Status: string(status), Code: digestOrNull(a.Code), CodeEndsAt: optional(a.CodeEndsAt),
			ID: a.ID, Browser: a.Browser[:], UserRef: a.User, Now: micros(a.At),
		})
		return oneRow(rows, err, token.ErrNotFound)
	})
}

// EndAuthorization uses an authorization up from which nothing came out. It
// writes no entry: no token comes into being or ends.
func (s *Store) EndAuthorization(ctx context.Context, id string) error {
	if !storable(id) {
		return token.ErrNotFound
	}
	return s.write(ctx, "end authorization", func(ctx context.Context, q queries) error {
		rows, err := q.EndAuthorization(ctx, id)
		return oneRow(rows, err, token.ErrNotFound)
	})
}

// SweepAuthorizations forgets, at most limit at a time, authorizations that
// are of no use any more. n is how many rows went.
func (s *Store) SweepAuthorizations(ctx context.Context, now time.Time, limit int) (n int, err error) {
	var rows int64
	err = s.backend.Write(ctx, func(ctx context.Context, tx DBTX) (err error) {
		rows, err = on(tx).DeleteAuthorizations(ctx,
			micros(now.Add(-keepAuthorization)), micros(now.Add(-keepRedeemed)), int32(min(limit, sessionPage)))
		return err
	})
	if err != nil {
		return 0, s.explain("sweep authorizations", err)
	}
	return int(rows), nil
}

func authorizationOf(row db.Authorization) token.Authorization {
	a := token.Authorization{
		ID: row.ID, Client: row.Client, User: row.UserRef, RedirectURI: row.RedirectUri, State: row.State, Nonce: row.Nonce,
		Challenge: row.Challenge, Scopes: splitScopes(row.Scopes), Status: token.AuthorizationStatus(row.Status),
		Wish:      token.Wish{Name: row.WishName, Scopes: splitScopes(row.WishScopes), ExpiresAt: maybe(row.WishExpiresAt)},
		CreatedAt: moment(row.CreatedAt), ExpiresAt: moment(row.ExpiresAt), CodeEndsAt: maybe(row.CodeEndsAt),
		Failures: int(row.Failures), TokenID: row.TokenID,
	}
	copy(a.Browser[:], row.Browser)
	copy(a.StateDigest[:], row.StateDigest)
	copy(a.Code[:], row.Code)
	return a
}

// digestOrNull gives a digest as it is stored; a zero one is none.
func digestOrNull(d token.Digest) []byte {
	if d == (token.Digest{}) {
		return nil
	}
	return d[:]
}
