package login

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

// Limits of access JWTs.
const (
	// AccessType is the typ of our access JWTs.
	AccessType = "vnd.backstage.user"
	// DefaultAccessLifetime is how long one is good when nothing is said.
	DefaultAccessLifetime = 10 * time.Minute
	// MaxAccessLifetime is the longest that can be asked for. Every verifier
	// enforces it too (row A-18).
	MaxAccessLifetime = time.Hour
)

// AccessTokenOptions are what AccessTokens is made of. All are required.
type AccessTokenOptions struct {
	// Issuer is the iss, Audience the aud of every token.
	Issuer, Audience string
	// Signer gives the key that signs now.
	Signer    func() (jwt.Signer, error)
	Directory Directory
	// Allow decides whether somebody may have a token made for another, and
	// records a refusal.
	Allow func(ctx context.Context, by token.Principal, action policy.Permission, what audit.Action) error
	// Record writes an entry of the log.
	Record func(ctx context.Context, e audit.Entry) error
	Clock  func() time.Time
}

// AccessTokens makes access JWTs of people.
type AccessTokens struct{ opts AccessTokenOptions }

// NewAccessTokens makes AccessTokens.
func NewAccessTokens(opts AccessTokenOptions) *AccessTokens { return &AccessTokens{opts} }

// AccessToken is an access JWT that was just made.
type AccessToken struct {
	Token     token.Secret
	User      string // canonical ref
	ExpiresAt time.Time
}

// Issue makes an access JWT of a user on the request of an administrator. ttl
// is 1 s to MaxAccessLifetime in whole seconds; 0 means
// DefaultAccessLifetime.
//
// Errors: token.ErrDenied, token.ErrInvalid, token.ErrNotFound (no such user,
// or a disabled one), token.ErrUnavailable.
func (a *AccessTokens) Issue(ctx context.Context, by token.Principal, user string, ttl time.Duration) (AccessToken, error) {
	if err := a.opts.Allow(ctx, by, policy.Admin, audit.AccessTokenMade); err != nil {
		return AccessToken{}, err
	}
	if ttl == 0 {
		ttl = DefaultAccessLifetime
	}
	if ttl < time.Second || ttl > MaxAccessLifetime {
		return AccessToken{}, token.Invalid(fmt.Sprintf("ttl must be from 1 second to %s", MaxAccessLifetime))
	}
	ref, ok := token.ParseUserRef(user)
	if !ok {
		return AccessToken{}, token.Invalid("user must be a user ref such as user:default/alice")
	}
	switch err := checkActive(ctx, a.opts.Directory, ref); {
	case errors.Is(err, token.ErrDisabled):
		return AccessToken{}, token.NewError(token.ErrNotFound, "There is no such user, or they are disabled", err)
	case err != nil:
		return AccessToken{}, err
	}
	return a.sign(ctx, by, ref, ttl.Truncate(time.Second))
}

// sign makes a token for somebody about whom everything was decided. The entry
// is in the log before the token leaves.
func (a *AccessTokens) sign(ctx context.Context, by token.Principal, user string, ttl time.Duration) (AccessToken, error) {
	signer, err := a.opts.Signer()
	if err != nil {
		return AccessToken{}, err
	}
	now := a.opts.Clock().UTC()
	claims := accessClaims{
		Issuer: a.opts.Issuer, Subject: user, Audience: a.opts.Audience,
		IssuedAt: now.Unix(), ExpiresAt: now.Add(ttl).Unix(), ID: token.NewID(),
	}
	raw, err := signer.Sign(AccessType, claims)
	if err != nil {
		return AccessToken{}, token.Unavailable(err)
	}
	made := AccessToken{Token: token.NewSecret(raw), User: user, ExpiresAt: time.Unix(claims.ExpiresAt, 0).UTC()}
	entry := audit.NewEntry(audit.AccessTokenMade, by, now)
	entry.Name, entry.Subject, entry.TokenID, entry.Kind = user, user, claims.ID, token.KindAccess
	entry = entry.With("expiresAt", made.ExpiresAt.Format(time.RFC3339))
	if err := a.opts.Record(ctx, entry); err != nil {
		return AccessToken{}, token.Unavailable(err)
	}
	return made, nil
}

// accessClaims are the claims of an access JWT, in the order of the wire.
type accessClaims struct {
	Issuer    string `json:"iss"`
	Subject   string `json:"sub"`
	Audience  string `json:"aud"`
	IssuedAt  int64  `json:"iat"`
	ExpiresAt int64  `json:"exp"`
	ID        string `json:"jti"`
}
