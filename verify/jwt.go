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
	// Records, when set, knows what a JWT came out of, by its sid: the JWT ends
	// with that. nil means that a sid says nothing here, as with foreign
	// issuers.
	Records AccessRecords
	// Foreign says that its scopes were not chosen from this catalogue: a
	// wildcard among them is a name like any other there, and counts for nothing
	// here (E-01).
	Foreign bool
	// MaxLifetime is the longest time from iat to exp that is accepted.
	MaxLifetime time.Duration
}

// maxJWTLength bounds a JWT before it is looked at; users' tokens carry their
// groups and grow.
const maxJWTLength = jwt.LongestMaxLength

func indexIssuers(list []Issuer) (map[string]Issuer, error) {
	index := make(map[string]Issuer, len(list))
	for _, one := range list {
		switch {
		case one.Issuer == "" || one.Audience == "" || one.Type == "" || one.Keys == nil || one.MaxLifetime <= 0:
			return nil, errors.New("verify: an issuer needs issuer, audience, type, keys and maximum lifetime")
		case one.Leeway < 0 || one.Leeway > jwt.MaxLeeway:
			return nil, errors.New("verify: the leeway of the issuer " + one.Issuer + " must be from 0 to 60 s")
		}
		if _, twice := index[one.Issuer]; twice {
			return nil, errors.New("verify: the issuer " + one.Issuer + " is configured twice")
		}
		index[one.Issuer] = one
	}
	return index, nil
}

// openJWT verifies an access JWT and remembers it by the digest of its whole
// text, so that its signature is checked once and not on every use.
func (v *Verifier) openJWT(ctx context.Context, p *presented) (hit, error) {
	p.changes = v.cache.changes.Load()
	epoch := v.cache.epoch.Load()
	if p.leased {
		if one, ok := v.cache.refusals.find(&p.digest, p.changes, p.now); ok {
			return hit{}, one.reason
		}
	}
	t, c, err := v.checkJWT(ctx, p)
	if err != nil {
		v.disown(p, err)
		return hit{}, err
	}
	keep := p.leased && v.opts.CacheTTL > 0
	ended, err := v.checkSession(ctx, p, &t, &c)
	if errors.Is(err, token.ErrUnauthenticated) {
		v.outdate(&ended, endsWith(&t, &c))
		if keep {
			v.cache.refusals.put(&p.digest, refusal{err, nil, p.changes, p.now.mono + refusalTTL})
		}
	}
	if err != nil {
		return hit{}, err
	}
	e := entry{hash: p.hash, digest: p.digest, epoch: epoch, ends: c.ends.UnixMilli()}
	return hit{Verified: v.keep(&e, &t, &c, p.now, keep), epoch: epoch, fresh: true}, nil
}

// inspectJWT is Inspect for access JWTs.
func (v *Verifier) inspectJWT(ctx context.Context, p *presented) (*Verified, token.Token, error) {
	t, c, err := v.checkJWT(ctx, p)
	if err != nil {
		return nil, t, err
	}
	if _, err := v.checkSession(ctx, p, &t, &c); err != nil {
		return nil, t, err
	}
	proof := v.keep(&entry{}, &t, &c, p.now, false)
	if err := v.checkSubject(ctx, &proof); err != nil {
		return nil, t, err
	}
	return &proof, t, nil
}

// checkJWT gives what an access JWT says, when it is good and no mark covers
// it. Marks are compared with the JWT itself: no source has a record of it. The
// clock of its issuer may be ahead by the leeway, so a mark reaches that far
// beyond its time: else what was made before it would outlive it.
func (v *Verifier) checkJWT(ctx context.Context, p *presented) (token.Token, claims, error) {
	iss, err := jwt.UnverifiedIssuer(p.raw)
	if err != nil {
		return token.Token{}, claims{}, err
	}
	issuer, ok := v.issuers[iss]
	if !ok {
		return token.Token{}, claims{}, token.ErrIssuer
	}
	said, err := jwt.Verify(ctx, p.raw, issuer.Keys, jwt.Expect{
		Type: issuer.Type, Issuer: issuer.Issuer, Audience: issuer.Audience,
		Leeway: issuer.Leeway, MaxLifetime: issuer.MaxLifetime, Now: p.now.time(), MaxLength: maxJWTLength,
	})
	if err != nil {
		return token.Token{}, claims{}, err
	}
	t, c, err := recordOf(said, issuer)
	if err == nil && v.marks.Load().coversMade(t, t.CreatedAt.Add(-issuer.Leeway)) {
		err = token.ErrRevoked
	}
	return t, c, err
}

// recordOf makes the record of a JWT. Its owner is its subject, so that a
// not-before mark on a user ends the user's JWTs too.
func recordOf(said jwt.Claims, issuer Issuer) (token.Token, claims, error) {
	scopes, err := token.ParseScopes(said.Scope)
	if err != nil {
		return token.Token{}, claims{}, token.ErrMalformed
	}
	if issuer.Foreign {
		scopes = scopes.WithoutWildcards()
	}
	t := token.Token{
		ID: said.ID, Family: token.FamilyID(said.SessionID), Kind: token.KindAccess, Owner: said.Subject,
		Subject: token.Subject(said.Subject), Scopes: scopes,
		CreatedAt: said.IssuedAt, ExpiresAt: said.ExpiresAt,
	}
	return t, claims{
		issuer: said.Issuer, clientID: said.ClientID, session: said.SessionID, audience: said.Audience,
		narrowed: said.Has("scope"), ends: said.ExpiresAt.Add(issuer.Leeway),
	}, nil
}
