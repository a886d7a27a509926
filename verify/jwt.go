package verify

import (
	"context"
	"errors"
	"time"

	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/token"
)

// Issuer is an issuer whose access JWTs are good here: this authority itself,
// or a configured foreign one. Keys are looked up per issuer, so one issuer's
// key never verifies another's token.
type Issuer struct {
	Issuer   string // iss, exactly
	Audience string // must be in aud
	Type     string // typ, for example "vnd.backstage.user"
	Keys     jwt.KeySource
	// Leeway is how far the issuer's clock may differ; at most 60 s.
	Leeway time.Duration
	// MaxLifetime is the longest time from iat to exp that is accepted.
	MaxLifetime time.Duration
}

// maxJWTLength bounds a JWT before it is looked at; users' tokens carry their
// groups and grow.
const maxJWTLength = jwt.LongestMaxLength

func indexIssuers(list []Issuer) (map[string]Issuer, error) {
	index := make(map[string]Issuer, len(list))
	for _, one := range list {
		if one.Issuer == "" || one.Audience == "" || one.Type == "" || one.Keys == nil || one.MaxLifetime <= 0 {
			return nil, errors.New("verify: an issuer needs issuer, audience, type, keys and maximum lifetime")
		}
		if _, twice := index[one.Issuer]; twice {
			return nil, errors.New("verify: the issuer " + one.Issuer + " is configured twice")
		}
		index[one.Issuer] = one
	}
	return index, nil
}

// findJWT verifies an access JWT and remembers it by the digest of its whole
// text, so that its signature is checked once and not on every use.
func (v *Verifier) findJWT(ctx context.Context, raw string, now time.Time) (*Verified, error) {
	if len(raw) > maxJWTLength || len(v.issuers) == 0 {
		return nil, token.ErrMalformed
	}
	digest := token.Digester{}.Digest(raw)
	leased := v.leased(now)
	if leased {
		if found := v.cache.get(&digest, v.since(now)); found != nil && !found.absent {
			return found, nil
		}
	}
	epoch := v.cache.epoch.Load()
	found, err := v.openJWT(ctx, raw, now)
	if err != nil {
		return nil, err
	}
	if leased && v.opts.CacheTTL > 0 {
		found.digest = digest
		found.until = min(v.since(now)+int64(v.opts.CacheTTL), v.since(found.record.ExpiresAt))
		v.cache.insert(found, epoch)
	}
	return found, nil
}

func (v *Verifier) openJWT(ctx context.Context, raw string, now time.Time) (*Verified, error) {
	iss, err := jwt.UnverifiedIssuer(raw)
	if err != nil {
		return nil, err
	}
	issuer, ok := v.issuers[iss]
	if !ok {
		return nil, token.ErrIssuer
	}
	claims, err := jwt.Verify(ctx, raw, issuer.Keys, jwt.Expect{
		Type: issuer.Type, Issuer: issuer.Issuer, Audience: issuer.Audience,
		Leeway: issuer.Leeway, MaxLifetime: issuer.MaxLifetime, Now: now, MaxLength: maxJWTLength,
	})
	if err != nil {
		return nil, err
	}
	return verifiedJWT(claims, issuer)
}

// verifiedJWT makes the record of a JWT. Its owner is its subject, so that a
// not-before mark on a user ends the user's JWTs too.
func verifiedJWT(claims jwt.Claims, issuer Issuer) (*Verified, error) {
	scopes, err := token.ParseScopes(claims.Scope)
	if err != nil {
		return nil, token.ErrMalformed
	}
	v := newVerified(token.Token{
		ID: claims.ID, Kind: token.KindAccess, Owner: claims.Subject,
		Subject: token.Subject(claims.Subject), Scopes: scopes,
		CreatedAt: claims.IssuedAt, ExpiresAt: claims.ExpiresAt.Add(issuer.Leeway),
	})
	v.issuer, v.audience = claims.Issuer, claims.Audience
	v.clientID, v.session = claims.ClientID, claims.SessionID
	v.narrowed = claims.Has("scope")
	return v, nil
}
