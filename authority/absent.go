package authority

import (
	"context"
	"sync"
	"time"
)

// How long a person must be missing in a directory elsewhere until their tokens
// are revoked, and of how many people that is remembered.
const (
	absenceProof = 5 * time.Minute
	maxAbsences  = 10_000
)

// absences remembers since when people are missing. A revocation cannot be
// undone, and a directory that is being moved or restored may not know somebody
// for a moment. Until it is certain they are refused, and nothing more.
//
// It is of this process: another node, or this one after a restart, waits again.
type absences struct {
	mu    sync.Mutex
	since map[string]time.Time
}

func newAbsences() *absences { return &absences{since: map[string]time.Time{}} }

// certain notes that somebody is missing now, and reports whether they have
// been for long enough.
func (s *absences) certain(user string, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	since, known := s.since[user]
	if known {
		return now.Sub(since) >= absenceProof
	}
	if len(s.since) >= maxAbsences {
		clear(s.since)
	}
	s.since[user] = now
	return false
}

// ended notes that somebody is there.
func (s *absences) ended(user string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.since, user)
}

// isGone reports whether the tokens of somebody who is not active may be
// revoked: an administrator disabled them, or they are missing for certain.
func (a *Authority) isGone(ctx context.Context, user string) (bool, error) {
	if a.opts.Disabled != nil {
		disabled, err := a.opts.Disabled(ctx, user)
		if err != nil || disabled {
			return disabled, err
		}
	}
	return a.absent.certain(user, a.Now()), nil
}
