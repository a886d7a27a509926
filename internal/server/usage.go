package server

import (
	"context"
	"hash/maphash"
	"math"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// usageGrain is how exactly a use is timed, in seconds as a power of two:
	// people read it to the minute.
	usageGrain = 3
	// usageGlances is how many tokens the quick look can tell apart.
	usageGlances = 1 << 16
	usageShards  = 64
	// usageLimit bounds what one shard keeps between two flushes. Past it
	// uses of further tokens are not counted: last-used is for people, and
	// memory must not grow with the number of tokens.
	usageLimit = 16_384
)

// toucher writes last uses: for each token id its time, in one statement,
// never moving a time back.
type toucher interface {
	TouchTokens(ctx context.Context, used map[string]time.Time) error
}

// usage gathers when tokens were last used, so that a verification costs no
// write. It is safe for concurrent use.
//
// It is told of every verification, so the common case, a token that was used
// a moment ago, must cost next to nothing: one hash and one load. A slot of
// glances holds the hash of the token that last fell on it together with the
// moment of that; only what is not there goes on to a lock.
type usage struct {
	store   toucher
	seed    maphash.Seed
	glances [usageGlances]atomic.Uint64
	shards  [usageShards]usageShard
}

type usageShard struct {
	mu   sync.Mutex
	last map[string]time.Time
	_    [40]byte // keeps neighbours out of one cache line
}

func newUsage(store toucher) *usage {
	u := &usage{store: store, seed: maphash.MakeSeed()}
	for i := range u.shards {
		u.shards[i].last = map[string]time.Time{}
	}
	return u
}

// used notes a use. It does not block for I/O.
func (u *usage) used(id string, at time.Time) {
	hash := maphash.String(u.seed, id)
	slot := &u.glances[hash%usageGlances]
	// The high half tells tokens apart, the low half moments.
	glance := hash&^math.MaxUint32 | uint64(uint32(at.Unix()>>usageGrain))
	if slot.Load() == glance {
		return
	}
	slot.Store(glance)
	u.note(hash, id, at)
}

// note keeps a use for the next flush.
func (u *usage) note(hash uint64, id string, at time.Time) {
	s := &u.shards[hash%usageShards]
	s.mu.Lock()
	defer s.mu.Unlock()
	former, known := s.last[id]
	if known && !at.After(former) || !known && len(s.last) >= usageLimit {
		return
	}
	s.last[id] = at
}

// flush writes what was gathered. What cannot be written is kept for the next
// time; a failed write never changes a decision.
func (u *usage) flush(ctx context.Context) error {
	gathered := map[string]time.Time{}
	for i := range u.shards {
		s := &u.shards[i]
		s.mu.Lock()
		for id, at := range s.last {
			gathered[id] = at
		}
		clear(s.last)
		s.mu.Unlock()
	}
	if len(gathered) == 0 {
		return nil
	}
	err := u.store.TouchTokens(ctx, gathered)
	if err != nil {
		for id, at := range gathered {
			u.note(maphash.String(u.seed, id), id, at)
		}
	}
	return err
}
