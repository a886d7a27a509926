package jwt

import (
	"context"
	"errors"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

// Expect is what a token must say. Every field but Leeway and MaxLength is
// required: a field that was forgotten must not become a check that is not
// made.
type Expect struct {
	Type     string // typ; letter case and "application/" do not count
	Issuer   string // iss, exactly
	Audience string // must be in aud, exactly
	// Leeway is how far clocks may differ, from 0 to MaxLeeway. It must be
	// the same on all nodes.
	Leeway time.Duration
	// MaxLifetime is the longest time from iat to exp.
	MaxLifetime time.Duration
	Now         time.Time
	// MaxLength is the longest token in bytes; 0 means DefaultMaxLength.
	MaxLength int
}

// Verify verifies an access JWT (RFC 9068, RFC 8725): signature, typ, iss, aud,
// times and lifetime, with kid, sub, iat and exp required. The package comment
// gives the order and the errors. An incomplete Expect is a fault of the
// program and gives an error without a meaning.
func Verify(ctx context.Context, raw string, keys KeySource, expect Expect) (Claims, error) {
	if err := expect.validate(); err != nil {
		return Claims{}, err
	}
	opened, err := Open(ctx, raw, keys, expect.MaxLength)
	if err != nil {
		return Claims{}, err
	}
	if opened.Header.KeyID == "" {
		return Claims{}, refuse(token.ErrSignature, "kid is missing")
	}
	if !opened.Header.HasType(expect.Type) {
		return Claims{}, refuse(token.ErrWrongKind, "typ is not the expected type")
	}
	claims, err := ParseClaims(opened.Payload)
	if err != nil {
		return Claims{}, err
	}
	if err := claims.check(expect); err != nil {
		return Claims{}, err
	}
	claims.KeyID = opened.Key.id
	return claims, nil
}

func (c Claims) check(expect Expect) error {
	if err := c.CheckIssuer(expect.Issuer); err != nil {
		return err
	}
	if err := c.CheckAudience(expect.Audience); err != nil {
		return err
	}
	switch {
	case c.Subject == "":
		return malformed("sub is missing or empty")
	case c.IssuedAt.IsZero():
		return malformed("iat is missing")
	}
	if err := c.CheckTimes(expect.Now, expect.Leeway); err != nil {
		return err
	}
	return c.CheckLifetime(expect.Now, expect.MaxLifetime)
}

func (e Expect) validate() error {
	switch {
	case e.Type == "" || e.Issuer == "" || e.Audience == "":
		return errors.New("jwt: Expect needs Type, Issuer and Audience")
	case e.Now.IsZero():
		return errors.New("jwt: Expect needs Now")
	case e.MaxLifetime <= 0:
		return errors.New("jwt: Expect needs MaxLifetime")
	case e.Leeway < 0 || e.Leeway > MaxLeeway:
		return errors.New("jwt: Expect.Leeway must be from 0 to 60 s")
	}
	return nil
}
