package verify

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"sync/atomic"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

// Source finds the record of a token by the digest of its secret.
type Source interface {
	// FindByDigest gives the record, not-before marks applied, or
	// token.ErrNotFound; any other error means that the answer is not known.
	FindByDigest(ctx context.Context, d token.Digest) (token.Token, error)
}

// Options are what a Verifier is made of. Formats and Source are required.
type Options struct {
	Formats  token.Formats
	Digester token.Digester
	Source   Source
	// Clock gives the time. nil means the system's clock, which the verifier
	// then reads at half the cost of time.Now.
	Clock func() time.Time
	// Lease is how long after the log was last heard cached records may be
	// used. 0 means DefaultLease; at most MaxLease.
	Lease time.Duration
	// CacheTTL bounds the age of a cached record; 0 means no caching. It is
	// no bound on revocation.
	CacheTTL time.Duration
	// CacheEntries bounds how many records are cached; 0 means
	// DefaultCacheEntries.
	CacheEntries int
	// Issuers are the issuers whose access JWTs are good.
	Issuers []Issuer
	// Workspace, when set, says how workspace tokens are verified. Without it
	// they are not good here.
	Workspace *WorkspaceTokens
	// Peers, when set, verifies the credentials of services. Without it they
	// are not good here.
	Peers Peers
	// Subject, when set, is asked on every verification of a credential that
	// acts as a person (an access JWT, a user token, a plugin that acts for a
	// user) whether the subject may still act: nil, or an error with a meaning.
	// The proof comes by value, so that asking allocates nothing.
	Subject func(ctx context.Context, v Verified) error
	// Granted are, of the kinds that are in it, the scopes that a token may
	// hold: another one that its record names, because it could be chosen once,
	// counts for nothing.
	Granted map[token.Kind]token.Scopes
	// Used, when set, is told of every opaque token that was found good, but
	// of a cached one only every ten seconds. It must not block.
	Used func(tokenID string, at time.Time)
	// Refused, when set, is told of every use of a token that there is a record
	// of, and that was refused: it had ended, or did not hold what was demanded.
	// Of what has no record, and while an answer is not known, it hears
	// nothing. It must not block.
	Refused func(use token.Use)
}

// Defaults and limits of Options.
const (
	DefaultLease        = 5 * time.Second
	MaxLease            = 24 * time.Hour
	DefaultCacheTTL     = time.Minute
	DefaultCacheEntries = 1_000_000
)

// Verifier verifies credentials. It is safe for concurrent use.
type Verifier struct {
	opts    Options
	issuers map[string]Issuer
	clock   *clock
	heard   atomic.Int64 // when the log was last heard, in ns since the start
	// heardWall is the same on the wall clock, in Unix µs.
	heardWall atomic.Int64
	marks     atomic.Pointer[markSet]
	cache     *cache
	flights   *flights
	endings   *endings
	idKey     [32]byte // see digestOfID
}

// New makes a Verifier. Until the log was heard once ([Verifier.Follow],
// [Verifier.Heard]) it verifies, but does not cache.
func New(opts Options) (*Verifier, error) {
	if opts.Source == nil {
		return nil, errors.New("verify: a source is required")
	}
	if opts.Lease == 0 {
		opts.Lease = DefaultLease
	}
	if opts.Lease < 0 || opts.Lease > MaxLease {
		return nil, errors.New("verify: the lease must be positive and at most 24 h")
	}
	if opts.CacheTTL < 0 || opts.CacheEntries < 0 {
		return nil, errors.New("verify: cache time and size must not be negative")
	}
	if opts.CacheEntries == 0 {
		opts.CacheEntries = DefaultCacheEntries
	}
	issuers, err := indexIssuers(opts.Issuers)
	if err != nil {
		return nil, err
	}
	if err := opts.Workspace.validate(); err != nil {
		return nil, err
	}
	v := &Verifier{
		opts: opts, issuers: issuers, clock: newClock(opts.Clock),
		cache: newCache(opts.CacheEntries), flights: newFlights(), endings: newEndings(),
	}
	_, _ = rand.Read(v.idKey[:]) // never returns an error: it ends the process
	v.heard.Store(never)
	v.marks.Store(newMarkSet(nil, 0))
	return v, nil
}

// Verify verifies a bearer credential against a demand and gives proof, or an
// error that wraps token.ErrUnauthenticated, token.ErrDenied or
// token.ErrUnavailable. The order of checks is in the package comment.
//
// A hit allocates nothing: this function is small enough to become part of its
// caller, where the proof then lives as long as the caller needs it, on the
// stack if it goes nowhere else.
func (v *Verifier) Verify(ctx context.Context, bearer string, want Expect) (*Verified, error) {
	var proof Verified
	return v.verify(ctx, bearer, &want, &proof)
}

func (v *Verifier) verify(ctx context.Context, bearer string, want *Expect, proof *Verified) (*Verified, error) {
	p := presented{raw: bearer}
	found, err := v.find(ctx, &p)
	if err != nil {
		v.refuse(p.known, err)
		return nil, err
	}
	if err := v.pass(ctx, &p, &found, want); err != nil {
		if found.fresh {
			v.cache.untell(&p)
		}
		v.refuse(v.knownProof(&found.Verified), err)
		return nil, err
	}
	if v.opts.Used != nil && found.isKept() && found.claimTelling(p.now) {
		v.opts.Used(found.TokenID(), p.now.time())
	}
	*proof = found.Verified
	return proof, nil
}

// pass makes the checks that follow once a good credential was found.
func (v *Verifier) pass(ctx context.Context, p *presented, found *hit, want *Expect) error {
	if v.opts.Subject != nil && found.asPerson() {
		if err := v.opts.Subject(ctx, found.Verified); err != nil {
			return err
		}
	}
	if err := want.check(&found.Verified, p.workspace); err != nil {
		return err
	}
	return p.barred
}

// presented is a credential on its way through a verification.
type presented struct {
	raw    string
	now    instant
	leased bool // what is looked up may be cached
	hash   uint32
	// changes is how many had been told of when its look-up began.
	changes uint32
	digest  token.Digest
	// known is set once it is refused: the token, if there is a record of it.
	known *token.Use

	// Of workspace tokens alone:
	id        string // by which its record is found
	workspace string // UUID of its workspace
	barred    error  // why its account may not act there
}

// find gives what is known of a credential that is good now.
//
// The processor waits for everything before a reading of the clock, and for
// nothing after it. So the clock is read when the tags are known and before the
// slot is: that then comes from memory while the digest is computed.
//
// A credential that the cache may know is digested before its checksum is
// looked at. If the cache has that digest, then for a string that was looked
// at, and this is the same string.
func (v *Verifier) find(ctx context.Context, p *presented) (hit, error) {
	p.hash = v.cache.hash(p.raw)
	seen := v.cache.table.sight(p.hash)
	if seen.left == 0 || len(p.raw) > maxJWTLength {
		return v.findElsewhere(ctx, p)
	}
	p.now = v.clock.now()
	slot := seen.slot(p.hash)
	if slot == nil || !v.leased(p.now) {
		return v.findElsewhere(ctx, p)
	}
	p.digest = v.digest(p.raw)
	found, ok := v.cache.find(slot, &p.digest, p.now)
	if !ok {
		return v.findElsewhere(ctx, p)
	}
	if marks := v.marks.Load(); newer(marks.since, found.epoch) {
		switch {
		case !found.isKept():
			// The mark may reach it by what is not in the cache: the leeway of
			// its issuer, and what a JWT came out of.
			return v.findElsewhere(ctx, p)
		case marks.covers(&found.Verified):
			p.known = v.knownProof(&found.Verified)
			return hit{}, token.ErrRevoked
		}
	}
	return found, nil
}

// findElsewhere finds what the cache does not know: a JWT by its signature, an
// opaque token at the source, the credential of a peer by what is configured. Junk
// ends here, before anything is looked up.
func (v *Verifier) findElsewhere(ctx context.Context, p *presented) (hit, error) {
	isJWT, err := v.form(p.raw)
	isPeers := v.mayBePeer(p.raw, err) && (isJWT || err != nil)
	if err != nil && !isPeers {
		return hit{}, err
	}
	p.digest = v.digest(p.raw)
	p.now = v.clock.now()
	p.leased = v.leased(p.now)
	switch {
	case isJWT && v.opensWorkspace(p.raw):
		return v.openWorkspace(ctx, p)
	case isPeers:
		return v.openPeer(ctx, p, isJWT)
	case isJWT:
		return v.openJWT(ctx, p)
	}
	return v.fetch(ctx, p)
}

// form looks at length, shape and checksum of a credential. Errors:
// token.ErrMalformed, token.ErrUnknown, token.ErrNotBearer, token.ErrIssuer.
func (v *Verifier) form(raw string) (isJWT bool, err error) {
	kind, err := v.opts.Formats.Parse(raw)
	switch {
	case err == nil && notBearer(kind):
		return false, token.ErrNotBearer
	case err == nil:
		return false, nil
	case !errors.Is(err, token.ErrUnknown) || len(raw) > maxJWTLength || strings.Count(raw, ".") != 2:
		return false, err
	case len(v.issuers) == 0 && v.opts.Workspace == nil && v.opts.Peers == nil:
		return false, token.ErrIssuer
	}
	return true, nil
}

// notBearer reports whether tokens of a kind are exchanged and never presented:
// no resource takes them, and none must learn to.
func notBearer(kind token.Kind) bool {
	return kind == token.KindPersonal || kind == token.KindRefresh
}

// digest gives the digest by which a credential is known.
func (v *Verifier) digest(raw string) token.Digest { return v.opts.Digester.Digest(raw) }
