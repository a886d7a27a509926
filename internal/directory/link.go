package directory

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

const (
	// LinkLifetime is how long a one-time sign-in link can be used.
	LinkLifetime = 15 * time.Minute
	// FirstAdmin is the user that MakeLink makes when it is given none.
	FirstAdmin = "user:default/admin"

	// linkLead marks the code of a link as one, so that it can never pass
	// for another single-use value (rule 11 of the standing rules).
	linkLead = "link_"
)

// MadeLink is a one-time sign-in link with its code. The code is kept as a
// digest only and is shown once.
type MadeLink struct {
	token.Link

	Code token.Secret
}

// MakeLink makes a one-time sign-in link for a user.
//
// While there is no administrator, the user is created if need be and becomes
// one; an empty ref then means FirstAdmin. Once there is one, the user must
// exist, and an empty ref means the only administrator there is.
//
// Errors: token.ErrDenied, token.ErrInvalid, token.ErrNotFound,
// token.ErrIsDisabled, token.ErrUnavailable.
func (d *Directory) MakeLink(ctx context.Context, by token.Principal, user string) (MadeLink, error) {
	if err := d.allow(ctx, by, audit.LinkMade); err != nil {
		return MadeLink{}, err
	}
	administrators := d.opts.Policy().Holders(policy.Admin)
	if user == "" {
		switch len(administrators) {
		case 0:
			user = FirstAdmin
		case 1:
			user = administrators[0]
		default:
			return MadeLink{}, token.Invalid("there are several administrators: name the user whom the link is for, by --user")
		}
	}
	user, err := userRef(user)
	if err != nil {
		return MadeLink{}, err
	}
	if len(administrators) == 0 {
		if err := d.makeFirstAdmin(ctx, by, user); err != nil {
			return MadeLink{}, err
		}
	}
	return d.link(ctx, by, user)
}

func (d *Directory) makeFirstAdmin(ctx context.Context, by token.Principal, user string) error {
	if _, err := d.AddUser(ctx, by, user, ""); err != nil && !errors.Is(err, token.ErrExists) {
		return err
	}
	return d.grant(ctx, by, user, policy.RoleAdministrator)
}

func (d *Directory) link(ctx context.Context, by token.Principal, user string) (MadeLink, error) {
	switch u, err := d.opts.Store.FindUser(ctx, user); {
	case err != nil:
		return MadeLink{}, missing(err, "There is no such user; add them first, by: tokenwright user add REF")
	case !u.DisabledAt.IsZero():
		return MadeLink{}, token.NewError(token.ErrIsDisabled, "The user is disabled; enable them first, by: tokenwright user enable REF", nil)
	}
	now := d.now()
	raw := linkLead + rand.Text() + rand.Text() // 260 bits
	l := token.Link{Digest: token.Digester{}.Digest(raw), User: user, ExpiresAt: now.Add(LinkLifetime)}
	err := d.change(ctx, func(ctx context.Context) error { return d.opts.Store.AddLink(ctx, l, by, now) })
	if err != nil {
		return MadeLink{}, err
	}
	return MadeLink{Link: l, Code: token.NewSecret(raw)}, nil
}

// UseLink gives the user of a one-time sign-in link and ends the link. There
// is no gate: the code is the credential. from says where it comes from: its
// address and request are recorded, and who it claims to be is not.
//
// Errors: token.ErrUnknown when the code is not good any more or never was,
// token.ErrDisabled (with the user's ref), token.ErrUnavailable.
func (d *Directory) UseLink(ctx context.Context, from token.Principal, code token.Secret) (token.User, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), mutationDeadline)
	defer cancel()
	l, err := d.opts.Store.UseLink(ctx, token.Digester{}.Digest(code.Reveal()), from, d.now())
	if errors.Is(err, token.ErrNotFound) {
		return token.User{}, token.ErrUnknown
	}
	if err != nil {
		return token.User{}, err
	}
	u, err := d.opts.Store.FindUser(ctx, l.User)
	switch {
	case errors.Is(err, token.ErrNotFound):
		return token.User{}, token.ErrUnknown
	case err == nil && !u.DisabledAt.IsZero():
		return token.User{Ref: u.Ref}, token.ErrDisabled
	}
	return u, err
}
