package store

import (
	"context"
	"database/sql"

	"github.com/tokenwright/tokenwright/token"
)

// claimedAlone says that a membership is the identity provider's word alone. Its
// arguments are group and user.
const claimedAlone = `NOT EXISTS (SELECT 1 FROM group_members g WHERE g.group_ref = ? AND g.user_ref = u.ref)`

// SearchMembers gives a page of the members of a workspace or a group, by ref.
func (s *Store) SearchMembers(ctx context.Context, q token.MemberQuery) (token.MemberPage, error) {
	var page token.MemberPage
	if !storable(q.Workspace, q.Group, q.Text, q.After, q.Before) {
		return page, nil
	}
	var list, where statement
	if q.Workspace != "" {
		list.add("SELECT " + userColumns + ", m.role, 1 = 0 FROM workspace_members m JOIN users u ON u.ref = m.user_ref")
		where.add("FROM workspace_members m JOIN users u ON u.ref = m.user_ref WHERE m.workspace = ?", q.Workspace)
		list.add(" WHERE m.workspace = ?", q.Workspace)
	} else {
		list.add("SELECT "+userColumns+", '', "+claimedAlone+" FROM users u", q.Group)
		const in = ` WHERE u.ref IN (SELECT g.user_ref FROM group_members g WHERE g.group_ref = ?
			UNION SELECT c.user_ref FROM claimed_groups c WHERE c.group_ref = ?)`
		where.add("FROM users u"+in, q.Group, q.Group)
		list.add(in, q.Group, q.Group)
	}
	if q.Text != "" {
		for _, one := range []*statement{&list, &where} {
			one.add(` AND u.search LIKE ? ESCAPE '\'`, likePattern(q.Text))
		}
	}
	var err error
	if page.Total, err = s.count(ctx, &where); err != nil {
		return token.MemberPage{}, s.explain("count members", err)
	}
	found, err := seek(ctx, s.backend.Reader(), &list, keyset[token.Member]{"u.ref", q.Place, func(rows *sql.Rows) (m token.Member, err error) {
		m.User, err = scanUser(rows, &m.Role, &m.Claimed)
		return m, err
	}})
	if err != nil {
		return token.MemberPage{}, s.explain("list members", err)
	}
	page.Members, page.Less, page.More = found.rows, found.less, found.more
	return page, nil
}

// MembershipsOf gives the workspaces and groups of a user, by name.
func (s *Store) MembershipsOf(ctx context.Context, user string) (token.Memberships, error) {
	var found token.Memberships
	if !storable(user) {
		return found, nil
	}
	var workspaces, groups statement
	workspaces.add(`SELECT w.name, w.uuid, w.created_at, w.disabled_at, m.role FROM workspace_members m
		JOIN workspaces w ON w.name = m.workspace WHERE m.user_ref = ? ORDER BY w.name`, user)
	err := workspaces.each(ctx, s.backend.Reader(), func(rows *sql.Rows) error {
		var m token.WorkspaceMembership
		var created int64
		var disabled sql.NullInt64
		err := rows.Scan(&m.Name, &m.UUID, &created, &disabled, &m.Role)
		m.CreatedAt, m.DisabledAt = moment(created), maybe(disabled)
		found.Workspaces = append(found.Workspaces, m)
		return err
	})
	if err != nil {
		return token.Memberships{}, s.explain("list workspaces of a user", err)
	}
	groups.add("SELECT x.group_ref, max(x.own) = 0 FROM (SELECT g.group_ref, 1 AS own FROM group_members g WHERE g.user_ref = ?", user)
	groups.add(" UNION ALL SELECT c.group_ref, 0 FROM claimed_groups c WHERE c.user_ref = ?) AS x GROUP BY x.group_ref ORDER BY x.group_ref", user)
	err = groups.each(ctx, s.backend.Reader(), func(rows *sql.Rows) error {
		var m token.GroupMembership
		err := rows.Scan(&m.Ref, &m.Claimed)
		found.Groups = append(found.Groups, m)
		return err
	})
	if err != nil {
		return token.Memberships{}, s.explain("list groups of a user", err)
	}
	return found, nil
}
