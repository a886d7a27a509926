package verify

import (
	"errors"
	"hash/maphash"
	"sync"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

// endings sees to it that what one look-up found ended is not taken as good
// afterwards on this verifier, though the log has not told of it yet. The end may
// come from another node. A look-up that began before it and is still under way
// would put the former record into the cache; a record that the lease or another
// secret of the same token kept out of sight is in it already (C-05).
//
// So the first look-up that finds an end outdates all that was read of the token
// before. That is done once for each end: a dead token that is presented over and
// over costs the others in the cache nothing. What ended long ago costs them
// nothing from the first time on, however many such tokens somebody has (I-01);
// see longEnded.
type endings struct {
	seed  maphash.Seed
	parts [16]endingPart
}

type endingPart struct {
	mu   sync.Mutex
	seen map[uint64]struct{}
	_    [48]byte // keeps neighbours out of one cache line
}

const (
	// maxEndings is for one part. Past it one at random is forgotten for each that
	// is new, and outdates its partition once more: whoever presents more of them in
	// turn does not find the oldest gone each time.
	maxEndings = 4096
	// endSkew is how far the clock of the node that ended a token may be behind, and
	// how long before its commit it may have read it.
	endSkew = time.Minute
)

func newEndings() *endings { return &endings{seed: maphash.MakeSeed()} }

// first calls outdate if this end of the record was not seen before. Who comes
// second waits until the first has returned: it must not answer earlier.
func (e *endings) first(t *token.Token, outdate func()) {
	key := e.key(t)
	p := &e.parts[key%16]
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, seen := p.seen[key]; seen {
		return
	}
	if len(p.seen) >= maxEndings {
		p.dropOne()
	}
	if p.seen == nil {
		p.seen = map[uint64]struct{}{}
	}
	outdate()
	p.seen[key] = struct{}{}
}

// dropOne makes room: maps are gone through from a random place.
func (p *endingPart) dropOne() {
	for key := range p.seen {
		delete(p.seen, key)
		return
	}
}

// key tells one end of a token from another: it may be enabled in between.
func (e *endings) key(t *token.Token) uint64 {
	return maphash.Comparable(e.seed, ending{
		t.ID, [4]int64{micro(t.RevokedAt), micro(t.DisabledAt), micro(t.ExpiresAt), micro(t.SecretEndsAt)},
	})
}

type ending struct {
	id string
	at [4]int64 // Unix µs
}

func micro(at time.Time) int64 {
	if at.IsZero() {
		return 0
	}
	return at.UnixMicro()
}

// outdate makes unusable what was read so far of what ends with a token, when a
// look-up has found that the record is not good any more.
func (v *Verifier) outdate(ended *token.Token, tokenID string) {
	if tokenID == "" || v.longEnded(ended) {
		return // nothing that is good was read of it: it is a stranger's, or ended too long ago
	}
	v.endings.first(ended, func() { v.cache.outdate(tokenID) })
}

// longEnded reports whether a token ended before anything was read that may still
// be in the cache, or on its way there. That does not depend on what the log has
// told of: what the cache holds is never older than it may get, and no look-up
// takes longer than its deadline.
func (v *Verifier) longEnded(t *token.Token) bool {
	// By the clock as it is: one that was set back has not reached what it showed.
	since := time.UnixMicro(v.clock.now().told).Add(-v.opts.CacheTTL - fetchDeadline - endSkew)
	long := func(end time.Time) bool { return !end.IsZero() && end.Before(since) }
	if long(t.RevokedAt) || long(t.DisabledAt) || long(t.ExpiresAt) {
		return true
	}
	// A secret alone: its token may have ended since, for the other one too.
	return long(t.SecretEndsAt) && t.RevokedAt.IsZero() && t.DisabledAt.IsZero() && t.ExpiresAt.After(since)
}

// disown makes unusable what is cached of a credential of which no record is kept
// here, when it is refused: a foreign JWT, or one of a peer. An outage of what knows
// its keys refuses nothing.
func (v *Verifier) disown(p *presented, reason error) {
	if errors.Is(reason, token.ErrUnauthenticated) {
		v.cache.disown(p)
	}
}
