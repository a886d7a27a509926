package server

import (
	"context"
	"hash/maphash"
	"sync"
	"time"
)

const (
	usageShards = 64
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
type usage struct {
	store  toucher
	seed   maphash.Seed
	shards [usageShards]usageShard
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
	s := &u.shards[maphash.String(u.seed, id)%usageShards]
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
			u.used(id, at)
		}
	}
	return err
}
