package login

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// OIDCOptions say at which OpenID provider people sign in.
type OIDCOptions struct {
	// Issuer is the provider, as its metadata and tokens spell it: https, or
	// http on a loopback address.
	Issuer   string
	ClientID string
	Secret   token.Secret
	// RedirectURL is the callback, exactly as it is registered there.
	RedirectURL string
	// Scopes are asked for; "openid" is among them.
	Scopes []string
	// Subject is the template of user refs, such as
	// "user:default/{preferred_username}".
	Subject string
	// GroupsClaim names the claim with the groups; "" means that the provider
	// says nothing about groups.
	GroupsClaim string
	// CreateUsers adds who is not known yet.
	CreateUsers bool
	// Spend uses up a value that is good once: token.ErrExists the second
	// time, on whatever node.
	Spend func(ctx context.Context, d token.Digest, until time.Time) error
	Clock func() time.Time
}

// OIDC is a relying party of an OpenID provider: the authorization code flow
// with PKCE (S256), a nonce, and a state that is bound to the browser.
type OIDC struct {
	opts      OIDCOptions
	subject   subjectTemplate
	providers *providers
}

// NewOIDC makes a relying party. The provider is not asked before somebody
// signs in: it may be away when this server starts.
func NewOIDC(opts OIDCOptions) (*OIDC, error) {
	subject, err := parseTemplate(opts.Subject)
	if err != nil {
		return nil, err
	}
	if err := checkSecure(opts.Issuer); err != nil {
		return nil, err
	}
	return &OIDC{opts: opts, subject: subject, providers: newProviders(opts)}, nil
}

// Issuer gives the provider's name.
func (o *OIDC) Issuer() string { return o.opts.Issuer }

// Begin gives the address at the provider where the person signs in. browser
// is the secret by which the browser is recognised when it comes back, next
// where it goes then.
//
// Errors: token.ErrUnavailable when the provider does not answer.
func (o *OIDC) Begin(ctx context.Context, browser token.Secret, next string) (string, error) {
	p, err := o.providers.find(ctx)
	if err != nil {
		return "", err
	}
	key, err := newFlowKey(browser, o.opts.Issuer, o.opts.ClientID)
	if err != nil {
		return "", err
	}
	f := key.begin(next, o.opts.Clock())
	return p.client.AuthCodeURL(f.state, oidc.Nonce(f.nonce), oauth2.S256ChallengeOption(f.proof)), nil
}

// Answer is what the provider sends back through the browser.
type Answer struct{ Code, State, Error, Issuer string }

// errStale says what to do; one text for every reason, and status 400.
var errStale = &page.Explained{
	Err: token.NewError(web.ErrSyntax,
		"This sign-in was used already, is too old, or was begun in another browser. Please begin again.", nil),
	Lead: "signin.stale.", Next: page.Onward{Text: "signin.again", Path: SignInPage},
}

// Finish turns the provider's answer into a sign-in, for the browser that began
// it, once. The session of the result is filled in by Sessions.Begin.
//
// Errors: web.ErrSyntax when the answer does not belong to a sign-in that this
// browser began and has not finished; token.ErrDenied when the provider says
// no; token.ErrUnauthenticated when what it says of the person is not good;
// token.ErrUnavailable.
func (o *OIDC) Finish(ctx context.Context, browser token.Secret, answer Answer) (in token.SignIn, next string, err error) {
	key, err := newFlowKey(browser, o.opts.Issuer, o.opts.ClientID)
	if err != nil {
		return token.SignIn{}, "", err
	}
	// The state comes first: without it anybody could make this page say
	// things (row PER-43).
	f, err := key.open(answer.State, o.opts.Clock())
	if err != nil {
		return token.SignIn{}, "", errStale
	}
	p, err := o.providers.find(ctx)
	if err != nil {
		return token.SignIn{}, "", err
	}
	if err := o.spend(ctx, f); err != nil {
		return token.SignIn{}, "", err
	}
	if err := p.checkAnswer(answer); err != nil {
		return token.SignIn{}, "", err
	}
	claims, err := o.redeem(ctx, p, f, answer.Code)
	if err != nil {
		return token.SignIn{}, "", err
	}
	in, err = o.arrival(claims)
	return in, f.next, err
}

// spend lets one of any number of answers with one state go on.
func (o *OIDC) spend(ctx context.Context, f flow) error {
	ctx, cancel := detached(ctx)
	defer cancel()
	err := o.opts.Spend(ctx, f.digest(), f.until)
	if errors.Is(err, token.ErrExists) {
		return errStale
	}
	return err
}

// redeem exchanges the code and verifies the ID token.
func (o *OIDC) redeem(ctx context.Context, p *provider, f flow, code string) (*oidc.IDToken, error) {
	ctx = oidc.ClientContext(ctx, o.providers.http)
	answer, err := p.client.Exchange(ctx, code, oauth2.VerifierOption(f.proof))
	if err != nil {
		return nil, refusedExchange(err)
	}
	raw, ok := answer.Extra("id_token").(string)
	if !ok {
		return nil, token.NewError(token.ErrMalformed, "The identity provider sent no ID token.", nil)
	}
	verified, err := p.verifier.Verify(ctx, raw)
	if err != nil {
		return nil, token.NewError(badToken(err), untrusted, err)
	}
	if err := o.checkToken(verified, f, o.opts.Clock()); err != nil {
		return nil, token.NewError(err, untrusted, nil)
	}
	return verified, nil
}

const untrusted = "The identity provider's answer about you cannot be trusted. Please begin again; if it stays so, tell an administrator."

// badToken gives the reason for the log.
func badToken(err error) error {
	var expired *oidc.TokenExpiredError
	if errors.As(err, &expired) {
		return token.ErrExpired
	}
	return token.ErrSignature
}

// refusedExchange tells a code that is not good from a provider that does not
// work. The provider's words may repeat what was sent, a secret too, so that
// only its status and error code are kept.
func refusedExchange(err error) error {
	var refused *oauth2.RetrieveError
	if !errors.As(err, &refused) {
		return unanswered(err)
	}
	if refused.ErrorCode == "invalid_grant" {
		return errStale
	}
	return unanswered(fmt.Errorf("the token endpoint answers %d %q", refused.Response.StatusCode, refused.ErrorCode))
}
