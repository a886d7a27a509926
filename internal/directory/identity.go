package directory

import (
	"context"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
)

// openingLifetime is how long somebody has to sign in after an administrator
// opened a user to them.
const openingLifetime = 24 * time.Hour

// RebindUser lets a user sign in with another account of the provider than the
// one they are bound to: the next that signs in under their name within a day
// is theirs. The account that they were bound to is free for another user.
//
// Errors: token.ErrDenied, token.ErrInvalid, token.ErrUnavailable.
func (d *Directory) RebindUser(ctx context.Context, by token.Principal, ref string) error {
	if err := d.allow(ctx, by, audit.IdentityForgotten); err != nil {
		return err
	}
	ref, err := userRef(ref)
	if err != nil {
		return err
	}
	at := d.now()
	opening := token.IdentityOpening{User: ref, At: at, EndsAt: at.Add(openingLifetime)}
	return d.change(ctx, func(ctx context.Context) error { return d.opts.Store.OpenIdentity(ctx, opening, by) })
}
