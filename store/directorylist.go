package store

import (
	"context"
	"database/sql"

	"github.com/tokenwright/tokenwright/token"
)

// userColumns are what scanUser reads.
const userColumns = "u.ref, u.name, u.email, u.created_at, u.disabled_at, u.uuid"

// scanUser reads a user, and what stands behind them in the row.
func scanUser(rows *sql.Rows, more ...any) (u token.User, err error) {
	var created int64
	var disabled sql.NullInt64
	err = rows.Scan(append([]any{&u.Ref, &u.Name, &u.Email, &created, &disabled, &u.UUID}, more...)...)
	u.CreatedAt, u.DisabledAt = moment(created), maybe(disabled)
	return u, err
}

// SearchUsers gives a page of all users, by ref. A search by text reads every
// user.
func (s *Store) SearchUsers(ctx context.Context, q token.UserQuery) (token.UserPage, error) {
	var page token.UserPage
	if !storable(q.Text, q.After, q.Before) {
		return page, nil
	}
	var list, where statement
	list.add("SELECT " + userColumns + " ")
	for _, one := range []*statement{&list, &where} {
		one.add("FROM users u WHERE 1 = 1")
		switch {
		case q.Enabled && !q.Disabled:
			one.add(" AND u.disabled_at IS NULL")
		case q.Disabled && !q.Enabled:
			one.add(" AND u.disabled_at IS NOT NULL")
		}
		if q.Text != "" {
			one.add(` AND u.search LIKE ? ESCAPE '\'`, likePattern(q.Text))
		}
	}
	var err error
	if page.Total, err = s.count(ctx, &where); err != nil {
		return token.UserPage{}, s.explain("count users", err)
	}
	found, err := seek(ctx, s.backend.Reader(), &list, keyset[token.User]{"u.ref", q.Place, func(rows *sql.Rows) (token.User, error) {
		return scanUser(rows)
	}})
	if err != nil {
		return token.UserPage{}, s.explain("list users", err)
	}
	page.Users, page.Less, page.More = found.rows, found.less, found.more
	return page, nil
}

// SurveyWorkspaces gives a page of workspaces by name, with how many members each
// has.
func (s *Store) SurveyWorkspaces(ctx context.Context, q token.NameQuery) (token.WorkspacePage, error) {
	const list = `SELECT w.name, w.uuid, w.created_at, w.disabled_at,
		(SELECT count(*) FROM workspace_members m WHERE m.workspace = w.name) `
	found, total, err := survey(ctx, s, q, surveyed[token.Peopled[token.Workspace]]{
		list, "FROM workspaces w WHERE 1 = 1", "w.name",
		func(rows *sql.Rows) (w token.Peopled[token.Workspace], err error) {
			var created int64
			var disabled sql.NullInt64
			err = rows.Scan(&w.Is.Name, &w.Is.UUID, &created, &disabled, &w.Size)
			w.Is.CreatedAt, w.Is.DisabledAt = moment(created), maybe(disabled)
			return w, err
		},
	})
	if err != nil {
		return token.WorkspacePage{}, s.explain("list workspaces", err)
	}
	return token.WorkspacePage{Workspaces: found.rows, Section: token.Section{Total: total, Less: found.less, More: found.more}}, nil
}

// SurveyGroups gives a page of groups by ref, with how many members each has.
func (s *Store) SurveyGroups(ctx context.Context, q token.NameQuery) (token.GroupPage, error) {
	const list = `SELECT w.ref, w.created_at,
		(SELECT count(*) FROM (SELECT m.user_ref FROM group_members m WHERE m.group_ref = w.ref
			UNION SELECT c.user_ref FROM claimed_groups c WHERE c.group_ref = w.ref) AS x) `
	found, total, err := survey(ctx, s, q, surveyed[token.Peopled[token.Group]]{
		list, "FROM user_groups w WHERE 1 = 1", "w.ref",
		func(rows *sql.Rows) (g token.Peopled[token.Group], err error) {
			var created int64
			err = rows.Scan(&g.Is.Ref, &created, &g.Size)
			g.Is.CreatedAt = moment(created)
			return g, err
		},
	})
	if err != nil {
		return token.GroupPage{}, s.explain("list groups", err)
	}
	return token.GroupPage{Groups: found.rows, Section: token.Section{Total: total, Less: found.less, More: found.more}}, nil
}

// surveyed is a list of things that have members: its query, in constants of this
// package, and how its rows are read.
type surveyed[T any] struct {
	list, from, name string
	scan             func(*sql.Rows) (T, error)
}

func survey[T any](ctx context.Context, s *Store, q token.NameQuery, what surveyed[T]) (page sought[T], total int, err error) {
	if !storable(q.Name, q.Text, q.After, q.Before) {
		return page, 0, nil
	}
	var list, where statement
	list.add(what.list)
	for _, one := range []*statement{&list, &where} {
		one.add(what.from)
		if q.Name != "" {
			one.add(" AND "+what.name+" = ?", q.Name)
		}
		if q.Text != "" {
			one.add(" AND "+what.name+` LIKE ? ESCAPE '\'`, likePattern(q.Text))
		}
	}
	if total, err = s.count(ctx, &where); err != nil {
		return page, 0, err
	}
	page, err = seek(ctx, s.backend.Reader(), &list, keyset[T]{what.name, q.Place, what.scan})
	return page, total, err
}
