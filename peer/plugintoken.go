package peer

import (
	"context"
	"time"

	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/token"
)

// PluginTokens makes the tokens by which one plugin calls another, signed with
// keys of its own: no secret is shared. It is safe for concurrent use.
//
// The keys live in the process and are replaced every hour. Whoever is called
// reads the public ones from [KeySetPath], so a process that makes tokens must
// answer there itself, with [PluginTokens.KeySet]; several processes that answer
// under one address need an id each.
type PluginTokens struct {
	id    string
	clock func() time.Time
	keys  pluginKeys
}

// PluginOptions are what PluginTokens are made of.
type PluginOptions struct {
	// ID is the own id, the sub of the tokens: letters, digits, "_" and "-".
	ID string
	// Clock gives the time; nil means the system's.
	Clock func() time.Time
}

// NewPluginTokens makes PluginTokens. Its error is of meaning token.ErrInvalid.
func NewPluginTokens(opts PluginOptions) (*PluginTokens, error) {
	if !validPlugin(opts.ID) {
		return nil, token.Invalid("the id of a plugin must be letters, digits, hyphens and underscores")
	}
	if opts.Clock == nil {
		opts.Clock = time.Now
	}
	return &PluginTokens{id: opts.ID, clock: opts.Clock}, nil
}

// Behalf says for whom a plugin calls another one. The zero value means for
// itself.
type Behalf struct {
	// Caller is who called the plugin, as [TokenManager.Authenticate] gave
	// them. The restrictions of the caller, and the user for whom it acts, go
	// on with the token.
	Caller *Principal
	// User is the limited-user JWT of a user who called the plugin; see
	// [LimitUser].
	User token.Secret
}

// pluginClaims is the payload, in the order in which the reference writes it.
type pluginClaims struct {
	Subject   string       `json:"sub"`
	Audience  string       `json:"aud"`
	IssuedAt  int64        `json:"iat"`
	ExpiresAt int64        `json:"exp"`
	User      string       `json:"obo,omitempty"`
	Caller    *callerClaim `json:"tokenwright_caller,omitempty"`
}

type callerClaim struct {
	Subject      token.Subject `json:"subject"`
	Restrictions Restrictions  `json:"accessRestrictions"`
}

// GetToken gives a token for calls to the plugin target. It is good for an hour,
// and no longer than what was shown by the user or caller behind it.
//
// Errors: token.ErrRestricted when the caller's restrictions do not let the call
// go on (the words are those of the reference, for an answer 403);
// token.ErrInvalid for a target that is no id, and for what does not fit into a
// token; token.ErrExpired when what the caller showed has ended.
func (p *PluginTokens) GetToken(ctx context.Context, target string, on Behalf) (token.Secret, error) {
	if err := ctx.Err(); err != nil {
		return token.Secret{}, token.Unavailable(err)
	}
	if !validPlugin(target) {
		return token.Secret{}, token.Invalid("the id of a plugin must be letters, digits, hyphens and underscores")
	}
	now := p.clock()
	claims := pluginClaims{Subject: p.id, Audience: target, IssuedAt: now.Unix(), ExpiresAt: now.Add(Lifetime).Unix()}
	if err := claims.act(target, on); err != nil {
		return token.Secret{}, err
	}
	if claims.ExpiresAt <= claims.IssuedAt {
		return token.Secret{}, refuse(token.ErrExpired, "what the caller showed has ended")
	}
	signer, err := p.keys.signer(now)
	if err != nil {
		return token.Secret{}, err
	}
	raw, err := signer.Sign(pluginType, claims)
	if err != nil {
		return token.Secret{}, err
	}
	if len(raw) > MaxLength {
		return token.Secret{}, token.Invalid("the token would be longer than plugins accept: the caller has too many restrictions")
	}
	return token.NewSecret(raw), nil
}

// act says for whom the token is.
func (c *pluginClaims) act(target string, on Behalf) error {
	user := on.User
	if who := on.Caller; who != nil {
		if err := who.CheckDelegation(target); err != nil {
			return err
		}
		c.until(who.ExpiresAt)
		if len(who.Restrictions) > 0 {
			c.Caller = &callerClaim{who.Subject, who.Restrictions}
			if who.OnBehalfOf != "" {
				c.Caller.Subject = who.OnBehalfOf
			}
		}
		if user.IsZero() {
			user = who.user
		}
	}
	if user.IsZero() {
		return nil
	}
	expires, err := limitedUserEnd(user.Reveal())
	if err != nil {
		return err
	}
	c.User = user.Reveal()
	c.until(expires)
	return nil
}

// until lets the token end no later than a time; zero means never.
func (c *pluginClaims) until(end time.Time) {
	if !end.IsZero() {
		c.ExpiresAt = min(c.ExpiresAt, end.Unix())
	}
}

// KeySetPath is where the public keys of a plugin are read, behind the address
// of its deployment.
func KeySetPath(id string) string { return "/api/" + id + "/.backstage/auth/v1/jwks.json" }

// KeySet gives the public keys as a JSON Web Key Set (RFC 7517 section 5). It
// has none until the first token was made.
func (p *PluginTokens) KeySet() ([]byte, error) { return jwt.MarshalJWKS(p.keys.public(p.clock())) }

// FindKeys implements [KeySource], for a deployment that calls itself.
func (p *PluginTokens) FindKeys(ctx context.Context, kid string) ([]VerifyingKey, error) {
	set, err := jwt.NewKeySet(p.keys.public(p.clock()))
	if err != nil {
		return nil, err
	}
	return set.FindKeys(ctx, kid)
}
