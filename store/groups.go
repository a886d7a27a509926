package store

import (
	"context"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
)

// AddGroup adds a group, at g.CreatedAt; its members join it by JoinGroup. A
// ref that exists is token.ErrExists.
func (s *Store) AddGroup(ctx context.Context, g token.Group, by token.Principal) error {
	entry := audit.NewEntry(audit.GroupAdded, by, g.CreatedAt)
	entry.Name = g.Ref
	return s.record(ctx, entry, func(ctx context.Context, q queries) error {
		rows, err := q.InsertGroup(ctx, g.Ref, micros(g.CreatedAt))
		return oneRow(rows, err, token.ErrExists)
	})
}

// ListGroups gives all groups with their members, ordered by ref.
func (s *Store) ListGroups(ctx context.Context) ([]token.Group, error) {
	rows, err := s.queries().ListGroups(ctx)
	if err != nil {
		return nil, s.explain("list groups", err)
	}
	members, err := s.queries().ListGroupMembers(ctx)
	if err != nil {
		return nil, s.explain("list group members", err)
	}
	of := map[string][]string{}
	for _, m := range members {
		of[m.GroupRef] = append(of[m.GroupRef], m.UserRef)
	}
	groups := make([]token.Group, len(rows))
	for i, row := range rows {
		groups[i] = token.Group{Ref: row.Ref, CreatedAt: moment(row.CreatedAt), Members: of[row.Ref]}
	}
	return groups, nil
}

// HasGroup reports whether a group of this canonical ref exists.
func (s *Store) HasGroup(ctx context.Context, ref string) (bool, error) {
	if !storable(ref) {
		return false, nil
	}
	ok, err := s.queries().HasGroup(ctx, ref)
	return ok, s.explain("find group", err)
}

// GroupsOf gives the refs of the groups a user is in, ordered.
func (s *Store) GroupsOf(ctx context.Context, user string) ([]string, error) {
	if !storable(user) {
		return nil, nil
	}
	groups, err := s.queries().ListGroupsOf(ctx, user)
	return groups, s.explain("list groups of a user", err)
}

// JoinGroup puts a user into a group; one who is in it already stays, without
// an entry. No such group or user is token.ErrNotFound.
func (s *Store) JoinGroup(ctx context.Context, group, user string, by token.Principal, at time.Time) error {
	entry := memberEntry(audit.NewEntry(audit.GroupJoined, by, at), group, user)
	return s.record(ctx, entry, func(ctx context.Context, q queries) error {
		if ok, err := q.HasGroup(ctx, group); err != nil || !ok {
			return orNotFound(err)
		}
		if _, err := q.FindUser(ctx, user); err != nil {
			return err
		}
		rows, err := q.InsertGroupMember(ctx, group, user)
		return oneRow(rows, err, errUnchanged)
	})
}

// LeaveGroup takes a user out of a group. One who is not in it, or no such
// group, is token.ErrNotFound; the last administrator, who holds the role by the
// group, token.ErrLastAdmin.
func (s *Store) LeaveGroup(ctx context.Context, group, user string, by token.Principal, at time.Time) error {
	entry := memberEntry(audit.NewEntry(audit.GroupLeft, by, at), group, user)
	return s.record(ctx, entry, func(ctx context.Context, q queries) error {
		return keepAdministrator(ctx, q, func() error {
			rows, err := q.DeleteGroupMember(ctx, group, user)
			return oneRow(rows, err, token.ErrNotFound)
		})
	})
}

func memberEntry(e audit.Entry, name, user string) audit.Entry {
	e.Name = name
	return e.With("user", user)
}

func orNotFound(err error) error {
	if err == nil {
		return token.ErrNotFound
	}
	return err
}
