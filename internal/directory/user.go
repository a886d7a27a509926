package directory

import (
	"context"
	"errors"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
)

// maxNameLength bounds names for people, in UTF-16 code units.
const maxNameLength = 200

// AddUser adds a user. name is for people and may be empty.
//
// Errors: token.ErrDenied, token.ErrInvalid, token.ErrExists,
// token.ErrUnavailable.
func (d *Directory) AddUser(ctx context.Context, by token.Principal, ref, name string) (token.User, error) {
	if err := d.allow(ctx, by, audit.UserAdded); err != nil {
		return token.User{}, err
	}
	ref, err := userRef(ref)
	switch {
	case err != nil:
		return token.User{}, err
	case token.UTF16Length(name) > maxNameLength || !token.ValidText(name):
		return token.User{}, token.Invalid("name must have at most 200 characters and no control characters")
	}
	if err := d.opts.Gate.CheckText("name", name); err != nil {
		return token.User{}, err
	}
	u := token.User{Ref: ref, UUID: token.NewID(), Name: name, CreatedAt: d.now()}
	err = d.change(ctx, func(ctx context.Context) error { return d.opts.Store.AddUser(ctx, u, by) })
	if err != nil {
		return token.User{}, present(err, "The user exists already")
	}
	return u, nil
}

// ListUsers gives all users by ref.
func (d *Directory) ListUsers(ctx context.Context, by token.Principal) ([]token.User, error) {
	if err := d.allow(ctx, by, audit.AccessRefused); err != nil {
		return nil, err
	}
	return d.opts.Store.ListUsers(ctx)
}

// DisableUser refuses a user, and every token that speaks as them, until they
// are enabled again: at once on this node, within two seconds on every other.
// A user whom a catalog alone knows is noted here for it. The last enabled
// administrator is token.ErrLastAdmin.
func (d *Directory) DisableUser(ctx context.Context, by token.Principal, ref string) error {
	return d.setUserDisabled(ctx, by, ref, audit.UserDisabled)
}

// EnableUser undoes DisableUser.
func (d *Directory) EnableUser(ctx context.Context, by token.Principal, ref string) error {
	return d.setUserDisabled(ctx, by, ref, audit.UserEnabled)
}

func (d *Directory) setUserDisabled(ctx context.Context, by token.Principal, ref string, what audit.Action) error {
	if err := d.allow(ctx, by, what); err != nil {
		return err
	}
	ref, err := userRef(ref)
	if err != nil {
		return err
	}
	at := d.now()
	disable := what == audit.UserDisabled
	err = d.change(ctx, func(ctx context.Context) error {
		err := d.opts.Store.SetUserDisabled(ctx, ref, disable, by, at)
		if disable && errors.Is(err, token.ErrNotFound) {
			return d.disableElsewhere(ctx, by, ref, at)
		}
		return err
	})
	return missing(lastAdministrator(err), "There is no such user")
}

// disableElsewhere disables a user whom only a catalog knows: they are noted
// here first, because what is here is what says that they are disabled.
func (d *Directory) disableElsewhere(ctx context.Context, by token.Principal, ref string, at time.Time) error {
	if d.opts.People == nil {
		return token.ErrNotFound
	}
	switch exists, err := d.opts.People.UserActive(ctx, ref); {
	case err != nil:
		return err
	case !exists:
		return token.ErrNotFound
	}
	err := d.opts.Store.AddUser(ctx, token.User{Ref: ref, CreatedAt: at}, by)
	if err != nil && !errors.Is(err, token.ErrExists) {
		return err
	}
	return d.opts.Store.SetUserDisabled(ctx, ref, true, by, at)
}
