package login

import (
	"context"
	"fmt"
	"strings"

	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/token"
)

// limitedType is the typ of limited-user JWTs. No verifier takes one as a bearer
// (PER-45).
const limitedType = "vnd.backstage.limited-user"

// accessClaims are the claims of an access JWT, in the order of the wire.
type accessClaims struct {
	Issuer    string   `json:"iss"`
	Subject   string   `json:"sub"`
	Owns      []string `json:"ent,omitempty"` // refs of the person and of their groups
	Audience  string   `json:"aud"`
	IssuedAt  int64    `json:"iat"`
	ExpiresAt int64    `json:"exp"`
	ID        string   `json:"jti"`
	// Of those that come out of a longer-lived token alone.
	Session string  `json:"sid,omitempty"`
	Client  string  `json:"client_id,omitempty"`
	Scope   *string `json:"scope,omitempty"` // nil: not narrowed
	// Proof is the signature of the limited-user JWT with the same sub, iat and
	// exp.
	Proof string `json:"uip,omitempty"`
}

// write signs claims, once what is configured of the person was added. It is
// worked out anew each time: what somebody was when they signed in says nothing
// about what they are now (PER-47).
//
// Errors: token.ErrUnavailable, also when the groups are not known: a JWT
// without them would say that there are none.
func (a *AccessTokens) write(ctx context.Context, claims accessClaims) (token.Secret, error) {
	if a.opts.Owns != nil {
		groups, err := a.opts.Owns(ctx, claims.Subject)
		if err != nil {
			return token.Secret{}, token.Unavailable(err)
		}
		claims.Owns = append([]string{claims.Subject}, groups...)
	}
	signer, err := a.opts.Signer()
	if err != nil {
		return token.Secret{}, err
	}
	if a.opts.ProvesIdentity {
		if claims.Proof, err = proveIdentity(signer, claims); err != nil {
			return token.Secret{}, token.Unavailable(err)
		}
	}
	raw, err := signer.Sign(AccessType, claims)
	if err == nil && len(raw) > jwt.DefaultMaxLength {
		err = fmt.Errorf("login: the access JWT of %s would have %d characters, and verifiers take %d: turn oauth.ownership_claim off",
			claims.Subject, len(raw), jwt.DefaultMaxLength)
	}
	if err != nil {
		return token.Secret{}, token.Unavailable(err)
	}
	return token.NewSecret(raw), nil
}

// proveIdentity gives the signature of a limited-user JWT. A back end of
// Backstage puts that JWT together from it and from the claims, to the byte; it
// says who somebody is until exp, and nothing else.
func proveIdentity(signer jwt.Signer, claims accessClaims) (string, error) {
	raw, err := signer.Sign(limitedType, struct {
		Subject   string `json:"sub"`
		IssuedAt  int64  `json:"iat"`
		ExpiresAt int64  `json:"exp"`
	}{claims.Subject, claims.IssuedAt, claims.ExpiresAt})
	return raw[strings.LastIndexByte(raw, '.')+1:], err
}
