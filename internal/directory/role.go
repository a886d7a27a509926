package directory

import (
	"context"
	"errors"
	"strings"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

// GrantRole gives a role to a user, a group or the subject of a service
// token, beside the bindings of the configuration. Granting what is granted
// already changes nothing.
//
// Errors: token.ErrDenied, token.ErrInvalid when there is no such role or the
// ref is none, token.ErrUnavailable.
func (d *Directory) GrantRole(ctx context.Context, by token.Principal, ref, role string) error {
	if err := d.allow(ctx, by, audit.RoleGranted); err != nil {
		return err
	}
	return d.grant(ctx, by, ref, role)
}

// grant is GrantRole behind the gate.
func (d *Directory) grant(ctx context.Context, by token.Principal, ref, role string) error {
	table := d.opts.Policy()
	if _, ok := table.RolePermissions(role); !ok {
		return token.Invalid("there is no such role; use one of " + strings.Join(table.Roles(), ", "))
	}
	ref, err := roleRef(ref)
	if err != nil {
		return err
	}
	g := token.RoleGrant{Ref: ref, Role: role, GrantedBy: by.Ref, GrantedAt: d.now()}
	err = d.change(ctx, func(ctx context.Context) error { return d.opts.Store.GrantRole(ctx, g, by) })
	if errors.Is(err, token.ErrExists) {
		return nil
	}
	return missing(err, "There is no such user or group")
}

// WithdrawRole takes a granted role back. What the configuration binds stays.
//
// Errors: token.ErrDenied, token.ErrInvalid, token.ErrNotFound,
// token.ErrLastAdmin, token.ErrUnavailable.
func (d *Directory) WithdrawRole(ctx context.Context, by token.Principal, ref, role string) error {
	if err := d.allow(ctx, by, audit.RoleWithdrawn); err != nil {
		return err
	}
	// The role may have left the configuration since it was granted, so only
	// its form is asked for (row H-05).
	if !policy.ValidRole(role) {
		return token.Invalid("role must be the name of a role: a lower-case letter, then lower-case letters, digits or hyphens, at most 63 characters")
	}
	ref, err := roleRef(ref)
	if err != nil {
		return err
	}
	at := d.now()
	err = d.change(ctx, func(ctx context.Context) error {
		return d.opts.Store.WithdrawRole(ctx, ref, role, by, at)
	})
	return missing(lastAdministrator(err), "This role was not granted to them at run time; bindings of the configuration file are changed there")
}

// lastAdministrator gives an error that says nobody else could administer the
// words for it.
func lastAdministrator(err error) error {
	if errors.Is(err, token.ErrLastAdmin) {
		return token.NewError(token.ErrLastAdmin,
			"This is the last administrator who is a person; make another one first, by: tokenwright admin grant USER administrator", nil)
	}
	return err
}

// ListRoles gives the names of all roles and the grants made at run time.
func (d *Directory) ListRoles(ctx context.Context, by token.Principal) ([]string, []token.RoleGrant, error) {
	if err := d.allow(ctx, by, audit.AccessRefused); err != nil {
		return nil, nil, err
	}
	grants, err := d.opts.Store.ListRoleGrants(ctx)
	return d.opts.Policy().Roles(), grants, err
}

// roleRef reads the ref of somebody who can hold a role.
func roleRef(s string) (string, error) {
	ref, err := policy.ParseRef(s)
	if err != nil {
		return "", token.Invalid("ref " + token.Message(err))
	}
	return ref, nil
}
