package verify

import (
	"context"
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

// Options are what a Verifier is made of. Formats, Source and Clock are
// required.
type Options struct {
	Formats  token.Formats
	Digester token.Digester
	Source   Source
	Clock    func() time.Time
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
	// Subject, when set, is asked on every verification of an access JWT
	// whether its subject may still act: nil, or an error with a meaning.
	Subject func(ctx context.Context, v *Verified) error
	// Used, when set, is told of every token that was found good. It must
	// not block.
	Used func(tokenID string, at time.Time)
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
	started time.Time
	heard   atomic.Int64 // when the log was last heard, in ns since started
	marks   atomic.Pointer[markSet]
	cache   *cache
	flights flights
}

// New makes a Verifier. Until the log was heard once ([Verifier.Follow],
// [Verifier.Heard]) it verifies, but does not cache.
func New(opts Options) (*Verifier, error) {
	if opts.Source == nil || opts.Clock == nil {
		return nil, errors.New("verify: source and clock are required")
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
	v := &Verifier{opts: opts, started: opts.Clock(), cache: newCache(opts.CacheEntries)}
	v.heard.Store(never)
	v.marks.Store(newMarkSet(nil))
	var err error
	v.issuers, err = indexIssuers(opts.Issuers)
	return v, err
}

// Verify verifies a bearer credential against a demand and gives proof, or an
// error that wraps token.ErrUnauthenticated, token.ErrDenied or
// token.ErrUnavailable. The order of checks is in the package comment.
//
// A hit allocates nothing.
func (v *Verifier) Verify(ctx context.Context, bearer string, want Expect) (*Verified, error) {
	now := v.opts.Clock()
	found, err := v.find(ctx, bearer, now)
	if err != nil {
		return nil, err
	}
	if err := v.good(ctx, found, now); err != nil {
		return nil, err
	}
	if err := want.check(found); err != nil {
		return nil, err
	}
	if v.opts.Used != nil && found.issuer == "" {
		v.opts.Used(found.record.ID, now)
	}
	return found, nil
}

// Inspect finds the record of a credential and says whether it is good, for
// revocation by possession and for administrators. The record is zero when
// there is none.
func (v *Verifier) Inspect(ctx context.Context, bearer string) (*Verified, token.Token, error) {
	now := v.opts.Clock()
	found, err := v.find(ctx, bearer, now)
	if err != nil {
		return nil, token.Token{}, err
	}
	if err := v.good(ctx, found, now); err != nil {
		return nil, found.record, err
	}
	return found, found.record, nil
}

// find gives the record behind a credential, good or not.
func (v *Verifier) find(ctx context.Context, bearer string, now time.Time) (*Verified, error) {
	_, err := v.opts.Formats.Parse(bearer)
	if err == nil {
		return v.findOpaque(ctx, bearer, now)
	}
	// No opaque token is as long as the shortest JWT.
	if len(bearer) > token.MaxRawLength && looksLikeJWT(bearer) {
		return v.findJWT(ctx, bearer, now)
	}
	return nil, err
}

// good decides from the record alone, now: marks, state, subject.
func (v *Verifier) good(ctx context.Context, found *Verified, now time.Time) error {
	if err := found.check(now); err != nil {
		return err
	}
	if marks := v.marks.Load(); !marks.empty && marks.covers(&found.record) {
		return token.ErrRevoked
	}
	if found.issuer != "" && v.opts.Subject != nil {
		return v.opts.Subject(ctx, found)
	}
	return nil
}

// findOpaque looks a token up by its digest: cache first, as long as the
// lease holds, then the source.
func (v *Verifier) findOpaque(ctx context.Context, bearer string, now time.Time) (*Verified, error) {
	digest := v.opts.Digester.Digest(bearer)
	leased := v.leased(now)
	if leased {
		if found := v.cache.get(&digest, v.since(now)); found != nil {
			if found.absent {
				return nil, token.ErrUnknown
			}
			return found, nil
		}
	}
	return v.fetch(ctx, digest, leased)
}

// looksLikeJWT: three parts by two dots. Opaque tokens have none.
func looksLikeJWT(s string) bool { return strings.Count(s, ".") == 2 }
