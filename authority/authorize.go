package authority

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/oauth"
	"github.com/tokenwright/tokenwright/token"
)

// How long a person may take to answer, and a client to use its code.
const (
	AuthorizationLifetime = 10 * time.Minute
	CodeLifetime          = time.Minute
)

// pendingBounds: a person has a few tabs; strangers can begin authorizations
// without end (F-21, PER-29).
func pendingBounds() token.PendingBounds { return token.PendingBounds{PerBrowser: 20, InAll: 10_000} }

// ErrNoAuthorization is the one answer about an authorization that is unknown,
// somebody else's, another browser's, answered or too old (PER-30).
var ErrNoAuthorization = token.NewError(token.ErrNotFound, "Authorization session not found or expired", nil)

// ErrTokenApproves is the answer to a credential that came out of a token and
// would make another one (row E-03).
var ErrTokenApproves = token.NewError(token.ErrTokensMintTokens, "Forbidden: tokens do not issue tokens", nil)

// AuthorizationRequest is what a client asks, checked by the rules of the
// protocol.
type AuthorizationRequest struct {
	Client, RedirectURI, State, Nonce, Challenge string
	Scopes                                       token.Scopes
	// Browser is the secret of the browser in which the person will answer.
	Browser token.Secret
}

// BeginAuthorization keeps what a client asks for ten minutes. Nobody need be
// signed in yet; the first who is will be the one who answers (PER-06).
//
// Errors: token.ErrLimited, token.ErrUnavailable.
func (a *Authority) BeginAuthorization(ctx context.Context, req AuthorizationRequest) (token.Authorization, error) {
	asked := a.newAuthorization(req)
	ctx, cancel := detach(ctx)
	defer cancel()
	return asked, a.opts.Store.AddAuthorization(ctx, asked, pendingBounds())
}

func (a *Authority) newAuthorization(req AuthorizationRequest) token.Authorization {
	now := a.Now()
	return token.Authorization{
		ID: uuid.NewString(), Client: req.Client, Browser: digestOfBrowser(req.Browser),
		RedirectURI: req.RedirectURI, State: req.State, Nonce: req.Nonce, Challenge: req.Challenge,
		Scopes: req.Scopes, Status: token.AuthorizationPending,
		CreatedAt: now, ExpiresAt: now.Add(AuthorizationLifetime),
	}
}

// digestOfBrowser digests the secret of a browser: it has 260 random bits and
// is no token, so the operator's pepper has no part in it.
func digestOfBrowser(secret token.Secret) token.Digest {
	return token.Digester{}.Digest(secret.Reveal())
}

// FindAuthorization gives a pending authorization to the person who may answer
// it, in the browser in which it began.
//
// Errors: ErrTokenApproves, ErrNoAuthorization, token.ErrUnavailable.
func (a *Authority) FindAuthorization(ctx context.Context, by token.Principal, browser token.Secret, id string) (token.Authorization, error) {
	if by.FromToken {
		entry := audit.NewEntry(audit.AuthorizationApproved, by, a.Now())
		return token.Authorization{}, a.refuse(ctx, entry, ErrTokenApproves)
	}
	if by.Type != token.PrincipalUser || browser.IsZero() || !validID(id) {
		return token.Authorization{}, ErrNoAuthorization
	}
	found, err := a.opts.Store.FindAuthorization(ctx, id)
	switch {
	case errors.Is(err, token.ErrNotFound):
		return token.Authorization{}, ErrNoAuthorization
	case err != nil:
		return token.Authorization{}, err
	case found.Status != token.AuthorizationPending, !a.Now().Before(found.ExpiresAt),
		!found.Browser.Equal(digestOfBrowser(browser)):
		return token.Authorization{}, ErrNoAuthorization
	}
	if found.User == "" {
		if found.User, err = a.claim(ctx, by, found); err != nil {
			return token.Authorization{}, err
		}
	}
	if found.User != by.Ref {
		return token.Authorization{}, ErrNoAuthorization
	}
	return found, nil
}

// claim binds an authorization to the person, and gives whose it is: of two at
// once the first.
func (a *Authority) claim(ctx context.Context, by token.Principal, found token.Authorization) (string, error) {
	ctx, cancel := detach(ctx)
	defer cancel()
	err := a.opts.Store.ClaimAuthorization(ctx, found.ID, found.Browser, by.Ref, a.Now())
	if err != nil && !errors.Is(err, token.ErrNotFound) {
		return "", err
	}
	again, err := a.opts.Store.FindAuthorization(ctx, found.ID)
	if errors.Is(err, token.ErrNotFound) {
		return "", ErrNoAuthorization
	}
	return again.User, err
}

// Answered is what goes back to the client.
type Answered struct {
	RedirectURI, State string
	Code               string // "" after a refusal
}

// Answer keeps whether the person lets the client act for them. Of several
// answers one counts.
//
// Errors: those of FindAuthorization.
func (a *Authority) Answer(ctx context.Context, by token.Principal, browser token.Secret, answer token.AuthorizationAnswer) (Answered, error) {
	found, err := a.FindAuthorization(ctx, by, browser, answer.ID)
	if err != nil {
		return Answered{}, err
	}
	out := Answered{RedirectURI: found.RedirectURI, State: found.State}
	if found.IsMint() {
		out.State = oauth.MintState(browser, found.ID)
	}
	answer.Browser, answer.User, answer.At = found.Browser, by.Ref, a.Now()
	action := audit.AuthorizationRejected
	if answer.Approved {
		action = audit.AuthorizationApproved
		out.Code = oauth.NewCode()
		answer.Code, answer.CodeEndsAt = a.opts.Digester.Digest(out.Code), answer.At.Add(CodeLifetime)
	}
	entry := audit.NewEntry(action, by, answer.At).With("authorization", found.ID).With("scopes", found.Scopes.String())
	entry.Name, entry.Owner = found.Client, by.Ref
	ctx, cancel := detach(ctx)
	defer cancel()
	err = a.opts.Store.AnswerAuthorization(ctx, answer, entry)
	if errors.Is(err, token.ErrNotFound) {
		err = ErrNoAuthorization
	}
	if err != nil {
		return Answered{}, err
	}
	return out, nil
}
