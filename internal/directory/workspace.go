package directory

import (
	"context"
	"strings"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
)

// DefaultWorkspaceRole is the role of a member who joins without one.
const DefaultWorkspaceRole = "user"

// AddWorkspace adds a workspace without members.
//
// Errors: token.ErrDenied, token.ErrInvalid, token.ErrExists,
// token.ErrUnavailable.
func (d *Directory) AddWorkspace(ctx context.Context, by token.Principal, name string) (token.Workspace, error) {
	if err := d.allow(ctx, by, audit.WorkspaceAdded); err != nil {
		return token.Workspace{}, err
	}
	if err := checkWorkspaceName(name); err != nil {
		return token.Workspace{}, err
	}
	w := token.Workspace{Name: name, UUID: token.NewID(), CreatedAt: d.now()}
	err := d.change(ctx, func(ctx context.Context) error { return d.opts.Store.AddWorkspace(ctx, w, by) })
	if err != nil {
		return token.Workspace{}, present(err, "The workspace exists already")
	}
	return w, nil
}

// ListWorkspaces gives all workspaces by name, with their members.
func (d *Directory) ListWorkspaces(ctx context.Context, by token.Principal) ([]token.Workspace, error) {
	if err := d.allow(ctx, by, audit.AccessRefused); err != nil {
		return nil, err
	}
	return d.opts.Store.ListWorkspaces(ctx)
}

// DisableWorkspace refuses every token of a workspace until it is enabled again:
// at once on this node, within two seconds on every other (row C-12). Members
// stay, and its owners can still see and end its tokens.
//
// Errors: token.ErrDenied, token.ErrInvalid, token.ErrNotFound,
// token.ErrUnavailable.
func (d *Directory) DisableWorkspace(ctx context.Context, by token.Principal, name string) error {
	return d.setWorkspaceDisabled(ctx, by, name, audit.WorkspaceDisabled)
}

// EnableWorkspace undoes DisableWorkspace.
func (d *Directory) EnableWorkspace(ctx context.Context, by token.Principal, name string) error {
	return d.setWorkspaceDisabled(ctx, by, name, audit.WorkspaceEnabled)
}

func (d *Directory) setWorkspaceDisabled(ctx context.Context, by token.Principal, name string, what audit.Action) error {
	if err := d.allow(ctx, by, what); err != nil {
		return err
	}
	if err := checkWorkspaceName(name); err != nil {
		return err
	}
	at := d.now()
	err := d.change(ctx, func(ctx context.Context) error {
		return d.opts.Store.SetWorkspaceDisabled(ctx, name, what == audit.WorkspaceDisabled, by, at)
	})
	return missing(err, "There is no such workspace")
}

// JoinWorkspace puts a user into a workspace, or changes their role in it. An
// empty role means DefaultWorkspaceRole.
func (d *Directory) JoinWorkspace(ctx context.Context, by token.Principal, name string, m token.WorkspaceMember) error {
	if err := d.allow(ctx, by, audit.WorkspaceJoined); err != nil {
		return err
	}
	if err := checkWorkspaceName(name); err != nil {
		return err
	}
	user, err := userRef(m.User)
	if err != nil {
		return err
	}
	if m.Role == "" {
		m.Role = DefaultWorkspaceRole
	}
	if token.RolePower(m.Role) == 0 {
		return token.Invalid("role must be one of " + strings.Join(token.WorkspaceRoles(), ", "))
	}
	m.User = user
	at := d.now()
	err = d.change(ctx, func(ctx context.Context) error {
		return d.opts.Store.JoinWorkspace(ctx, name, m, by, at)
	})
	return missing(err, "There is no such workspace or no such user")
}

// LeaveWorkspace takes a user out of a workspace.
func (d *Directory) LeaveWorkspace(ctx context.Context, by token.Principal, name, user string) error {
	if err := d.allow(ctx, by, audit.WorkspaceLeft); err != nil {
		return err
	}
	user, err := userRef(user)
	if err != nil {
		return err
	}
	at := d.now()
	err = d.change(ctx, func(ctx context.Context) error {
		return d.opts.Store.LeaveWorkspace(ctx, name, user, by, at)
	})
	return missing(err, "The user is not in this workspace")
}

// checkWorkspaceName: what the name of an entity may be, in lower case, so
// that no two names look alike to a database and different to another.
func checkWorkspaceName(name string) error {
	if ref, ok := token.ParseRef("workspace", "workspace:default/"+name); !ok || ref != "workspace:default/"+name {
		return token.Invalid("name must be 1-63 lower-case letters, digits, '-', '_' and '.', and begin and end with a letter or digit")
	}
	return nil
}
