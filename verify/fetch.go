package verify

import (
	"context"
	"encoding/binary"
	"errors"
	"sync"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

const (
	// fetchDeadline bounds one look-up, whoever waits for it.
	fetchDeadline = 5 * time.Second
	// maxFetches bounds look-ups under way at once, so that a flood of
	// well-formed unknown tokens cannot take every connection (C-06).
	maxFetches = 256
)

// flights shares look-ups: simultaneous first uses of one token make one
// look-up.
type flights struct {
	parts [1 << partBits]struct {
		mu    sync.Mutex
		calls map[flightKey]*flight
	}
	once sync.Once
	room chan struct{}
}

// flightKey has the epoch in it: a caller that came after a revocation must
// not share a look-up that began before it.
type flightKey struct {
	digest token.Digest
	epoch  uint64
}

type flight struct {
	done  chan struct{}
	found *Verified
	err   error
}

// fetch asks the source. keep says whether the answer may be cached.
//
// The caller that begins a look-up carries it out on a context of its own: if
// it goes away meanwhile, those that wait still get their answer (C-07).
func (v *Verifier) fetch(ctx context.Context, d token.Digest, keep bool) (*Verified, error) {
	key := flightKey{d, v.cache.epoch.Load()}
	f, leads := v.flights.join(key)
	if leads {
		f.found, f.err = v.lookUp(ctx, key, keep)
		v.flights.leave(key, f)
		return f.found, f.err
	}
	select {
	case <-f.done:
		return f.found, f.err
	case <-ctx.Done():
		return nil, token.Unavailable(ctx.Err())
	}
}

// lookUp reads the record and caches the answer. Errors are never cached.
func (v *Verifier) lookUp(ctx context.Context, key flightKey, keep bool) (*Verified, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), fetchDeadline)
	defer cancel()
	release, err := v.flights.admit(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	keep = keep && v.opts.CacheTTL > 0
	t, err := v.opts.Source.FindByDigest(ctx, key.digest)
	now := v.opts.Clock()
	switch {
	case errors.Is(err, token.ErrNotFound):
		if keep {
			v.cache.insert(&Verified{digest: key.digest, absent: true, until: v.since(now) + negativeTTL}, key.epoch)
		}
		return nil, token.ErrUnknown
	case err != nil:
		return nil, token.Unavailable(err)
	}
	found := newVerified(t)
	if keep {
		found.digest = key.digest
		found.until = min(v.since(now)+int64(v.opts.CacheTTL), v.since(t.ExpiresAt))
		v.cache.insert(found, key.epoch)
	}
	return found, nil
}

func (f *flights) init() {
	f.once.Do(func() {
		f.room = make(chan struct{}, maxFetches)
		for i := range f.parts {
			f.parts[i].calls = map[flightKey]*flight{}
		}
	})
}

// join gives the look-up under way for a key; leads is true for the caller
// that has to carry it out.
func (f *flights) join(key flightKey) (call *flight, leads bool) {
	f.init()
	p := &f.parts[binary.LittleEndian.Uint64(key.digest[:8])&(1<<partBits-1)]
	p.mu.Lock()
	defer p.mu.Unlock()
	if call, ok := p.calls[key]; ok {
		return call, false
	}
	call = &flight{done: make(chan struct{})}
	p.calls[key] = call
	return call, true
}

func (f *flights) leave(key flightKey, call *flight) {
	p := &f.parts[binary.LittleEndian.Uint64(key.digest[:8])&(1<<partBits-1)]
	p.mu.Lock()
	delete(p.calls, key)
	p.mu.Unlock()
	close(call.done)
}

// admit waits for room to make a look-up.
func (f *flights) admit(ctx context.Context) (release func(), err error) {
	select {
	case f.room <- struct{}{}:
		return func() { <-f.room }, nil
	case <-ctx.Done():
		return nil, token.Unavailable(ctx.Err())
	}
}
