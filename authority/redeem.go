package authority

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/oauth"
	"github.com/tokenwright/tokenwright/token"
)

// Lifetimes of what people let clients do: since the last use, and in all.
const (
	refreshIdle = 30 * day
	refreshMax  = 365 * day
)

// RedeemRequest is a client's use of its code. Client is authenticated; the
// rest is as it was sent.
type RedeemRequest struct {
	Client                      token.Client
	Code, RedirectURI, Verifier string
	// Lifetime is that of the access JWT.
	Lifetime time.Duration
	// Seal makes what is answered beside the refresh token. It is called
	// before the code is used up: its error ends the use, and the code stays
	// good (PER-39).
	Seal func(t token.Token, asked token.Authorization) error
}

// Granted is a record of what a person lets a client do, with its refresh
// token if there is one. It leaves here once.
type Granted struct {
	Token  token.Token
	Secret token.Secret // zero: none, or the one that was presented stays
}

// Redeem uses a code up. Every code gives a record, with a refresh token or
// without, so that what came out of it can be ended.
//
// Errors: oauth.ErrInvalidCode for everything that is wrong with the code, the
// client, the redirect URI, the verifier or the person; token.ErrUnavailable.
func (a *Authority) Redeem(ctx context.Context, from token.Principal, req RedeemRequest) (Granted, error) {
	asked, err := a.provenCode(ctx, req)
	if err != nil {
		return Granted{}, err
	}
	if err := a.checkAlive(ctx, asked.User); err != nil {
		return Granted{}, codeError(err)
	}
	now := a.Now()
	granted := a.granted(req, asked, now)
	if err := req.Seal(granted.Token, asked); err != nil {
		return Granted{}, err
	}
	n := token.New{Token: granted.Token, Limits: token.Limits{Reuse: token.ReuseAlways}}
	if !granted.Secret.IsZero() {
		n.Digest = a.opts.Digester.Digest(granted.Secret.Reveal())
	}
	use := token.CodeUse{Code: asked.Code, New: n, At: now}
	if err := a.useCode(ctx, asPerson(from, asked.User), use, asked); err != nil {
		return Granted{}, err
	}
	return granted, nil
}

// provenCode gives the authorization of a code if the client may use it. A
// wrong attempt with a right code is counted: whoever has stolen one must not
// be able to try verifiers (PER-13).
func (a *Authority) provenCode(ctx context.Context, req RedeemRequest) (token.Authorization, error) {
	if !oauth.IsCode(req.Code) {
		return token.Authorization{}, oauth.ErrInvalidCode
	}
	digest := a.opts.Digester.Digest(req.Code)
	asked, err := a.opts.Store.FindCode(ctx, digest)
	if err != nil {
		return token.Authorization{}, codeError(err)
	}
	// All are judged, whichever fails.
	proven := oauth.Proves(req.Verifier, asked.Challenge)
	if asked.Client == req.Client.ID && asked.RedirectURI == req.RedirectURI && proven && !asked.IsMint() {
		return asked, nil
	}
	ctx, cancel := detach(ctx)
	defer cancel()
	if err := a.opts.Store.FailCode(ctx, digest); err != nil {
		return token.Authorization{}, err
	}
	return token.Authorization{}, oauth.ErrInvalidCode
}

// granted makes the record. Its name is the client, its scopes those of the
// catalogue that the client asked for; none means all that the person may do,
// as far as the client's registration reaches.
func (a *Authority) granted(req RedeemRequest, asked token.Authorization, now time.Time) Granted {
	id, secret := token.NewRefresh()
	t := token.Token{
		ID: id, Family: token.FamilyID(id), Kind: token.KindRefresh, Name: asked.Client, Hint: id[:8],
		Owner: asked.User, Subject: token.Subject(asked.User),
		Scopes:    GrantedScopes(&req.Client, CatalogueScopes(asked.Scopes)),
		CreatedBy: asked.User, CreatedAt: now, ExpiresAt: now.Add(refreshIdle),
	}
	if !req.Client.Refresh || !slices.Contains(asked.Scopes, oauth.ScopeOffline) {
		secret, t.ExpiresAt = token.Secret{}, now.Add(req.Lifetime)
	}
	return Granted{t, secret}
}

// GrantedScopes gives what a client gets of the scopes of the catalogue that it
// was granted; nil means all that the person may do. A registration that names
// scopes bounds that: with one that names none of the catalogue it is enough to
// know who the person is (F-06, G-04).
func GrantedScopes(client *token.Client, granted token.Scopes) token.Scopes {
	if granted != nil || client == nil || client.Scopes == nil {
		return granted
	}
	if registered := CatalogueScopes(client.Scopes); registered != nil {
		return registered
	}
	return token.Scopes{oauth.ScopeOpenID}
}

// CatalogueScopes leaves out the scopes that have a meaning to OAuth alone.
func CatalogueScopes(scopes token.Scopes) token.Scopes {
	var out token.Scopes
	for _, scope := range scopes {
		if scope != oauth.ScopeOpenID && scope != oauth.ScopeOffline {
			out = append(out, scope)
		}
	}
	return out
}

// useCode is the one transaction. The second use of a code ends what came out
// of it, here before the answer and on other nodes through the log.
func (a *Authority) useCode(ctx context.Context, by token.Principal, use token.CodeUse, asked token.Authorization) error {
	ctx, cancel := detach(ctx)
	defer cancel()
	entry := audit.NewEntry(audit.TokenIssued, by, use.At).About(use.New.Token).
		With("client", asked.Client).With("flow", flowID(asked.ID)).With("session", use.New.Token.ID).
		With("expiresAt", use.New.Token.ExpiresAt.Format(time.RFC3339Nano)).With("scopes", use.New.Token.Scopes.String())
	after, err := a.opts.Store.RedeemCode(ctx, use, entry, by)
	switch {
	case errors.Is(err, token.ErrReplayed):
		a.opts.Listener(token.Change{TokenID: after.ID})
		return oauth.ErrInvalidCode
	case err != nil:
		return codeError(err)
	}
	if use.New.Digest != (token.Digest{}) {
		a.opts.Listener(token.Change{Issued: &use.New.Digest})
	}
	return nil
}

// codeError gives every refusal of a code the same words (PER-21).
func codeError(err error) error {
	if errors.Is(err, token.ErrNotFound) || errors.Is(err, token.ErrDisabled) {
		return oauth.ErrInvalidCode
	}
	return err
}

// checkAlive reports whether somebody exists and is enabled: nil,
// token.ErrDisabled, or token.ErrUnavailable when that is not known (PER-40).
func (a *Authority) checkAlive(ctx context.Context, user string) error {
	active, err := a.opts.Directory.UserActive(ctx, user)
	switch {
	case err != nil:
		return token.Unavailable(err)
	case !active:
		return token.ErrDisabled
	}
	a.absent.ended(user)
	return nil
}

// asPerson gives the person for whom somebody at an address acts.
func asPerson(from token.Principal, user string) token.Principal {
	return token.Principal{Type: token.PrincipalUser, Ref: user, RequestID: from.RequestID, Address: from.Address}
}
