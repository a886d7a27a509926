package verify

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

// fetchDeadline bounds one look-up, whoever waits for it.
const fetchDeadline = 5 * time.Second

// errAbandoned is what those that share a look-up get when its source panics.
var errAbandoned = token.Unavailable(errors.New("the look-up was abandoned"))

// fetch gives what the source knows of an opaque token, if it is good now.
//
// The caller that begins a look-up carries it out on a context of its own: if
// it goes away meanwhile, those that wait still get their answer (C-07).
func (v *Verifier) fetch(ctx context.Context, p *presented) (hit, error) {
	p.changes = v.cache.changes.Load()
	key := flightKey{p.digest, v.cache.epoch.Load()}
	if p.leased {
		if one, ok := v.cache.refusals.find(&p.digest, p.changes, p.now); ok {
			p.known = one.known
			return hit{}, one.reason
		}
	}
	call, done := v.flights.join(&key)
	if done == nil {
		v.carryOut(ctx, &key, call, p)
	} else {
		select {
		case <-done:
		case <-ctx.Done():
			return hit{}, token.Unavailable(ctx.Err())
		}
	}
	switch {
	case call.cached && p.id != "":
		return v.recall(ctx, p)
	case call.cached:
		return v.find(ctx, p)
	case call.err != nil:
		p.known = v.known(&call.record)
		return hit{}, call.err
	}
	p.now = v.clock.now() // time has passed
	if err := v.judge(&call.record, p.now); err != nil {
		p.known = v.known(&call.record)
		return hit{}, err
	}
	return hit{Verified: call.proof, epoch: key.epoch, fresh: true}, nil
}

// judge decides from a record whether it is good now.
func (v *Verifier) judge(t *token.Token, now instant) error {
	if err := t.Check(now.time()); err != nil {
		return err
	}
	if t.Subject == "" {
		return token.ErrUnknown
	}
	if v.marks.Load().coversToken(t) {
		return token.ErrRevoked
	}
	return nil
}

// carryOut asks the source for those that share a look-up, and keeps the
// answer. Errors are never kept (C-09).
func (v *Verifier) carryOut(ctx context.Context, key *flightKey, call *flight, p *presented) {
	call.err = errAbandoned
	defer v.flights.leave(key, call)
	if call.cached = p.leased && v.cache.has(p.hash, &p.digest, p.now); call.cached {
		// Another look-up ended after this caller had searched the cache.
		return
	}
	call.record, call.err = v.ask(ctx, p)
	keep := p.leased && v.opts.CacheTTL > 0
	now := v.clock.now()
	if call.err == nil {
		// For all that share it: what was bad once has no proof, and a clock
		// that is set back meanwhile does not make one.
		call.err = v.judge(&call.record, now)
	}
	if call.err == nil && notBearer(call.record.Kind) {
		call.err = token.ErrNotBearer // its form says so already; a record that says so counts too
	}
	switch {
	case errors.Is(call.err, token.ErrUnavailable):
	case call.err != nil:
		v.outdate(&call.record, call.record.ID)
		if keep {
			v.cache.refusals.put(&key.digest, refusal{call.err, v.known(&call.record), p.changes, now.mono + refusalTTL})
		}
	default:
		e := entry{hash: p.hash, digest: key.digest, epoch: key.epoch, ends: ends(&call.record)}
		call.proof = v.keep(&e, &call.record, &claims{}, now, keep)
	}
}

// ask makes one look-up.
func (v *Verifier) ask(ctx context.Context, p *presented) (token.Token, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), fetchDeadline)
	defer cancel()
	if err := v.flights.admit(ctx); err != nil {
		return token.Token{}, err
	}
	defer v.flights.release()
	t, err := v.lookUp(ctx, p)
	switch {
	case errors.Is(err, token.ErrNotFound):
		return token.Token{}, token.ErrUnknown
	case err != nil:
		return token.Token{}, token.Unavailable(err)
	}
	return t, nil
}

// lookUp finds a record by what its credential is known by.
func (v *Verifier) lookUp(ctx context.Context, p *presented) (token.Token, error) {
	if p.id != "" {
		return v.opts.Workspace.find(ctx, p.id)
	}
	return v.opts.Source.FindByDigest(ctx, p.digest)
}

// ends is the first instant at which a secret of the record is not good any
// more, in Unix ms. It is rounded down: the last millisecond is asked from the
// source.
func ends(t *token.Token) int64 { return lastOf(t).UnixMilli() }

// lastOf is the same to the microsecond.
func lastOf(t *token.Token) time.Time {
	if !t.SecretEndsAt.IsZero() && t.SecretEndsAt.Before(t.ExpiresAt) {
		return t.SecretEndsAt
	}
	return t.ExpiresAt
}

// keep makes proof of a good record, and puts it into the cache when it may be
// kept. e has what the cache finds it by.
func (v *Verifier) keep(e *entry, t *token.Token, c *claims, now instant, keep bool) Verified {
	var space [512]byte
	scopes, narrowed := held(t, c)
	scopes = v.granted(t.Kind, scopes)
	profile, id, shared := v.cache.profiles.share(profile{kind: t.Kind, scopes: scopes, narrowed: narrowed, limits: c.limits})
	presented := *t
	presented.ExpiresAt = lastOf(t) // what is presented ends then, be the token good for longer
	packed := packRecord(space[:0], &presented, c)
	if keep && shared {
		e.profile = id
		e.until = (now.mono + int64(v.opts.CacheTTL)) / 1000
		e.told = uint16(now.mono / int64(time.Second))
		e.partition = v.cache.partition(endsWith(t, c))
		v.cache.insert(*e, packed, now)
	}
	return Verified{record(packed), profile}
}

// granted gives those of a record's scopes that tokens of its kind may hold.
func (v *Verifier) granted(kind token.Kind, scopes token.Scopes) token.Scopes {
	allowed, bounded := v.opts.Granted[kind]
	if !bounded {
		return scopes
	}
	return slices.DeleteFunc(slices.Clone(scopes), func(s string) bool { return !slices.Contains(allowed, s) })
}

// Inspect finds the record of a credential and says whether it is good, for
// administrators. It always asks the source. The record is zero when there is
// none. A refresh token that could be exchanged is token.ErrNotBearer, with its
// record.
func (v *Verifier) Inspect(ctx context.Context, bearer string) (*Verified, token.Token, error) {
	p := presented{raw: bearer, now: v.clock.now()}
	isJWT, err := v.form(bearer)
	if errors.Is(err, token.ErrNotBearer) {
		err = nil
	}
	isPeers := v.mayBePeer(bearer, err) && (isJWT || err != nil)
	if err != nil && !isPeers {
		return nil, token.Token{}, err
	}
	switch {
	case isJWT && v.opensWorkspace(bearer):
		return v.inspectWorkspace(ctx, &p)
	case isPeers:
		return v.inspectPeer(ctx, &p, isJWT)
	case isJWT:
		return v.inspectJWT(ctx, &p)
	}
	p.digest = v.digest(bearer)
	t, err := v.ask(ctx, &p)
	if err != nil {
		return nil, token.Token{}, err
	}
	if err := v.judge(&t, v.clock.now()); err != nil {
		return nil, t, err
	}
	if notBearer(t.Kind) {
		return nil, t, token.ErrNotBearer
	}
	proof := v.keep(&entry{}, &t, &claims{}, p.now, false)
	if err := v.checkSubject(ctx, &proof); err != nil {
		return nil, t, err
	}
	return &proof, t, nil
}
