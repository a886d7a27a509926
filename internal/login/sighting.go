package login

import (
	"context"
	"sync"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

const (
	// sightingGrain is how exactly a use is timed.
	sightingGrain = 15 * time.Second
	// maxSightings bounds what is kept between two flushes. Past it the uses
	// of further sessions are not noted; they may then run out early.
	maxSightings = 100_000
)

// sightings gathers when sessions were last used, so that a request costs no
// write. Nobody is let in by it longer than a session lasts.
type sightings struct {
	mu   *sync.Mutex
	last map[string]time.Time
}

func newSightings() sightings { return sightings{&sync.Mutex{}, map[string]time.Time{}} }

// note keeps the use of a session for the next flush.
func (s sightings) note(one token.Session, at time.Time) {
	if at.Sub(one.SeenAt) < sightingGrain {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.last[one.ID]; known || len(s.last) < maxSightings {
		s.last[one.ID] = at
	}
}

// latest gives the last use of a session that the store knows to have been
// used at stored.
func (s sightings) latest(id string, stored time.Time) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at, ok := s.last[id]; ok && at.After(stored) {
		return at
	}
	return stored
}

// take gives what was gathered.
func (s sightings) take() map[string]time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	taken := make(map[string]time.Time, len(s.last))
	for id, at := range s.last {
		taken[id] = at
	}
	return taken
}

// drop forgets what was written; a later use stays.
func (s sightings) drop(written map[string]time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, at := range written {
		if s.last[id].Equal(at) {
			delete(s.last, id)
		}
	}
}

// SessionKeeper is what the background work on sessions needs of the store.
type SessionKeeper interface {
	// TouchSessions moves last uses forward.
	TouchSessions(ctx context.Context, seen map[string]time.Time) error
	// SweepSessions forgets what has run out and says how many rows went.
	SweepSessions(ctx context.Context, now, idleSince time.Time, limit int) (int, error)
}

// Flush writes when sessions were last used. What cannot be written is kept
// for the next time.
func (s *Sessions) Flush(ctx context.Context, store SessionKeeper) error {
	seen := s.seen.take()
	if len(seen) == 0 {
		return nil
	}
	if err := store.TouchSessions(ctx, seen); err != nil {
		return err
	}
	s.seen.drop(seen)
	return nil
}

const (
	// sweepBatch is how many rows one step of Sweep forgets.
	sweepBatch = 1000
	// unheard is how long a use may not have been written yet by another
	// node, amply.
	unheard = time.Minute
)

// Sweep forgets sessions that have run out.
func (s *Sessions) Sweep(ctx context.Context, store SessionKeeper) error {
	for ctx.Err() == nil {
		now := s.now()
		n, err := store.SweepSessions(ctx, now, now.Add(-s.opts.Idle-unheard), sweepBatch)
		if err != nil || n < sweepBatch {
			return err
		}
	}
	return nil
}
