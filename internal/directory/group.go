package directory

import (
	"context"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
)

// AddGroup adds a group without members.
//
// Errors: token.ErrDenied, token.ErrInvalid, token.ErrExists,
// token.ErrUnavailable.
func (d *Directory) AddGroup(ctx context.Context, by token.Principal, ref string) (token.Group, error) {
	if err := d.allow(ctx, by, audit.GroupAdded); err != nil {
		return token.Group{}, err
	}
	ref, err := groupRef(ref)
	if err != nil {
		return token.Group{}, err
	}
	g := token.Group{Ref: ref, CreatedAt: d.now()}
	err = d.change(ctx, func(ctx context.Context) error { return d.opts.Store.AddGroup(ctx, g, by) })
	if err != nil {
		return token.Group{}, present(err, "The group exists already")
	}
	return g, nil
}

// ListGroups gives all groups by ref, with their members.
func (d *Directory) ListGroups(ctx context.Context, by token.Principal) ([]token.Group, error) {
	if err := d.allow(ctx, by, audit.AccessRefused); err != nil {
		return nil, err
	}
	return d.opts.Store.ListGroups(ctx)
}

// JoinGroup puts a user into a group. A member stays one.
func (d *Directory) JoinGroup(ctx context.Context, by token.Principal, group, user string) error {
	group, user, err := d.membership(ctx, by, audit.GroupJoined, group, user)
	if err != nil {
		return err
	}
	at := d.now()
	err = d.change(ctx, func(ctx context.Context) error {
		return d.opts.Store.JoinGroup(ctx, group, user, by, at)
	})
	return missing(err, "There is no such group or no such user")
}

// LeaveGroup takes a user out of a group. The last administrator, who holds
// the role by this group, is token.ErrLastAdmin.
func (d *Directory) LeaveGroup(ctx context.Context, by token.Principal, group, user string) error {
	group, user, err := d.membership(ctx, by, audit.GroupLeft, group, user)
	if err != nil {
		return err
	}
	at := d.now()
	err = d.change(ctx, func(ctx context.Context) error {
		return d.opts.Store.LeaveGroup(ctx, group, user, by, at)
	})
	return missing(lastAdministrator(err), "The user is not in this group")
}

// membership passes the gate and reads the refs of a group and a user.
func (d *Directory) membership(ctx context.Context, by token.Principal, what audit.Action, refs ...string) (group, user string, err error) {
	if err := d.allow(ctx, by, what); err != nil {
		return "", "", err
	}
	if group, err = groupRef(refs[0]); err != nil {
		return "", "", err
	}
	user, err = userRef(refs[1])
	return group, user, err
}
