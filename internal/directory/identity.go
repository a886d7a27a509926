package directory

import (
	"context"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
)

// RebindUser lets a user sign in with another account of the provider than the
// one they are bound to: the next that signs in as them is theirs.
//
// Errors: token.ErrDenied, token.ErrInvalid, token.ErrNotFound when they are
// bound to none, token.ErrUnavailable.
func (d *Directory) RebindUser(ctx context.Context, by token.Principal, ref string) error {
	if err := d.allow(ctx, by, audit.IdentityForgotten); err != nil {
		return err
	}
	ref, err := userRef(ref)
	if err != nil {
		return err
	}
	at := d.now()
	err = d.change(ctx, func(ctx context.Context) error { return d.opts.Store.ForgetIdentity(ctx, ref, by, at) })
	return missing(err, "The user is bound to no account of a provider")
}
