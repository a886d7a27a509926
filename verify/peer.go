package verify

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/tokenwright/tokenwright/peer"
	"github.com/tokenwright/tokenwright/token"
)

// Peers verifies the credentials of services. *peer.TokenManager does.
type Peers interface {
	// Authenticate gives the caller behind a credential, or an error that
	// wraps token.ErrUnauthenticated or token.ErrUnavailable.
	Authenticate(ctx context.Context, raw string) (*peer.Principal, error)
}

// mayBePeer reports whether a credential that is none of our opaque tokens may
// be that of a peer: JWTs, and fixed texts of any form.
func (v *Verifier) mayBePeer(raw string, formErr error) bool {
	return v.opts.Peers != nil && len(raw) <= peer.MaxLength && (formErr == nil || errors.Is(formErr, token.ErrUnknown))
}

// openPeer verifies the credential of a peer, and remembers it by its digest. A
// JWT that is none of theirs may be an access JWT.
func (v *Verifier) openPeer(ctx context.Context, p *presented, isJWT bool) (hit, error) {
	epoch := v.cache.epoch.Load()
	t, c, err := v.checkPeer(ctx, p)
	switch {
	case err == nil:
		e := entry{hash: p.hash, digest: p.digest, epoch: epoch, ends: c.ends.UnixMilli()}
		return hit{Verified: v.keep(&e, &t, &c, p.now, p.leased && v.opts.CacheTTL > 0), epoch: epoch}, nil
	case isJWT && ofNoPeer(err):
		return v.openJWT(ctx, p)
	case !isJWT && errors.Is(err, token.ErrMalformed):
		err = token.ErrUnknown // a text that is neither a JWT nor a fixed text
	}
	v.disown(p, err)
	return hit{}, err
}

// inspectPeer is Inspect for peers.
func (v *Verifier) inspectPeer(ctx context.Context, p *presented, isJWT bool) (*Verified, token.Token, error) {
	t, c, err := v.checkPeer(ctx, p)
	switch {
	case err != nil && isJWT && ofNoPeer(err):
		return v.inspectJWT(ctx, p)
	case err != nil:
		return nil, t, err
	}
	proof := v.keep(&entry{}, &t, &c, p.now, false)
	if err := v.checkSubject(ctx, &proof); err != nil {
		return nil, t, err
	}
	return &proof, t, nil
}

// ofNoPeer reports a refusal that says "not mine" rather than "not good": peers
// are told from others by algorithm and issuer, never by what a claim wants.
func ofNoPeer(err error) bool {
	return errors.Is(err, token.ErrAlgorithm) || errors.Is(err, token.ErrIssuer)
}

// checkPeer gives what the credential of a peer says, when it is good and no
// mark covers it. No source has a record of it: there is no look-up.
func (v *Verifier) checkPeer(ctx context.Context, p *presented) (token.Token, claims, error) {
	who, err := v.opts.Peers.Authenticate(ctx, p.raw)
	if err != nil {
		return token.Token{}, claims{}, err
	}
	t := token.Token{
		Kind: token.KindPeer, Name: who.Name, Subject: who.Subject, Scopes: who.Scopes,
		CreatedAt: who.IssuedAt, ExpiresAt: who.ExpiresAt,
	}
	if who.Actor != "" {
		t.Owner = string(who.Subject) // what ends the user's tokens ends those of whoever acts for the user
	}
	c := claims{
		clientID: string(who.Actor), audience: who.Audience, ends: who.EndsAt,
		// Restrictions of somebody else, that came with the call, are no rights.
		limits: who.Restrictions, narrowed: who.OnBehalfOf != "",
	}
	if c.ends.IsZero() {
		c.ends = p.now.time().Add(24 * time.Hour) // no entry of the cache lives that long
	}
	switch {
	case t.Subject == "":
		err = token.ErrUnknown
	case !p.now.time().Before(c.ends):
		err = token.ErrExpired // what expired stays so, though a clock was set back (K-10)
	case v.marks.Load().coversMade(t, who.MadeAfter):
		err = token.ErrRevoked
	}
	return t, c, err
}

// actsForUser reports whether the credential of a peer speaks for a user, who
// may have been switched off meanwhile. No peer has a subject of that form.
func (v *Verified) actsForUser() bool {
	return v.Kind() == token.KindPeer && strings.HasPrefix(v.field(fieldSubject), "user:")
}

// checkSubject asks whether the person behind a credential may still act.
func (v *Verifier) checkSubject(ctx context.Context, found *Verified) error {
	if v.opts.Subject == nil || !found.asPerson() {
		return nil
	}
	return v.opts.Subject(ctx, *found)
}

// checkPeer is what only peers are asked: an audience that their token names
// must be ours, and their restrictions must let the demand through.
func (e *Expect) checkPeer(v *Verified, needed token.Scopes) error {
	if e.Audience != "" {
		if audience := v.Audience(); len(audience) > 0 && !slices.Contains(audience, e.Audience) {
			return token.ErrAudience
		}
	}
	if limits := v.profile.limits; len(limits) > 0 {
		return e.checkRestricted(limits, needed)
	}
	return nil
}

// checkRestricted says whether the restrictions of a peer let a demand through.
// What declares no scope cannot be judged by them and is refused (PEER-19).
func (e *Expect) checkRestricted(limits peer.Restrictions, needed token.Scopes) error {
	if len(needed)+len(e.AnyScope) == 0 && !e.Describe {
		return token.NewError(token.ErrRestricted, "This token's access is restricted, and nothing says what is needed here", nil)
	}
	for _, scope := range needed {
		if err := limits.CheckScope(scope); err != nil {
			return err
		}
	}
	return nil
}
