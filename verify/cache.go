package verify

import (
	"encoding/binary"
	"math/bits"
	"sync"
	"sync/atomic"

	"github.com/tokenwright/tokenwright/token"
)

// cache is a bounded table of records by digest.
//
// Reading takes no lock and allocates nothing: a bucket is eight slots, each
// an atomic pointer to an immutable entry with a tag of 32 bits of the digest
// beside it, so that a look-up follows one pointer and compares one whole
// digest. Writing locks a part of the table. When a bucket is full the entry
// that was not used for longest gives way (second chance).
//
// The digests are those of secrets with 256 random bits, so buckets fill
// evenly and nobody can aim at one.
type cache struct {
	buckets []bucket
	mask    uint64
	parts   []part

	// change guards the epoch against inserting: forget holds it for
	// writing, insert for reading. Without it a record could be read before
	// a revocation and inserted after it (C-05).
	change sync.RWMutex
	epoch  atomic.Uint64
}

const (
	slots    = 8
	partBits = 6 // 64 parts
	// negativeTTL bounds how long "unknown" is remembered, in nanoseconds.
	negativeTTL = int64(1e9)
)

type bucket struct {
	tags [slots]atomic.Uint32
	refs [slots]atomic.Pointer[Verified]
}

// part holds what is written together: the index from token to digests, so
// that a token can be forgotten by its id.
type part struct {
	mu      sync.Mutex
	digests map[string][]token.Digest
}

func newCache(entries int) *cache {
	n := uint64(1) << bits.Len64(uint64(max(entries/slots, 1)-1))
	c := &cache{buckets: make([]bucket, n), mask: n - 1, parts: make([]part, 1<<partBits)}
	for i := range c.parts {
		c.parts[i].digests = map[string][]token.Digest{}
	}
	return c
}

// place gives the bucket and the tag of a digest. A tag is never 0, which
// marks a free slot.
func (c *cache) place(d *token.Digest) (*bucket, uint32) {
	return &c.buckets[binary.LittleEndian.Uint64(d[:8])&c.mask], binary.LittleEndian.Uint32(d[8:12]) | 1
}

// get gives the cached answer, which may be a negative one, or nil.
func (c *cache) get(d *token.Digest, now int64) *Verified {
	b, tag := c.place(d)
	for i := range slots {
		if b.tags[i].Load() != tag {
			continue
		}
		e := b.refs[i].Load()
		// The whole digest is compared, in constant time (SVC-39, B-04).
		if e == nil || !e.digest.Equal(*d) {
			continue
		}
		if now >= e.until {
			return nil
		}
		if !e.used.Load() {
			e.used.Store(true)
		}
		return e
	}
	return nil
}

// insert keeps an answer that was read in the given epoch, unless the epoch
// has moved since.
func (c *cache) insert(e *Verified, epoch uint64) {
	c.change.RLock()
	defer c.change.RUnlock()
	if c.epoch.Load() != epoch {
		return
	}
	b, tag := c.place(&e.digest)
	p := c.part(&e.digest)
	p.mu.Lock()
	defer p.mu.Unlock()
	i := b.room(&e.digest, e.absent)
	if i < 0 {
		return
	}
	if old := b.refs[i].Load(); old != nil {
		p.drop(old)
	}
	b.refs[i].Store(e)
	b.tags[i].Store(tag)
	p.add(e)
}

// part gives the part that owns a digest's bucket.
func (c *cache) part(d *token.Digest) *part {
	return &c.parts[binary.LittleEndian.Uint64(d[:8])&c.mask&(1<<partBits-1)]
}

// room finds the slot for a digest: its own, a free one, or that of an entry
// that was not used since the last search. Negative answers only ever take
// free slots or those of other negative answers, so that a flood of unknown
// tokens cannot push out good ones (C-06).
func (b *bucket) room(d *token.Digest, negative bool) int {
	free, old := -1, -1
	for i := range slots {
		e := b.refs[i].Load()
		switch {
		case e == nil:
			free = i
		case e.digest == *d:
			return i
		case e.absent:
			old = i
		case negative:
		case !e.used.Load():
			if old < 0 {
				old = i
			}
		default:
			e.used.Store(false)
		}
	}
	switch {
	case free >= 0:
		return free
	case old >= 0:
		return old
	case negative:
		return -1
	}
	return int(d[12]) % slots
}

// forget drops what a change makes unusable and moves the epoch.
func (c *cache) forget(change token.Change) {
	c.change.Lock()
	defer c.change.Unlock()
	c.epoch.Add(1)
	if change.Keys {
		c.clear()
		return
	}
	if change.Issued != nil {
		c.remove(change.Issued)
	}
	if change.TokenID == "" {
		return
	}
	for i := range c.parts {
		p := &c.parts[i]
		p.mu.Lock()
		digests := append([]token.Digest(nil), p.digests[change.TokenID]...)
		p.mu.Unlock()
		for k := range digests {
			c.remove(&digests[k])
		}
	}
}

// remove drops the entry of a digest.
func (c *cache) remove(d *token.Digest) {
	b, _ := c.place(d)
	p := c.part(d)
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range slots {
		if e := b.refs[i].Load(); e != nil && e.digest == *d {
			b.tags[i].Store(0)
			b.refs[i].Store(nil)
			p.drop(e)
		}
	}
}

// clear drops everything.
func (c *cache) clear() {
	for i := range c.buckets {
		for k := range slots {
			c.buckets[i].tags[k].Store(0)
			c.buckets[i].refs[k].Store(nil)
		}
	}
	for i := range c.parts {
		c.parts[i].mu.Lock()
		clear(c.parts[i].digests)
		c.parts[i].mu.Unlock()
	}
}

func (p *part) add(e *Verified) {
	if !e.absent {
		id := e.record.ID
		p.digests[id] = append(p.digests[id], e.digest)
	}
}

func (p *part) drop(e *Verified) {
	if e.absent {
		return
	}
	id := e.record.ID
	kept := p.digests[id][:0]
	for _, d := range p.digests[id] {
		if d != e.digest {
			kept = append(kept, d)
		}
	}
	if len(kept) == 0 {
		delete(p.digests, id)
		return
	}
	p.digests[id] = kept
}
