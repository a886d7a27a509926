package authority

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/oauth"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

// FindClient gives a registered client that has not ended, or
// token.ErrNotFound.
func (a *Authority) FindClient(ctx context.Context, id string) (token.Client, error) {
	found, err := a.opts.Store.FindClient(ctx, id)
	switch {
	case err != nil:
		return token.Client{}, err
	case !found.ExpiresAt.IsZero() && !a.Now().Before(found.ExpiresAt):
		return token.Client{}, token.ErrNotFound
	}
	return found, nil
}

// ProvesClient reports whether a secret is that of a client. It compares in
// constant time; a public client has none to prove.
func (a *Authority) ProvesClient(c token.Client, secret token.Secret) bool {
	same := a.opts.Digester.Digest(secret.Reveal()).Equal(c.Secret)
	return same && !c.IsPublic() && !secret.IsZero()
}

// Limits of registered clients; how many one registrar may have is configured.
const (
	maxClients = 10_000
	// clientIdle is how long a client lives without being used; more than a
	// refresh token does (PER-28, G-02).
	clientIdle = 90 * day
	// clientGrain is how exactly a client's use is known: a use is not worth a
	// write each time.
	clientGrain = day
)

// RegisterClient keeps a client on the request of somebody who may register
// clients, and gives it with its secret, once; a public client has none. Redirect URIs and scopes
// were checked by the rules of the protocol.
//
// Errors: token.ErrDenied, token.ErrQuota when by has registered as many as one may,
// token.ErrLimited when there are as many as there may be, token.ErrUnavailable.
func (a *Authority) RegisterClient(ctx context.Context, by token.Principal, c token.Client, public bool) (token.Client, token.Secret, error) {
	if err := a.Allow(ctx, by, policy.ClientRegister, audit.ClientAdded); err != nil {
		return token.Client{}, token.Secret{}, err
	}
	ctx, cancel := detach(ctx)
	defer cancel()
	now := a.Now()
	c.ID, c.CreatedBy, c.CreatedAt, c.ExpiresAt = uuid.NewString(), by.Ref, now, now.Add(clientIdle)
	var secret token.Secret
	if !public {
		secret = token.NewSecret(oauth.NewCode()) // 32 random bytes, as a code has
		c.Secret = a.opts.Digester.Digest(secret.Reveal())
	}
	entry := audit.NewEntry(audit.ClientAdded, by, now).With("client", c.ID).With("redirectUris", strings.Join(c.RedirectURIs, " "))
	entry.Name = c.Name
	limits := token.ClientLimits{InAll: maxClients, PerRegistrar: cmp.Or(a.opts.ClientsPerRegistrar, maxClients)}
	if err := a.opts.Store.AddClient(ctx, c, limits, entry); err != nil {
		return token.Client{}, token.Secret{}, explainClients(err, limits)
	}
	return c, secret, nil
}

// explainClients says what to do about a limit of clients that was reached.
func explainClients(err error, limits token.ClientLimits) error {
	if errors.Is(err, token.ErrQuota) {
		return token.NewError(token.ErrQuota, fmt.Sprintf("You have registered %d clients, which is as many as one registrar may have; "+
			"an administrator removes those that nobody uses, or raises limits.clients_per_registrar", limits.PerRegistrar), err)
	}
	return err
}

// ListClients gives the registered clients, by when they were made. For
// administrators.
//
// Errors: token.ErrDenied, token.ErrUnavailable.
func (a *Authority) ListClients(ctx context.Context, by token.Principal) ([]token.Client, error) {
	if err := a.Allow(ctx, by, policy.Admin, audit.AccessRefused); err != nil {
		return nil, err
	}
	return a.opts.Store.ListClients(ctx)
}

// RemoveClient forgets a registered client and ends everything that people let
// it do, its access JWTs included. For administrators.
//
// Errors: token.ErrDenied, token.ErrNotFound, token.ErrUnavailable.
func (a *Authority) RemoveClient(ctx context.Context, by token.Principal, id string) error {
	if err := a.Allow(ctx, by, policy.Admin, audit.ClientRemoved); err != nil {
		return err
	}
	ctx, cancel := detach(ctx)
	defer cancel()
	if err := a.opts.Store.RemoveClient(ctx, id, audit.NewEntry(audit.ClientRemoved, by, a.Now()).With("client", id)); err != nil {
		return err
	}
	a.opts.Listener(token.Change{Client: id})
	return nil
}

// UseClient notes that a registered client was used, so that it lives on.
func (a *Authority) UseClient(ctx context.Context, c token.Client) error {
	now := a.Now()
	if c.ExpiresAt.IsZero() || now.Sub(c.UsedAt) < clientGrain {
		return nil
	}
	ctx, cancel := detach(ctx)
	defer cancel()
	return a.opts.Store.TouchClient(ctx, c.ID, now, now.Add(clientIdle))
}
