package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/store/internal/db"
	"github.com/tokenwright/tokenwright/token"
)

// maxSessions bounds the live sessions of one user; the oldest make room.
const maxSessions = 50

// BeginSession begins a login session, and changes with it what the sign-in
// told about the user: that they exist, with which account they sign in, and
// which groups they are in.
//
// A user who is disabled is token.ErrDisabled; one who signed in with another
// account of the provider before token.ErrIdentity; an account that was another
// user before token.ErrRenamed; a user who is bound to no account, is somebody
// already and was opened by nobody token.ErrReserved. Users who are not in the
// built-in directory are taken as they are: another directory may know them.
func (s *Store) BeginSession(ctx context.Context, in token.SignIn, by token.Principal) error {
	at := in.Session.CreatedAt
	entry := audit.NewEntry(audit.SessionBegun, by, at)
	entry.Name = in.Session.User
	entry = entry.With("session", in.Session.ID).With("method", string(in.Session.Method))
	return s.record(ctx, entry, func(ctx context.Context, q queries) error {
		if err := admitUser(ctx, q, in, by); err != nil {
			return err
		}
		if err := checkIdentity(ctx, q, in); err != nil {
			return err
		}
		if in.Claimed {
			if err := claimGroups(ctx, q, in, by); err != nil {
				return err
			}
		}
		return insertSession(ctx, q, in)
	})
}

// admitUser sees to it that the user is enabled, and stays so until this
// transaction has ended: a session must not slip in behind the end of all
// sessions of a user who is being disabled (row C-12).
func admitUser(ctx context.Context, q queries, in token.SignIn, by token.Principal) error {
	if added, err := addUser(ctx, q, in, by); added || err != nil {
		return err
	}
	enabled, err := q.HoldUser(ctx, in.Session.User)
	if err != nil || enabled == 1 {
		return err
	}
	switch row, err := q.FindUser(ctx, in.Session.User); {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err == nil && row.DisabledAt.Valid:
		return token.ErrDisabled
	case err != nil:
		return err
	}
	enabled, err = q.HoldUser(ctx, in.Session.User) // who was added a moment ago
	return oneRow(enabled, err, token.ErrDisabled)
}

// addUser adds a user at their first sign-in. Of two at once one adds them.
func addUser(ctx context.Context, q queries, in token.SignIn, by token.Principal) (added bool, err error) {
	if !in.Create {
		return false, nil
	}
	rows, err := q.InsertUser(ctx, userRow(token.User{Ref: in.Session.User, Name: in.Name, Email: in.Email, CreatedAt: in.Session.CreatedAt}))
	if err != nil || rows == 0 {
		return false, err
	}
	entry := audit.NewEntry(audit.UserAdded, by, in.Session.CreatedAt)
	entry.Name = in.Session.User
	return true, appendEntry(ctx, q, entry)
}

// checkIdentity: an account of a provider is one user, and a user one account,
// by the account's subject. Names may change hands (OpenID Connect Core section
// 5.7): a provider may give the name of somebody who left to somebody else, let
// people choose theirs, or have two names that are one ref. None of them may
// take over what the first one owns (row H-04).
func checkIdentity(ctx context.Context, q queries, in token.SignIn) error {
	if in.Identity == nil {
		return nil
	}
	bound, err := bindIdentity(ctx, q, in)
	if err != nil || bound {
		return err
	}
	switch subject, err := q.FindIdentity(ctx, in.Identity.Issuer, in.Session.User); {
	case errors.Is(err, sql.ErrNoRows):
		return token.ErrRenamed
	case err == nil && subject != in.Identity.Subject:
		return token.ErrIdentity
	default:
		return err
	}
}

// bindIdentity binds the user to the account, where both are free.
func bindIdentity(ctx context.Context, q queries, in token.SignIn) (bound bool, err error) {
	at := micros(in.Session.CreatedAt)
	rows, err := q.InsertIdentity(ctx, db.InsertIdentityParams{
		Issuer: in.Identity.Issuer, UserRef: in.Session.User, Subject: in.Identity.Subject, CreatedAt: at,
	})
	if err != nil || rows == 0 {
		return false, err
	}
	opened, err := q.UseIdentityOpening(ctx, in.Session.User, at)
	if err != nil || opened > 0 {
		return true, err
	}
	somebody, err := isSomebody(ctx, q, in)
	if err == nil && somebody {
		err = token.ErrReserved
	}
	return true, err
}

// claimGroups replaces what the provider claimed before. Groups that are not
// known yet are added, so that they can own tokens and hold roles.
func claimGroups(ctx context.Context, q queries, in token.SignIn, by token.Principal) error {
	user, at := in.Session.User, in.Session.CreatedAt
	former, err := q.ListClaimedGroups(ctx, user)
	if err != nil || slices.Equal(former, in.Groups) {
		return err
	}
	if err := q.DeleteClaimedGroups(ctx, user); err != nil {
		return err
	}
	for _, group := range in.Groups {
		if _, err := q.InsertGroup(ctx, group, micros(at)); err != nil {
			return err
		}
		if err := q.InsertClaimedGroup(ctx, user, group); err != nil {
			return err
		}
	}
	entry := audit.NewEntry(audit.GroupsClaimed, by, at)
	entry.Name = user
	return appendEntry(ctx, q, entry.With("groups", strings.Join(in.Groups, " ")))
}

// insertSession ends the browser's former session, which this one replaces,
// and those beyond the bound.
func insertSession(ctx context.Context, q queries, in token.SignIn) error {
	n, at := in.Session, optional(in.Session.CreatedAt)
	if err := takeTurn(ctx, q, signInTurn); err != nil {
		return err
	}
	if in.Former != (token.Digest{}) {
		if _, err := q.EndFormerSession(ctx, at, in.Former[:]); err != nil {
			return err
		}
	}
	err := q.InsertSession(ctx, db.InsertSessionParams{
		Digest: n.Digest[:], ID: n.ID, UserRef: n.User, Method: string(n.Method),
		Address: n.Address, Agent: n.Agent,
		CreatedAt: micros(n.CreatedAt), SeenAt: micros(n.CreatedAt), ExpiresAt: micros(n.ExpiresAt),
	})
	if err != nil {
		return err
	}
	return q.EndOldestSessions(ctx, at, n.User, maxSessions)
}
