package peer

import (
	"time"

	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/token"
)

// Lifetimes and limits.
const (
	// Lifetime is how long a token made here is good.
	Lifetime = time.Hour
	// ReuseFor is how long one token is handed out again. What a caller gets
	// is good for 50 to 60 minutes.
	ReuseFor = 10 * time.Minute
	// DefaultMaxLifetime bounds how far ahead the exp of a caller may lie.
	DefaultMaxLifetime = 24 * time.Hour
	// ShortestMaxLifetime and LongestMaxLifetime bound that bound.
	ShortestMaxLifetime = time.Hour
	LongestMaxLifetime  = 366 * 24 * time.Hour
	// MaxLeeway is the most that clocks may differ.
	MaxLeeway = jwt.MaxLeeway
	// MaxLength bounds a presented credential in bytes.
	MaxLength = jwt.DefaultMaxLength
)

// NamelessSubject is whom a key without a name speaks for, as in the
// reference. It holds no scopes, and nothing that asks for a name trusts it.
const NamelessSubject token.Subject = "external:backstage-plugin"

// Caller says who speaks with a key and what they may do. A caller without
// scopes, restrictions and Unrestricted is known, and may do nothing.
type Caller struct {
	// Name is 1 to 63 lower-case letters, digits and hyphens. Several keys of
	// one name belong to one caller and must agree on all that follows.
	Name string
	// Subject is whom the caller speaks for; "" means "external:<Name>". It is
	// no other caller's, and begins with none of "service-token:", "plugin:"
	// and "user:", which belong to others (row E-05).
	Subject token.Subject
	// Audience must be in the aud of the caller's tokens. "" means that they
	// must have no aud at all: one that was meant for somebody is not for us.
	Audience string
	// Scopes are those the caller holds.
	Scopes token.Scopes
	// Restrictions, when there are any, limit the caller to some plugins. On
	// their own they are rights; beside Scopes both must allow.
	Restrictions Restrictions
	// Unrestricted allows everything. It stands alone.
	Unrestricted bool
	// MaxLifetime is how far ahead exp may lie, from an hour to 366 days; 0
	// means DefaultMaxLifetime.
	MaxLifetime time.Duration
	// NotBefore and NotAfter bound when this key is accepted and signs; zero
	// means always. NotAfter is the first instant at which it no longer does.
	NotBefore, NotAfter time.Time
	// Place is where the caller is configured, for faults; "" means its place
	// in Options.
	Place string
}

// Key is a secret shared with a caller: an HS256 key.
type Key struct {
	Caller
	// Secret is base64 or base64url of at least 32 bytes. White space at its
	// ends does not count.
	Secret token.Secret
	// Sign says whether this deployment may sign with it; nil means that the
	// first key may and the others may not. Of those that may, the first that
	// is within its times signs.
	Sign *bool
	// AllowShort admits a secret of fewer than 32 bytes, decoded as leniently
	// as the reference does, while it is being replaced. An empty one is never
	// admitted.
	AllowShort bool
}

// Static is a caller with a fixed text instead of a key.
type Static struct {
	Caller
	// Token is the text: at least 32 characters without white space. Only its
	// digest is kept.
	Token token.Secret
	// AllowShort admits a text from 8 characters.
	AllowShort bool
}

// KeySource finds the published keys of an issuer by kid. It gives no keys and
// no error when there are none, and an error that wraps token.ErrUnavailable
// when it cannot tell now.
type KeySource = jwt.KeySource

// VerifyingKey is a key with its one algorithm.
type VerifyingKey = jwt.Key

// JWKS are callers whose tokens another issuer signs, verified by that issuer's
// published keys. Issuers, Audiences, Algorithms and Keys are required; Subject
// is not used. Name stands in notes alone: the issuer vouches for many, and
// none of them is trusted by that name.
type JWKS struct {
	Caller
	// Issuers are the iss that are accepted, compared byte by byte. An issuer
	// belongs to one caller.
	Issuers []string
	// Audiences: one of them must be in aud.
	Audiences []string
	// Algorithms are ES256, RS256 or EdDSA; never a MAC.
	Algorithms []string
	// SubjectPrefix keeps issuers apart: the subject is
	// "external:<SubjectPrefix>:<sub>", without one "external:<sub>".
	SubjectPrefix string
	// Keys finds the issuer's keys by kid.
	Keys KeySource
}

// Plugin is a plugin of another deployment whose tokens are accepted.
type Plugin struct {
	ID   string // sub of its tokens: letters, digits, "_" and "-"
	Keys KeySource
}

// usable reports whether the key may be used at now.
func (c *Caller) usable(now time.Time) bool { return !now.Before(c.NotBefore) && !c.over(now) }

// over reports whether the key will never be used again.
func (c *Caller) over(now time.Time) bool { return !c.NotAfter.IsZero() && !now.Before(c.NotAfter) }

// ends gives the earlier of an instant and the end of the key.
func (c *Caller) ends(at time.Time) time.Time {
	if !c.NotAfter.IsZero() && (at.IsZero() || c.NotAfter.Before(at)) {
		return c.NotAfter
	}
	return at
}

// complete fills in what follows from other fields.
func (c *Caller) complete() {
	switch {
	case c.Subject != "":
	case c.Name == "":
		c.Subject = NamelessSubject
	default:
		c.Subject = token.Subject("external:" + c.Name)
	}
	if c.Unrestricted {
		c.Scopes = token.Scopes{"*"}
	}
	if c.MaxLifetime == 0 {
		c.MaxLifetime = DefaultMaxLifetime
	}
}
