package server

import (
	"hash/maphash"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

const (
	// tallyGlances is how many tokens are found without a lock.
	tallyGlances = 1 << 15
	tallyShards  = 64
	// tallyLimit bounds how many tokens one shard counts at a time, a quarter
	// of a million together. Past it uses of further tokens are not counted:
	// counts are for people, and memory must not grow with the number of tokens.
	tallyLimit = 4096
)

// tallies counts uses of tokens in memory. It is safe for concurrent use.
//
// Where a use was answered it is counted, and not in the verifier: a verdict in
// process costs what it did, and a request of fifteen microseconds has the
// address that is noted with it. Counting a token that was used a moment ago is
// one hash, one load and one addition to a word of that token: no lock, and no
// memory that other tokens share. Only a token that is not in sight goes on to a
// lock, which it shares with a sixty-fourth of the others.
type tallies struct {
	clock func() time.Time
	// place cuts an address to what may be kept of it; nil keeps none.
	place   func(netip.Addr) netip.Prefix
	seed    maphash.Seed
	glances [tallyGlances]atomic.Pointer[tally]
	shards  [tallyShards]tallyShard
}

type tallyShard struct {
	mu   sync.Mutex
	list map[string]*tally
	_    [40]byte // keeps neighbours out of one cache line
}

// tally is what was counted of one token since it was last gathered.
type tally struct {
	id               string
	kind             token.Kind
	allowed          atomic.Uint32 // with former
	refused, former  atomic.Uint32
	usedAt, formerAt atomic.Int64 // Unix s
	origins          origins
}

func newTallies(clock func() time.Time, place func(netip.Addr) netip.Prefix) *tallies {
	t := &tallies{clock: clock, place: place, seed: maphash.MakeSeed()}
	for i := range t.shards {
		t.shards[i].list = map[string]*tally{}
	}
	return t
}

// count counts one use. It does not block for I/O.
func (t *tallies) count(use token.Use) {
	if use.TokenID == "" {
		return
	}
	one := t.of(use.TokenID, use.Kind)
	switch {
	case one == nil:
		return
	case use.Refused:
		one.refused.Add(1)
		return
	}
	// Times before counts: what is gathered in between has no use without one.
	now := t.clock().Unix()
	if use.Former {
		stamp(&one.formerAt, now)
		one.former.Add(1)
	} else {
		stamp(&one.usedAt, now)
	}
	one.allowed.Add(1)
	if t.place != nil && use.From.IsValid() {
		one.origins.note(t.place(use.From), now)
	}
}

// stamp writes a time that changes once a second, and not the same one again:
// the cores that count one token would take the word away from each other.
func stamp(at *atomic.Int64, now int64) {
	if at.Load() != now {
		at.Store(now)
	}
}

// of gives the tally of a token, nil when there are too many.
func (t *tallies) of(id string, kind token.Kind) *tally {
	hash := maphash.String(t.seed, id)
	glance := &t.glances[hash%tallyGlances]
	if one := glance.Load(); one != nil && one.id == id {
		return one
	}
	s := &t.shards[hash%tallyShards]
	s.mu.Lock()
	defer s.mu.Unlock()
	one := s.list[id]
	if one == nil {
		if len(s.list) >= tallyLimit {
			return nil
		}
		one = &tally{id: id, kind: kind}
		s.list[id] = one
	}
	glance.Store(one)
	return one
}

// gather takes what was counted. A use that is being counted is taken now or the
// next time; a token that was not used since the last time is forgotten, and with
// it a use that somebody has been counting ever since then.
func (t *tallies) gather() ([]token.Usage, []token.UsedFrom) {
	now := t.clock().UTC()
	var counts []token.Usage
	var places []token.UsedFrom
	for i := range t.shards {
		s := &t.shards[i]
		s.mu.Lock()
		for id, one := range s.list {
			u := one.take(now.Truncate(time.Hour))
			if u.Allowed == 0 && u.Refused == 0 {
				delete(s.list, id)
				t.glances[maphash.String(t.seed, id)%tallyGlances].CompareAndSwap(one, nil)
				continue
			}
			counts = append(counts, u)
			places = one.origins.gather(places, id, now.Unix())
		}
		s.mu.Unlock()
	}
	return counts, places
}

// take empties a tally.
func (one *tally) take(hour time.Time) token.Usage {
	return token.Usage{
		TokenID: one.id, Kind: one.kind, Hour: hour,
		Refused: int(one.refused.Swap(0)), Former: int(one.former.Swap(0)), Allowed: int(one.allowed.Swap(0)),
		UsedAt: second(one.usedAt.Swap(0)), FormerAt: second(one.formerAt.Swap(0)),
	}
}

func second(at int64) time.Time {
	if at == 0 {
		return time.Time{}
	}
	return time.Unix(at, 0).UTC()
}
