package store

import (
	"context"
	"strings"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/store/internal/db"
	"github.com/tokenwright/tokenwright/token"
)

// AddUser adds a user, at u.CreatedAt. A ref that exists is token.ErrExists.
func (s *Store) AddUser(ctx context.Context, u token.User, by token.Principal) error {
	entry := audit.NewEntry(audit.UserAdded, by, u.CreatedAt)
	entry.Name = u.Ref
	return s.record(ctx, entry, func(ctx context.Context, q queries) error {
		rows, err := q.InsertUser(ctx, userRow(u))
		return oneRow(rows, err, token.ErrExists)
	})
}

// ListUsers gives all users, ordered by ref.
func (s *Store) ListUsers(ctx context.Context) ([]token.User, error) {
	rows, err := s.queries().ListUsers(ctx)
	if err != nil {
		return nil, s.explain("list users", err)
	}
	users := make([]token.User, len(rows))
	for i, row := range rows {
		users[i] = userOf(row)
	}
	return users, nil
}

// FindUser gives a user, or token.ErrNotFound.
func (s *Store) FindUser(ctx context.Context, ref string) (token.User, error) {
	if !storable(ref) {
		return token.User{}, token.ErrNotFound
	}
	row, err := s.queries().FindUser(ctx, ref)
	if err != nil {
		return token.User{}, s.explain("find user", err)
	}
	return userOf(row), nil
}

// userRow gives a user as they are inserted.
func userRow(u token.User) db.InsertUserParams {
	return db.InsertUserParams{
		Ref: u.Ref, Name: u.Name, Email: u.Email, Search: strings.ToLower(u.Name + "\x1f" + u.Ref + "\x1f" + u.Email),
		CreatedAt: micros(u.CreatedAt), DisabledAt: optional(u.DisabledAt), Uuid: uuidOr(u.UUID),
	}
}

// uuidOr gives a new UUID for who comes without one: everybody has one.
func uuidOr(uuid string) string {
	if uuid == "" {
		return token.NewID()
	}
	return uuid
}

func userOf(row db.User) token.User {
	return token.User{
		Ref: row.Ref, Name: row.Name, Email: row.Email, CreatedAt: moment(row.CreatedAt), DisabledAt: maybe(row.DisabledAt), UUID: row.Uuid,
	}
}

// SetUserDisabled disables (true) or enables a user; disabling also ends their
// login sessions (row C-12). A user who is in that state already stays as they
// are, without an entry; no such user is token.ErrNotFound, the last enabled
// administrator token.ErrLastAdmin.
func (s *Store) SetUserDisabled(ctx context.Context, ref string, disabled bool, by token.Principal, at time.Time) error {
	action := audit.UserEnabled
	if disabled {
		action = audit.UserDisabled
	}
	entry := audit.NewEntry(action, by, at)
	entry.Name = ref
	return s.record(ctx, entry, func(ctx context.Context, q queries) error {
		if _, err := q.FindUser(ctx, ref); err != nil {
			return err
		}
		if disabled {
			return keepAdministrator(ctx, q, func() error {
				rows, err := q.DisableUser(ctx, optional(at), ref)
				if err := oneRow(rows, err, errUnchanged); err != nil {
					return err
				}
				// For good: enabling the user does not bring them back, and
				// does not give them to whoever comes first under their name.
				if _, err = q.EndSessionsOf(ctx, optional(at), ref); err != nil {
					return err
				}
				return q.PutIdentityOpening(ctx, ref, micros(atOnce()))
			})
		}
		rows, err := q.EnableUser(ctx, ref)
		return oneRow(rows, err, errUnchanged)
	})
}

// oneRow gives none when a statement that should change one row changed none.
func oneRow(rows int64, err, none error) error {
	if err == nil && rows == 0 {
		return none
	}
	return err
}
