package jwt

import (
	"slices"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

// MaxLeeway is the most that clocks may differ by configuration.
const MaxLeeway = 60 * time.Second

// CheckIssuer compares iss byte by byte: a slash, a letter's case or a prefix
// makes another issuer. An empty issuer is never equal.
func (c Claims) CheckIssuer(issuer string) error {
	if issuer == "" || c.Issuer != issuer {
		return refuse(token.ErrIssuer, "iss is not the expected issuer")
	}
	return nil
}

// CheckAudience demands that aud contains audience, compared byte by byte. A
// missing aud means "not for you".
func (c Claims) CheckAudience(audience string) error {
	if audience == "" || !slices.Contains(c.Audience, audience) {
		return refuse(token.ErrAudience, "aud does not contain the expected audience")
	}
	return nil
}

// CheckTimes demands exp and compares exp, nbf and iat with now. exp is the
// first instant at which the token is not good any more (RFC 7519 section
// 4.1.4). iat may be missing; an iat that lies ahead is a token of the future,
// and one behind exp is a mistake.
func (c Claims) CheckTimes(now time.Time, leeway time.Duration) error {
	switch {
	case c.ExpiresAt.IsZero():
		return malformed("exp is missing")
	case !c.ExpiresAt.After(now.Add(-leeway)):
		return refuse(token.ErrExpired, "exp has been reached")
	case c.NotBefore.After(now.Add(leeway)):
		return refuse(token.ErrNotYet, "nbf lies ahead")
	case c.IssuedAt.After(now.Add(leeway)):
		return refuse(token.ErrNotYet, "iat lies ahead")
	case !c.IssuedAt.IsZero() && c.ExpiresAt.Before(c.IssuedAt):
		return malformed("exp lies before iat")
	}
	return nil
}

// CheckLifetime demands that at most maxLifetime lies between iat and exp, or
// between now and exp when there is no iat. The cap is held where tokens are
// verified, since whoever has a key could write any exp.
func (c Claims) CheckLifetime(now time.Time, maxLifetime time.Duration) error {
	from := c.IssuedAt
	if from.IsZero() {
		from = now
	}
	// Sub stops at the greatest duration instead of wrapping round (T-08).
	if c.ExpiresAt.Sub(from) > maxLifetime {
		return refuse(token.ErrLifetime, "more time lies between iat and exp than is allowed")
	}
	return nil
}
