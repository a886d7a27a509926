package verify

import (
	"context"
	"sync"

	"github.com/tokenwright/tokenwright/token"
)

// flights shares look-ups: simultaneous first uses of one token make one
// look-up (C-07). The caller that begins it carries it out.
type flights struct {
	parts [64]flightPart
	room  chan struct{}
}

type flightPart struct {
	mu    sync.Mutex
	calls map[flightKey]*flight
	_     [48]byte // keeps neighbours out of one cache line
}

// flightKey has the epoch in it: a caller that came after a change must not
// share a look-up that began before it.
type flightKey struct {
	digest token.Digest
	epoch  uint32
}

type flight struct {
	// done is made when the first other caller comes, under the part's lock.
	done chan struct{}
	// The rest is written before done is closed.
	cached bool // there was no need for it
	record token.Token
	proof  Verified
	err    error
}

// maxFlights bounds look-ups under way at once, so that a flood of well-formed
// unknown tokens cannot take every connection of the store (C-06).
const maxFlights = 256

func newFlights() *flights {
	f := &flights{room: make(chan struct{}, maxFlights)}
	for i := range f.parts {
		f.parts[i].calls = map[flightKey]*flight{}
	}
	return f
}

func (f *flights) part(d *token.Digest) *flightPart { return &f.parts[d[0]%64] }

// join gives the look-up under way for a key, to wait for, or begins one. Then
// done is nil, and the caller has to carry it out and leave.
func (f *flights) join(key *flightKey) (call *flight, done <-chan struct{}) {
	p := f.part(&key.digest)
	p.mu.Lock()
	defer p.mu.Unlock()
	if call, ok := p.calls[*key]; ok {
		if call.done == nil {
			call.done = make(chan struct{})
		}
		return call, call.done
	}
	call = &flight{}
	p.calls[*key] = call
	return call, nil
}

// leave ends a look-up and lets those who wait for it go on.
func (f *flights) leave(key *flightKey, call *flight) {
	p := f.part(&key.digest)
	p.mu.Lock()
	delete(p.calls, *key)
	done := call.done
	p.mu.Unlock()
	if done != nil {
		close(done)
	}
}

// admit waits for room to make a look-up. Who was admitted calls release.
func (f *flights) admit(ctx context.Context) error {
	select {
	case f.room <- struct{}{}:
		return nil
	default:
	}
	select {
	case f.room <- struct{}{}:
		return nil
	case <-ctx.Done():
		return token.Unavailable(ctx.Err())
	}
}

func (f *flights) release() { <-f.room }
