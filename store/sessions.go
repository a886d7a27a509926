package store

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/store/internal/db"
	"github.com/tokenwright/tokenwright/token"
)

// sessionPage bounds a list of sessions.
const sessionPage = 1000

// FindSession gives the session of a secret, ended ones too, or
// token.ErrNotFound. It is read from the store each time, so that an end
// counts at once on every node.
func (s *Store) FindSession(ctx context.Context, d token.Digest) (token.Session, error) {
	row, err := s.queries().FindSession(ctx, d[:])
	if err != nil {
		return token.Session{}, s.explain("find session", err)
	}
	found := sessionOf(row)
	if !found.Digest.Equal(d) {
		return token.Session{}, token.ErrNotFound
	}
	return found, nil
}

// ListSessions gives the sessions that were not ended, newest first, at most
// 1,000: those of a user, or with "" of everybody. Some may have run out.
func (s *Store) ListSessions(ctx context.Context, user string) ([]token.Session, error) {
	if !storable(user) {
		return nil, nil
	}
	everybody := int64(0)
	if user == "" {
		everybody = 1
	}
	rows, err := s.queries().ListSessions(ctx, everybody, user, sessionPage)
	if err != nil {
		return nil, s.explain("list sessions", err)
	}
	sessions := make([]token.Session, len(rows))
	for i, row := range rows {
		sessions[i] = sessionOf(row)
	}
	return sessions, nil
}

// EndSession ends a session of a user. One that has ended, that is another
// user's or that never was is token.ErrNotFound.
func (s *Store) EndSession(ctx context.Context, user, id string, by token.Principal, at time.Time) error {
	if !storable(user, id) {
		return token.ErrNotFound
	}
	entry := audit.NewEntry(audit.SessionEnded, by, at)
	entry.Name = user
	return s.record(ctx, entry.With("session", id), func(ctx context.Context, q queries) error {
		rows, err := q.EndSession(ctx, optional(at), id, user)
		return oneRow(rows, err, token.ErrNotFound)
	})
}

// EndSessions ends all sessions of a user and says how many those were. Where
// there is none, there is no entry either.
func (s *Store) EndSessions(ctx context.Context, user string, by token.Principal, at time.Time) (n int, err error) {
	if !storable(user) {
		return 0, nil
	}
	ended := 0 // read after success alone: a change may outlive its caller
	err = s.write(ctx, "end sessions", func(ctx context.Context, q queries) error {
		rows, err := q.EndSessionsOf(ctx, optional(at), user)
		if err := oneRow(rows, err, errUnchanged); err != nil {
			return err
		}
		ended = int(rows)
		entry := audit.NewEntry(audit.SessionsEnded, by, at)
		entry.Name = user
		return appendEntry(ctx, q, entry.With("sessions", strconv.Itoa(int(rows))))
	})
	if err != nil {
		return 0, err
	}
	return ended, nil
}

// TouchSessions moves the last use of sessions, by id, forward to the given
// times and never backward. It writes no entry.
func (s *Store) TouchSessions(ctx context.Context, seen map[string]time.Time) error {
	for ids := range slices.Chunk(slices.Sorted(maps.Keys(seen)), rowBatch) {
		rows := make([][]any, len(ids))
		for i, id := range ids {
			rows[i] = []any{id, micros(seen[id])}
		}
		var touch statement
		touch.add("UPDATE sessions SET seen_at = v.column2 FROM (")
		touch.addRows("(cast(? AS text), cast(? AS bigint))", rows)
		touch.add(") AS v WHERE sessions.id = v.column1 AND sessions.seen_at < v.column2")
		if err := s.backend.Write(ctx, touch.exec); err != nil {
			return s.explain("touch sessions", err)
		}
	}
	return nil
}

// SweepSessions forgets, at most limit at a time, sessions that ran out by now
// or were last used by idleSince, and spent values whose time is over. n is
// how many rows went.
func (s *Store) SweepSessions(ctx context.Context, now, idleSince time.Time, limit int) (n int, err error) {
	var rows int64
	err = s.backend.Write(ctx, func(ctx context.Context, tx DBTX) error {
		q := on(tx)
		sessions, err := q.DeleteSessions(ctx, micros(now), micros(idleSince), int32(min(limit, sessionPage)))
		if err != nil {
			return err
		}
		spent, err := q.DeleteSpent(ctx, micros(now), int32(min(limit, sessionPage)))
		rows = sessions + spent
		return err
	})
	if err != nil {
		return 0, s.explain("sweep sessions", err)
	}
	return int(rows), nil
}

// Spend uses up a value that is good once and ends by itself at until. A value
// that was spent before is token.ErrExists: of two at once one succeeds, on
// whatever nodes. The digest is over the value and its type, so that no value
// of one use is spent by another (row C-10).
func (s *Store) Spend(ctx context.Context, d token.Digest, until time.Time) error {
	err := s.backend.Write(ctx, func(ctx context.Context, tx DBTX) error {
		rows, err := on(tx).InsertSpent(ctx, d[:], micros(until))
		return oneRow(rows, err, token.ErrExists)
	})
	return s.explain("spend", err)
}

// RevokeAccess ends one access JWT by its jti; until is when it would have
// ended by itself. One that was revoked before stays so, without an entry.
func (s *Store) RevokeAccess(ctx context.Context, jti string, until time.Time, e audit.Entry) error {
	return s.record(ctx, e, func(ctx context.Context, q queries) error {
		d := digestOfAccess(jti)
		rows, err := q.InsertSpent(ctx, d[:], micros(until))
		return oneRow(rows, err, errUnchanged)
	})
}

// IsRevoked reports whether RevokeAccess ended the access JWT of a jti.
func (s *Store) IsRevoked(ctx context.Context, jti string) (bool, error) {
	d := digestOfAccess(jti)
	spent, err := s.queries().IsSpent(ctx, d[:])
	return spent, s.explain("find revoked access token", err)
}

func digestOfAccess(jti string) token.Digest {
	return token.Digester{}.Digest("access token\x00" + jti)
}

// OpenIdentity lets the next account of a provider that signs in as a user be
// theirs, in the place of the one they are bound to. The former account's
// sessions, links and unanswered consents end: it is somebody else now.
func (s *Store) OpenIdentity(ctx context.Context, o token.IdentityOpening, by token.Principal) error {
	if !storable(o.User) {
		return token.ErrNotFound
	}
	entry := audit.NewEntry(audit.IdentityForgotten, by, o.At)
	entry.Name = o.User
	return s.record(ctx, entry, func(ctx context.Context, q queries) error {
		if err := q.DeleteIdentities(ctx, o.User); err != nil {
			return err
		}
		everything := token.Mark{Owner: o.User, NotBefore: o.At, CreatedAt: o.At}
		if _, err := endPeople(ctx, q, everything, entry); err != nil {
			return err
		}
		return q.PutIdentityOpening(ctx, o.User, micros(o.EndsAt))
	})
}

func sessionOf(row db.Session) token.Session {
	session := token.Session{
		ID: row.ID, User: row.UserRef, Method: token.SignInMethod(row.Method), Address: row.Address, Agent: row.Agent,
		CreatedAt: moment(row.CreatedAt), SeenAt: moment(row.SeenAt),
		ExpiresAt: moment(row.ExpiresAt), EndedAt: maybe(row.EndedAt),
	}
	copy(session.Digest[:], row.Digest)
	return session
}
