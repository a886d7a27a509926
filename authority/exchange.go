package authority

import (
	"context"
	"errors"
	"slices"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/oauth"
	"github.com/tokenwright/tokenwright/token"
)

// ExchangeRequest is the presentation of a refresh token.
type ExchangeRequest struct {
	// Client is authenticated; nil when none was named.
	Client *token.Client
	Secret token.Secret
	// Scopes narrow what the access JWT carries (RFC 6749 section 6); nil
	// leaves it.
	Scopes token.Scopes
	// Seal makes the access JWT of a record. It is called before the token is
	// replaced: its error leaves the token good.
	Seal func(t token.Token) error
}

// errScope: an exchange narrows and never widens (F-06).
var errScope = oauth.Fail(oauth.InvalidScope, "The scope exceeds what was granted")

// Exchange takes a personal token, or the refresh token of another client, for
// an access JWT. Whether the token is then replaced is a property of its
// client: those of people stay (PER-01, PER-41).
//
// Errors: oauth.ErrInvalidRefresh for everything that is wrong with the token,
// its client or its person, an invalid_scope, token.ErrUnavailable, also while it
// is not certain that the person is gone.
func (a *Authority) Exchange(ctx context.Context, from token.Principal, req ExchangeRequest) (Granted, error) {
	raw := req.Secret.Reveal()
	if _, ok := token.ParseRefresh(raw); !ok {
		return Granted{}, oauth.ErrInvalidRefresh
	}
	digest := a.opts.Digester.Digest(raw)
	found, err := a.findPresented(ctx, from, req.Secret, digest)
	switch {
	case errors.Is(err, token.ErrNotFound):
		return Granted{}, oauth.ErrInvalidRefresh
	case err != nil:
		return Granted{}, err
	case !belongs(found, req.Client), a.kinds[found.Kind].Off:
		return Granted{}, oauth.ErrInvalidRefresh
	}
	if !found.SecretEndsAt.IsZero() {
		return a.renew(ctx, from, found, digest) // it was replaced before
	}
	if found.Check(a.Now()) != nil {
		return Granted{}, oauth.ErrInvalidRefresh
	}
	if err := a.checkAlive(ctx, found.Owner); err != nil {
		return Granted{}, a.endGone(ctx, from, found.Owner, err)
	}
	sealed := found
	if sealed.Scopes, err = a.narrow(GrantedScopes(req.Client, found.Scopes), req.Scopes); err != nil {
		return Granted{}, err
	}
	if err := req.Seal(sealed); err != nil {
		return Granted{}, err
	}
	if a.opts.Used != nil {
		a.opts.Used(found, from)
	}
	if found.Kind == token.KindPersonal && !a.kinds[token.KindPersonal].Rotates {
		return Granted{Token: found}, nil
	}
	return a.renew(ctx, from, found, digest)
}

// findPresented gives the record of a refresh token, or token.ErrNotFound. One
// that was imported and never presented is adopted first.
func (a *Authority) findPresented(ctx context.Context, from token.Principal, secret token.Secret, digest token.Digest) (token.Token, error) {
	found, err := a.opts.Store.FindByDigest(ctx, digest)
	if !errors.Is(err, token.ErrNotFound) {
		return found, err
	}
	// After no record waits for it either: it may have been adopted in between.
	if err := a.Adopt(ctx, from, secret); err != nil && !errors.Is(err, token.ErrNotFound) {
		return token.Token{}, err
	}
	return a.opts.Store.FindByDigest(ctx, digest)
}

// belongs reports whether a client may use the token. A personal token needs
// none, because the scripts of its person hold nothing but the token; one that
// is named must be the right one (PER-14).
func belongs(t token.Token, client *token.Client) bool {
	switch t.Kind {
	case token.KindPersonal:
		return client == nil || client.ID == oauth.PersonalClient
	case token.KindRefresh:
		return client != nil && client.ID == t.Name
	}
	return false
}

// narrow gives the scopes of one access JWT. nil means all that the person may
// do, of which every scope of the catalogue is a part.
func (a *Authority) narrow(granted, wish token.Scopes) (token.Scopes, error) {
	wish = CatalogueScopes(wish)
	if len(wish) == 0 {
		return granted, nil
	}
	personal := a.kinds[token.KindPersonal]
	for _, scope := range wish {
		if granted == nil && !personal.offers([]string{scope}) || granted != nil && !slices.Contains(granted, scope) {
			return nil, errScope
		}
	}
	return wish, nil
}

// renew puts a new secret in the place of the presented one, which must be
// the current one when the transaction comes to it.
func (a *Authority) renew(ctx context.Context, from token.Principal, found token.Token, presented token.Digest) (Granted, error) {
	ctx, cancel := detach(ctx)
	defer cancel()
	now, secret := a.Now(), token.RenewRefresh(found.ID)
	by := asPerson(from, found.Owner)
	use := token.RefreshUse{Presented: presented, Rotation: token.Rotation{
		TokenID: found.ID, Digest: a.opts.Digester.Digest(secret.Reveal()), Hint: found.Hint, At: now, OverlapEndsAt: now,
	}}
	if found.Kind == token.KindRefresh {
		use.Rotation.ExpiresAt = now.Add(refreshIdle)
		if end := found.CreatedAt.Add(refreshMax); end.Before(use.Rotation.ExpiresAt) {
			use.Rotation.ExpiresAt = end
		}
	}
	entry := audit.NewEntry(audit.TokenRotated, by, now).About(found).With("overlapSeconds", "0")
	after, err := a.opts.Store.ReplaceRefresh(ctx, use, entry, by)
	switch {
	case errors.Is(err, token.ErrRotated):
		a.opts.Listener(token.Change{TokenID: found.ID})
		return Granted{}, oauth.ErrInvalidRefresh
	case errors.Is(err, token.ErrUnavailable):
		return Granted{}, err
	case err != nil: // it ended meanwhile
		return Granted{}, oauth.ErrInvalidRefresh
	}
	a.opts.Listener(token.Change{TokenID: found.ID, Issued: &use.Rotation.Digest})
	return Granted{after, secret}, nil
}

// endGone revokes all tokens of somebody who was found to be gone or disabled
// (PER-40), and gives the answer to the client. A directory that cannot be
// asked ends nothing, and neither does one that has lost sight of them a moment
// ago: until that is certain the client is asked to come again, because it throws
// away a refresh token of which it hears invalid_grant (RFC 6749 section 5.2).
func (a *Authority) endGone(ctx context.Context, from token.Principal, user string, gone error) error {
	if !errors.Is(gone, token.ErrDisabled) {
		return gone
	}
	if certain, err := a.isGone(ctx, user); err != nil {
		return token.Unavailable(err)
	} else if !certain {
		return token.Unavailable(errMissing)
	}
	if err := a.revokeOf(ctx, from, user); err != nil {
		return err
	}
	return oauth.ErrInvalidRefresh
}

// errMissing is for the log: who asks learns that the answer is not known now.
var errMissing = errors.New("authority: the directory has just lost sight of the person")

// revokeOf revokes all tokens of somebody who is gone.
func (a *Authority) revokeOf(ctx context.Context, from token.Principal, user string) error {
	ctx, cancel := detach(ctx)
	defer cancel()
	now := a.Now()
	mark := token.Mark{
		ID: token.NewID(), Owner: user, NotBefore: now, CreatedAt: now,
		Reason: "the user does not exist any more or is disabled", RevokedBy: "local:tokenwright",
	}
	by := token.Principal{
		Type: token.PrincipalLocal, Ref: mark.RevokedBy, RequestID: from.RequestID, Address: from.Address,
	}
	entry := audit.NewEntry(audit.TokensRevoked, by, now)
	entry.Owner, entry.Reason = user, mark.Reason
	kept, err := a.opts.Store.AddMark(ctx, mark, entry)
	if err != nil {
		return err
	}
	a.opts.Listener(token.Change{Mark: &kept})
	return nil
}
