package store

import (
	"context"
	"database/sql"

	"github.com/tokenwright/tokenwright/token"
)

// FindStanding says what a user is in a workspace. Who or what does not exist
// has no UUID in it.
func (s *Store) FindStanding(ctx context.Context, user, workspace string) (token.Standing, error) {
	if !storable(user, workspace) {
		return token.Standing{}, nil
	}
	var q statement
	q.add(`SELECT coalesce((SELECT u.uuid FROM users u WHERE u.ref = ? AND u.disabled_at IS NULL), ''),`, user)
	q.add(` coalesce((SELECT u.uuid FROM users u WHERE u.ref = ?), ''),`, user)
	q.add(` coalesce((SELECT w.uuid FROM workspaces w WHERE w.name = ?), ''),`, workspace)
	q.add(` coalesce((SELECT m.role FROM workspace_members m WHERE m.workspace = ? AND m.user_ref = ?), ''),`, workspace, user)
	q.add(` EXISTS (SELECT 1 FROM workspaces w WHERE w.name = ? AND w.disabled_at IS NOT NULL)`, workspace)
	var found token.Standing
	err := q.each(ctx, s.backend.Reader(), func(rows *sql.Rows) error {
		var enabled, role string
		err := rows.Scan(&enabled, &found.Account, &found.Workspace, &role, &found.Closed)
		found.Active = enabled != ""
		found.Power = token.RolePower(role)
		return err
	})
	if err != nil {
		return token.Standing{}, s.explain("find what a user is in a workspace", err)
	}
	return found, nil
}

// FindWorkspace gives the workspace of a UUID, without its members, or
// token.ErrNotFound.
func (s *Store) FindWorkspace(ctx context.Context, uuid string) (token.Workspace, error) {
	var q statement
	q.add("SELECT w.name, w.created_at, w.uuid, w.disabled_at FROM workspaces w WHERE w.uuid = ?", uuid)
	var found token.Workspace
	err := s.one(ctx, &q, uuid, func(rows *sql.Rows) error {
		var created int64
		var disabled sql.NullInt64
		err := rows.Scan(&found.Name, &created, &found.UUID, &disabled)
		found.CreatedAt, found.DisabledAt = moment(created), maybe(disabled)
		return err
	})
	if err != nil {
		return token.Workspace{}, s.explain("find workspace", err)
	}
	return found, nil
}

// FindUserByUUID gives the user of a UUID, or token.ErrNotFound.
func (s *Store) FindUserByUUID(ctx context.Context, uuid string) (token.User, error) {
	var q statement
	q.add("SELECT u.ref FROM users u WHERE u.uuid = ?", uuid)
	var ref string
	if err := s.one(ctx, &q, uuid, func(rows *sql.Rows) error { return rows.Scan(&ref) }); err != nil {
		return token.User{}, s.explain("find user", err)
	}
	return s.FindUser(ctx, ref)
}

// one reads the one row of a query by a text; sql.ErrNoRows when there is none.
func (s *Store) one(ctx context.Context, q *statement, text string, read func(*sql.Rows) error) error {
	if !storable(text) {
		return sql.ErrNoRows
	}
	found := false
	err := q.each(ctx, s.backend.Reader(), func(rows *sql.Rows) error {
		found = true
		return read(rows)
	})
	if err == nil && !found {
		err = sql.ErrNoRows
	}
	return err
}
