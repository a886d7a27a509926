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

// AccessTokenOptions are what AccessTokens is made of. All but Owns and Marked
// are required.
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
	// Owns, when set, gives the groups of a person for the claim ent; nil leaves
	// the claim out.
	Owns func(ctx context.Context, user string) (groups []string, err error)
	// ProvesIdentity puts the claim uip into every token; see proveIdentity.
	ProvesIdentity bool
	// Marked, when set, gives the time up to which what says it was made for an
	// owner is revoked; see verify.Verifier.MarkedUntil.
	Marked func(owner string) time.Time
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
	// Lifetime is from iat to exp; set by Exchange.
	Lifetime time.Duration
}

// Issue makes an access JWT of a user on the request of an administrator. ttl
// is 1 s to MaxAccessLifetime in whole seconds; 0 means
// DefaultAccessLifetime. The token ends no later than the credential it is
// asked for with: a stolen JWT must not renew itself (row E-03). A JWT that was
// narrowed, or came out of a long-lived token, makes none.
//
// Errors: token.ErrDenied, token.ErrInvalid, token.ErrNotFound (no such user,
// or a disabled one), token.ErrExpired, token.ErrUnavailable.
func (a *AccessTokens) Issue(ctx context.Context, by token.Principal, user string, ttl time.Duration) (AccessToken, error) {
	if err := a.opts.Allow(ctx, by, policy.Admin, audit.AccessTokenMade); err != nil {
		return AccessToken{}, err
	}
	ttl, err := a.lifetime(by, ttl)
	if err != nil {
		return AccessToken{}, err
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
	return a.sign(ctx, by, ref, ttl)
}

// lifetime gives whole seconds: those wished for, or what is left of the
// credential of by, if that is less.
func (a *AccessTokens) lifetime(by token.Principal, wish time.Duration) (time.Duration, error) {
	if wish == 0 {
		wish = DefaultAccessLifetime
	}
	if wish < time.Second || wish > MaxAccessLifetime {
		return 0, token.Invalid(fmt.Sprintf("ttl must be from 1 second to %s", MaxAccessLifetime))
	}
	if !by.ExpiresAt.IsZero() {
		wish = min(wish, by.ExpiresAt.Sub(a.opts.Clock()))
	}
	if wish < time.Second { // accepted within the leeway, and at its end
		return 0, token.ErrExpired
	}
	return wish.Truncate(time.Second), nil
}

// sign makes a token for somebody about whom everything was decided. The entry
// is in the log before the token leaves.
func (a *AccessTokens) sign(ctx context.Context, by token.Principal, user string, ttl time.Duration) (AccessToken, error) {
	now := a.opts.Clock().UTC()
	claims := accessClaims{
		Issuer: a.opts.Issuer, Subject: user, Audience: a.opts.Audience,
		IssuedAt: a.issuedAt(user, now), ExpiresAt: now.Add(ttl).Unix(), ID: token.NewID(),
	}
	raw, err := a.write(ctx, claims)
	if err != nil {
		return AccessToken{}, err
	}
	made := AccessToken{Token: raw, User: user, ExpiresAt: time.Unix(claims.ExpiresAt, 0).UTC()}
	entry := audit.NewEntry(audit.AccessTokenMade, by, now)
	entry.Name, entry.Subject, entry.TokenID, entry.Kind = user, user, claims.ID, token.KindAccess
	entry = entry.With("expiresAt", made.ExpiresAt.Format(time.RFC3339))
	if err := a.opts.Record(ctx, entry); err != nil {
		return AccessToken{}, token.Unavailable(err)
	}
	return made, nil
}

// issuedAt gives the iat of what is made for a user. A mark reaches beyond its
// time by as much as clocks may differ; what is made after it within that is
// dated behind it, or it would be revoked with what was made before.
func (a *AccessTokens) issuedAt(user string, now time.Time) int64 {
	if a.opts.Marked != nil {
		return max(now.Unix(), a.opts.Marked(user).Unix()+1)
	}
	return now.Unix()
}
