package login

import (
	"context"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

// identityType is the typ of ID tokens. No verifier of access JWTs takes it
//
const identityType = "JWT"

// Exchange is what an access JWT carries that comes out of a longer-lived
// token, and what bounds it.
type Exchange struct {
	User   string // canonical ref
	Client string // id of the client that gets it
	// Session is the id of the record it comes out of, and ends with.
	Session string
	Scopes  token.Scopes // nil: all that the person may do
	// Lifetime in whole seconds; it never reaches beyond Until.
	Lifetime time.Duration
	Until    time.Time
}

// Exchange makes an access JWT for somebody about whom everything was decided.
// It writes no entry: nothing is changed by it, and it is what a refresh token
// is for. The token it comes out of shows when it was last used.
//
// Errors: token.ErrExpired when less than a second is left, token.ErrUnavailable.
func (a *AccessTokens) Exchange(ctx context.Context, x Exchange) (AccessToken, error) {
	claims, err := a.claimsOf(x)
	if err != nil {
		return AccessToken{}, err
	}
	raw, err := a.write(ctx, claims)
	if err != nil {
		return AccessToken{}, err
	}
	return AccessToken{
		Token: raw, User: x.User, ExpiresAt: time.Unix(claims.ExpiresAt, 0).UTC(),
		Lifetime: time.Duration(claims.ExpiresAt-claims.IssuedAt) * time.Second,
	}, nil
}

func (a *AccessTokens) claimsOf(x Exchange) (accessClaims, error) {
	now := a.opts.Clock().UTC()
	ends := now.Add(x.Lifetime)
	if x.Until.Before(ends) {
		ends = x.Until
	}
	claims := accessClaims{
		Issuer: a.opts.Issuer, Subject: x.User, Audience: a.opts.Audience,
		IssuedAt: a.issuedAt(x.User, now), ExpiresAt: ends.Unix(), ID: token.NewID(), Session: x.Session, Client: x.Client,
	}
	if claims.ExpiresAt <= claims.IssuedAt {
		return accessClaims{}, token.ErrExpired
	}
	if x.Scopes != nil {
		scope := x.Scopes.String()
		claims.Scope = &scope
	}
	return claims, nil
}

// Identify makes the ID token (OpenID Connect Core section 2) that goes with an
// exchange. nonce is as the client sent it.
func (a *AccessTokens) Identify(x Exchange, nonce string) (token.Secret, error) {
	access, err := a.claimsOf(x)
	if err != nil {
		return token.Secret{}, err
	}
	signer, err := a.opts.Signer()
	if err != nil {
		return token.Secret{}, err
	}
	raw, err := signer.Sign(identityType, struct {
		Issuer    string `json:"iss"`
		Subject   string `json:"sub"`
		Audience  string `json:"aud"`
		IssuedAt  int64  `json:"iat"`
		ExpiresAt int64  `json:"exp"`
		Nonce     string `json:"nonce,omitempty"`
	}{access.Issuer, access.Subject, x.Client, access.IssuedAt, access.ExpiresAt, nonce})
	if err != nil {
		return token.Secret{}, token.Unavailable(err)
	}
	return token.NewSecret(raw), nil
}
