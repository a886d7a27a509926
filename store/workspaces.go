package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
)

// AddWorkspace adds a workspace, at w.CreatedAt; its members join it by
// JoinWorkspace. A name that exists is token.ErrExists.
func (s *Store) AddWorkspace(ctx context.Context, w token.Workspace, by token.Principal) error {
	entry := audit.NewEntry(audit.WorkspaceAdded, by, w.CreatedAt)
	entry.Name, entry.Workspace = w.Name, w.Name
	return s.record(ctx, entry, func(ctx context.Context, q queries) error {
		rows, err := q.InsertWorkspace(ctx, w.Name, micros(w.CreatedAt), uuidOr(w.UUID))
		return oneRow(rows, err, token.ErrExists)
	})
}

// ListWorkspaces gives all workspaces with their members, ordered by name.
func (s *Store) ListWorkspaces(ctx context.Context) ([]token.Workspace, error) {
	rows, err := s.queries().ListWorkspaces(ctx)
	if err != nil {
		return nil, s.explain("list workspaces", err)
	}
	members, err := s.queries().ListWorkspaceMembers(ctx)
	if err != nil {
		return nil, s.explain("list workspace members", err)
	}
	of := map[string][]token.WorkspaceMember{}
	for _, m := range members {
		of[m.Workspace] = append(of[m.Workspace], token.WorkspaceMember{User: m.UserRef, Role: m.Role})
	}
	workspaces := make([]token.Workspace, len(rows))
	for i, row := range rows {
		workspaces[i] = token.Workspace{
			Name: row.Name, UUID: row.Uuid, CreatedAt: moment(row.CreatedAt), DisabledAt: maybe(row.DisabledAt), Members: of[row.Name],
		}
	}
	return workspaces, nil
}

// SetWorkspaceDisabled disables (true) or enables a workspace. One that is in
// that state already stays as it is, without an entry; no such workspace is
// token.ErrNotFound.
func (s *Store) SetWorkspaceDisabled(ctx context.Context, name string, disabled bool, by token.Principal, at time.Time) error {
	action := audit.WorkspaceEnabled
	if disabled {
		action = audit.WorkspaceDisabled
	}
	entry := audit.NewEntry(action, by, at)
	entry.Name, entry.Workspace = name, name
	return s.record(ctx, entry, func(ctx context.Context, q queries) error {
		if ok, err := q.HasWorkspace(ctx, name); err != nil || !ok {
			return orNotFound(err)
		}
		if disabled {
			rows, err := q.DisableWorkspace(ctx, optional(at), name)
			return oneRow(rows, err, errUnchanged)
		}
		rows, err := q.EnableWorkspace(ctx, name)
		return oneRow(rows, err, errUnchanged)
	})
}

// JoinWorkspace puts a user into a workspace, or changes their role in it. One
// who has that role already stays, without an entry; no such workspace or user
// is token.ErrNotFound.
func (s *Store) JoinWorkspace(ctx context.Context, workspace string, m token.WorkspaceMember, by token.Principal, at time.Time) error {
	entry := memberEntry(audit.NewEntry(audit.WorkspaceJoined, by, at), workspace, m.User).With("role", m.Role)
	entry.Workspace = workspace
	return s.record(ctx, entry, func(ctx context.Context, q queries) error {
		if ok, err := q.HasWorkspace(ctx, workspace); err != nil || !ok {
			return orNotFound(err)
		}
		if _, err := q.FindUser(ctx, m.User); err != nil {
			return err
		}
		switch role, err := q.FindWorkspaceRole(ctx, workspace, m.User); {
		case err == nil && role == m.Role:
			return errUnchanged
		case err != nil && !errors.Is(err, sql.ErrNoRows):
			return err
		}
		return q.PutWorkspaceMember(ctx, workspace, m.User, m.Role)
	})
}

// LeaveWorkspace takes a user out of a workspace. One who is not in it, or no
// such workspace, is token.ErrNotFound.
func (s *Store) LeaveWorkspace(ctx context.Context, workspace, user string, by token.Principal, at time.Time) error {
	entry := memberEntry(audit.NewEntry(audit.WorkspaceLeft, by, at), workspace, user)
	entry.Workspace = workspace
	return s.record(ctx, entry, func(ctx context.Context, q queries) error {
		rows, err := q.DeleteWorkspaceMember(ctx, workspace, user)
		return oneRow(rows, err, token.ErrNotFound)
	})
}
