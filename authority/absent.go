package authority

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

// How long a person must be missing in a directory elsewhere until their tokens
// are revoked; how long nobody may ask for them meanwhile, since what was not
// seen proves nothing; and of how many people that is remembered.
const (
	absenceProof = 5 * time.Minute
	absenceGap   = 2 * absenceProof
	maxAbsences  = 10_000
)

// absences remembers since when people are missing. A revocation cannot be
// undone, and a directory that is being moved or restored may not know somebody
// for a moment. Until it is certain they are refused, and nothing more.
//
// It is of this process: another node, or this one after a restart, waits again.
type absences struct {
	mu   sync.Mutex
	seen map[string]absence
}

// absence is when somebody was found missing first and last, with nobody
// finding them there in between.
type absence struct{ first, last time.Time }

func newAbsences() *absences { return &absences{seen: map[string]absence{}} }

// certain notes that somebody is missing now, and reports whether they have
// been for long enough.
func (s *absences) certain(user string, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, known := s.seen[user]
	if !known || now.Sub(found.last) > absenceGap {
		found.first = now
	}
	if !known && len(s.seen) >= maxAbsences {
		clear(s.seen)
	}
	found.last = now
	s.seen[user] = found
	return now.Sub(found.first) >= absenceProof
}

// due gives those who were found missing long enough ago to be looked for again.
func (s *absences) due(now time.Time) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []string
	for user, found := range s.seen {
		if now.Sub(found.first) >= absenceProof {
			list = append(list, user)
		}
	}
	return list
}

// ended notes that somebody is there.
func (s *absences) ended(user string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.seen, user)
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

// EndAbsent looks again for those who were found missing some minutes ago, and
// revokes the tokens of who still is. Without it a token that is seldom shown
// would outlive its owner, and act for whoever gets the name one day.
//
// What it finds is judged as at an exchange: after a directory was away for longer
// than that it begins anew.
func (a *Authority) EndAbsent(ctx context.Context) error {
	for _, user := range a.absent.due(a.Now()) {
		gone := a.checkAlive(ctx, user)
		if gone == nil {
			continue
		}
		if !errors.Is(gone, token.ErrDisabled) {
			return gone
		}
		switch certain, err := a.isGone(ctx, user); {
		case err != nil:
			return token.Unavailable(err)
		case !certain:
			continue
		}
		if err := a.revokeOf(ctx, token.Principal{}, user); err != nil {
			return err
		}
		a.absent.ended(user)
	}
	return nil
}
