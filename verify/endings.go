package verify

import (
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
// over costs the others in the cache nothing.
type endings struct {
	seed  maphash.Seed
	parts [16]endingPart
}

type endingPart struct {
	mu   sync.Mutex
	seen map[uint64]struct{}
	_    [48]byte // keeps neighbours out of one cache line
}

// maxEndings is for one part. Past it what was seen is forgotten, and each token
// outdates its partition once more.
const maxEndings = 4096

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
		clear(p.seen)
	}
	if p.seen == nil {
		p.seen = map[uint64]struct{}{}
	}
	outdate()
	p.seen[key] = struct{}{}
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
	if tokenID == "" {
		return // a stranger's: nothing of it was ever good
	}
	v.endings.first(ended, func() { v.cache.outdate(tokenID) })
}
