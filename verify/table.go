package verify

import (
	"math/bits"
	"sync"
	"sync/atomic"
)

// table finds slots.
//
// It is split into parts, each with a lock for writers. Readers take none. A
// part is an array of buckets of eight slots; beside it stands a word per
// bucket with eight tags of eight bits, so that a look-up reads one small word
// that is likely in the processor's cache, and then only a slot that is likely
// the right one. A credential may stand in either of two buckets, which fills
// the table to nine tenths before anything has to give way.
//
// A credential is found by a keyed hash of its last characters, not by its
// digest.
// That needs no digest, so the slot is on its way from memory while the digest
// is computed, and junk is told from what is known before anything is computed
// at all. The hash only finds: whether the slot is that of the credential is
// decided by the whole digest (SVC-39). Nobody outside knows the key, so nobody
// can aim at a bucket, and where a look-up looks tells nothing about what is
// there (B-04). Of two credentials with one hash, one in 2^32, only one is
// cached.
//
// Parts begin small and grow by half, so that a cache of few credentials stays
// compact, up to a limit. Then the one gives way whose record is the oldest and
// has to be read again first.
type table struct {
	parts []part
	log   uint // the number of parts is 1<<log
	limit int  // buckets in a part
}

type part struct {
	buckets atomic.Pointer[buckets]
	mu      sync.Mutex
	_       [48]byte // keeps neighbours out of one cache line
}

const (
	bucketSlots  = 8
	minParts     = 2
	maxParts     = 64
	firstBuckets = 2
	fewFree      = 3 // in a bucket
	// minPart is how many slots a part should have at least, so that chance
	// fills all parts alike.
	minPart = 512
)

// buckets is an array of slots and their tags. Tag 0 marks a slot that was
// never used.
type buckets struct {
	tags  []atomic.Uint64
	slots []slot
}

func newTable(entries int) *table {
	log := uint(bits.Len(uint(min(max(entries/minPart, minParts), maxParts))) - 1)
	t := &table{parts: make([]part, 1<<log), log: log, limit: max(entries/bucketSlots>>log, 1)}
	for i := range t.parts {
		t.parts[i].buckets.Store(newBuckets(min(firstBuckets, t.limit)))
	}
	return t
}

func newBuckets(n int) *buckets {
	return &buckets{make([]atomic.Uint64, n), make([]slot, n*bucketSlots)}
}

// part gives the part of a hash: its highest bits choose.
func (t *table) part(hash uint32) *part { return &t.parts[hash>>(32-t.log&31)] }

// sighting is where the tag of a hash was seen.
type sighting struct {
	b    *buckets
	p    places
	left uint32 // 0: nowhere
}

// sight looks for the tag of a hash. It reads tags alone, no slot.
func (t *table) sight(hash uint32) sighting {
	b := t.part(hash).buckets.Load()
	p := b.places(hash, t.log)
	return sighting{b, p, b.candidates(&p)}
}

// slot gives the slot that has the hash, or nil. What it holds may have been
// written over by the time it is read.
func (g *sighting) slot(hash uint32) *slot {
	for left := g.left; left != 0; left &= left - 1 {
		s := &g.b.slots[g.p.index(bits.TrailingZeros32(left))]
		if hashOf(s[wordEpoch].Load()) == hash {
			return s
		}
	}
	return nil
}

// probe looks for the tag of a hash, and then for its slot.
func (t *table) probe(hash uint32) *slot {
	seen := t.sight(hash)
	return seen.slot(hash)
}

// places are where a hash may stand.
type places struct {
	first, second uint32 // buckets; the second may be the first again
	tag           uint8
}

func (b *buckets) places(hash uint32, log uint) places {
	n := uint64(len(b.tags))
	mixed := uint64(hash) * 0x9e3779b97f4a7c15
	return places{
		first:  uint32(uint64(hash<<(log&31)) * n >> 32),
		second: uint32(mixed >> 32 * n >> 32),
		tag:    max(uint8(mixed>>24), 1),
	}
}

// candidates gives the slots that have the tag: bit i is slot i of the first
// bucket, bit 8+i of the second.
func (b *buckets) candidates(p *places) uint32 {
	return matches(b.tags[p.first].Load(), p.tag) | matches(b.tags[p.second].Load(), p.tag)<<bucketSlots
}

// index gives the number of the slot that bit i of candidates stands for.
func (p *places) index(i int) int {
	bucket := p.first
	if i >= bucketSlots {
		bucket = p.second
	}
	return int(bucket)*bucketSlots + i%bucketSlots
}

// matches gives a bit for each of the eight tags that equals tag.
func matches(tags uint64, tag uint8) uint32 {
	const each, low7 = 0x0101010101010101, 0x7f7f7f7f7f7f7f7f
	x := tags ^ uint64(tag)*each
	zero := ^((x&low7 + low7) | x | low7) // the highest bit of each byte that is 0
	return uint32(zero >> 7 * 0x0102040810204080 >> 56)
}

// insert puts an entry into the table. usable says whether a slot that holds
// something is still of use.
func (t *table) insert(e *entry, usable func(*slot) bool) {
	p := t.part(e.hash)
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		b := p.buckets.Load()
		at, full := b.room(e.hash, t.log, usable)
		if full && len(b.tags) < t.limit {
			p.buckets.Store(b.grown(t, usable))
			continue
		}
		b.set(at, e, t.log)
		return
	}
}

// room finds the slot for a hash: its own, or one that is free or of no use any
// more. When there is none the buckets are full, and it gives the slot with the
// oldest record.
func (b *buckets) room(hash uint32, log uint, usable func(*slot) bool) (at int, full bool) {
	p := b.places(hash, log)
	for left := b.candidates(&p); left != 0; left &= left - 1 {
		at = p.index(bits.TrailingZeros32(left))
		if hashOf(b.slots[at][wordEpoch].Load()) == hash {
			return at, false
		}
	}
	var free [2]uint8 // by bucket, a bit for each slot
	age := ^uint32(0)
	for i := range 2 * bucketSlots {
		s := &b.slots[p.index(i)]
		if !usable(s) {
			free[i/bucketSlots] |= 1 << (i % bucketSlots)
		} else if written := segmentOf(s[wordPlace].Load()); written < age {
			at, age = p.index(i), written
		}
	}
	first, second := bits.OnesCount8(free[0]), bits.OnesCount8(free[1])
	switch {
	case first+second == 0:
		return at, true
	case first < fewFree && second > first:
		// The first is for those that have no other choice.
		return p.index(bucketSlots + bits.TrailingZeros8(free[1])), false
	}
	return p.index(bits.TrailingZeros8(free[0])), false
}

// set writes a slot and its tag.
func (b *buckets) set(i int, e *entry, log uint) {
	b.slots[i].write(e)
	shift := 8 * uint(i%bucketSlots)
	word := &b.tags[i/bucketSlots]
	word.Store(word.Load()&^(0xff<<shift) | uint64(b.places(e.hash, log).tag)<<shift)
}

// grown gives a larger array with everything that is still of use, but for the
// few that find both their buckets full. Readers of the former array meanwhile
// find what was in it.
func (b *buckets) grown(t *table, usable func(*slot) bool) *buckets {
	next := newBuckets(min(len(b.tags)+len(b.tags)/2+1, t.limit))
	for i := range b.slots {
		if !usable(&b.slots[i]) {
			continue
		}
		e := b.slots[i].read()
		if at, full := next.room(e.hash, t.log, usable); !full {
			next.set(at, &e, t.log)
		}
	}
	return next
}
