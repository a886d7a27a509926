package verify

import (
	"hash/maphash"
	"math/bits"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

// cache is a bounded store of good credentials, and a small one of refusals.
// Reading takes no lock and allocates nothing.
//
// # Forgetting
//
// A change of a token does not search the cache. The cache counts an epoch, and
// each entry carries the epoch in which its look-up began. Token ids are
// divided into partitions by a hash; a change moves the epoch and stamps the
// partition of its token with it. An entry that is older than the stamp of its
// partition is not used any more. So a change costs the same for ten million
// entries as for one, an entry that was read before a change can be put into
// the cache after it and still is of no use (C-05), and the other tokens of the
// partition, one in sixteen thousand, are read once more.
type cache struct {
	seed     maphash.Seed
	keys     [2]uint64
	table    *table
	arena    *arena
	profiles *profiles
	refusals refusals

	epoch atomic.Uint32
	// changes counts those that were told of, which is what refusals go by: an
	// epoch can begin without one.
	changes atomic.Uint32
	stamps  [1 << partitionBits]atomic.Uint32
	change  sync.Mutex // orders changes
}

const (
	partitionBits = 14
	// recordBytes is what the arena has for each entry; records of service
	// tokens have about ninety bytes.
	recordBytes = 128
	// toldAgainAfter is how often the use of a cached token is told, in
	// seconds. Uses are shown to a minute.
	toldAgainAfter = 10
)

func newCache(entries int) *cache {
	seed := maphash.MakeSeed()
	return &cache{
		seed: seed, keys: [2]uint64{maphash.String(seed, "high"), maphash.String(seed, "low")},
		table: newTable(entries), arena: newArena(entries * recordBytes), profiles: newProfiles(entries),
	}
}

// hash is what a credential is found by: see [table]. It mixes the last sixteen
// characters, of which at least ten are random in an opaque token and all in a
// JWT.
func (c *cache) hash(raw string) uint32 {
	if len(raw) < 16 {
		return 0
	}
	high, low := bits.Mul64(word(raw[len(raw)-16:])^c.keys[0], word(raw[len(raw)-8:])^c.keys[1])
	return uint32((high ^ low) >> 32)
}

// word reads eight characters as a number.
func word(s string) uint64 {
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

func (c *cache) partition(tokenID string) uint16 {
	return uint16(maphash.String(c.seed, tokenID) & (1<<partitionBits - 1))
}

// newer reports whether an epoch lies behind another. Epochs may wrap round:
// no entry lives as long as two thousand million changes.
func newer(epoch, than uint32) bool { return int32(epoch-than) > 0 }

// hit is a credential that was found in the cache.
type hit struct {
	Verified
	epoch uint32
	// fresh is true when it comes from its source. A cached one has in due the
	// slot, and its word, of which use has not been told for a while.
	fresh bool
	due   *slot
	until uint64
}

// claimTelling reports whether this use of a good credential is to be told. Of
// several at once one is, and only of a use that passed every check.
func (h *hit) claimTelling(now instant) bool {
	if h.due == nil {
		return h.fresh
	}
	second := uint64(uint16(now.mono / int64(time.Second)))
	return h.due[wordUntil].CompareAndSwap(h.until, h.until&(1<<untilBits-1)|second<<untilBits)
}

// find gives the credential of a slot if it has this digest and may be used
// now.
func (c *cache) find(s *slot, d *token.Digest, now instant) (found hit, ok bool) {
	place := s[wordPlace].Load()
	if place == 0 || !s.holds(d) {
		return hit{}, false
	}
	until, ends, epoch := s[wordUntil].Load(), s[wordEnds].Load(), epochOf(s[wordEpoch].Load())
	if s[wordPlace].Load() != place {
		return hit{}, false // it was written over meanwhile
	}
	if now.mono/1000 >= untilOf(until) || now.wall/1000 >= endsOf(ends) || c.outdated(epoch, place) {
		return hit{}, false
	}
	text := c.arena.get(placeOf(place))
	if text == "" {
		return hit{}, false
	}
	found = hit{Verified: Verified{text, c.profiles.get(profileOf(ends))}, epoch: epoch}
	if second := uint16(now.mono / int64(time.Second)); second-toldOf(until) >= toldAgainAfter {
		found.due, found.until = s, until
	}
	return found, true
}

// untell takes back that the first use of a credential was told, which is
// assumed when it is put into the cache: it did not pass the checks.
func (c *cache) untell(p *presented) {
	s := c.table.probe(p.hash)
	if s == nil || !s.holds(&p.digest) {
		return
	}
	until := s[wordUntil].Load()
	told := uint64(toldOf(until) - toldAgainAfter)
	s[wordUntil].CompareAndSwap(until, until&(1<<untilBits-1)|told<<untilBits)
}

// has reports whether a credential is in the cache and may be used now.
func (c *cache) has(hash uint32, d *token.Digest, now instant) bool {
	s := c.table.probe(hash)
	if s == nil {
		return false
	}
	_, ok := c.find(s, d, now)
	return ok
}

// outdated reports whether a change came after an entry's look-up began. Most
// entries are as new as the last change of all.
func (c *cache) outdated(epoch uint32, place uint64) bool {
	return epoch != c.epoch.Load() && newer(c.stamps[partitionOf(place)].Load(), epoch)
}

// insert keeps a credential that was looked up in an epoch.
func (c *cache) insert(e entry, packed []byte, now instant) {
	at, ok := c.arena.put(packed, e.until, now.mono/1000)
	if !ok {
		return
	}
	e.place = at
	c.table.insert(&e, func(s *slot) bool {
		place := s[wordPlace].Load()
		return place != 0 && c.arena.lives(segmentOf(place)) && now.mono/1000 < untilOf(s[wordUntil].Load()) &&
			!c.outdated(epochOf(s[wordEpoch].Load()), place)
	})
}

// forget makes unusable what a change outdates. mark, when there is one, is
// told the epoch that the change begins: it has to be in force before
// look-ups can begin in that epoch.
func (c *cache) forget(change token.Change, mark func(epoch uint32)) {
	c.change.Lock()
	defer c.change.Unlock()
	next := c.epoch.Load() + 1
	mark(next)
	c.changes.Add(1)
	switch {
	case change.Keys, change.Peers, change.Client != "":
		// Of a client it is not known here which credentials are its own.
		for i := range c.stamps {
			c.stamps[i].Store(next)
		}
	case change.TokenID != "":
		c.stamps[c.partition(change.TokenID)].Store(next)
	}
	c.epoch.Store(next)
}

// outdate makes unusable what was read of a token so far, without a change that
// was told of.
func (c *cache) outdate(tokenID string) { c.stamp(c.partition(tokenID)) }

// disown makes unusable what is cached of a credential. It does nothing for one that
// is not cached, so that nobody can make it cost anything by what was never good.
func (c *cache) disown(p *presented) {
	s := c.table.probe(p.hash)
	if s == nil || !s.holds(&p.digest) {
		return
	}
	if place := s[wordPlace].Load(); place != 0 && !c.outdated(epochOf(s[wordEpoch].Load()), place) {
		c.stamp(partitionOf(place))
	}
}

// stamp begins an epoch in which what was read of a partition before is of no use.
func (c *cache) stamp(partition uint16) {
	c.change.Lock()
	defer c.change.Unlock()
	next := c.epoch.Load() + 1
	c.stamps[partition].Store(next)
	c.epoch.Store(next)
}
