package directory

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

// Limits of Standings. A second is half of what the product promises for a
// change that another node made; on this node Forget comes before the answer.
const (
	standingAge  = time.Second
	maxStandings = 10_000
)

// StandingFinder reads what a user is in a workspace. The stores implement it.
type StandingFinder interface {
	FindStanding(ctx context.Context, user, workspace string) (token.Standing, error)
}

// Standings tells what people are in workspaces, and remembers it for a second,
// so that a busy token is not looked up on every request. Errors are not
// remembered. Memberships are in the built-in directory; whether somebody
// exists may be known elsewhere.
type Standings struct {
	find   StandingFinder
	people Reader
	clock  func() time.Time
	epoch  atomic.Uint64

	mu    sync.RWMutex
	known map[member]remembered
}

type member struct{ user, workspace string }

type remembered struct {
	token.Standing

	until time.Time
}

// NewStandings reads from a store, and asks people who exists.
func NewStandings(find StandingFinder, people Reader, clock func() time.Time) *Standings {
	return &Standings{find: find, people: people, clock: clock, known: map[member]remembered{}}
}

// Forget drops everything. What is being read while it is called is not
// remembered either: call it after a change and before the change is
// acknowledged.
func (s *Standings) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.epoch.Add(1)
	clear(s.known)
}

// FindStanding says what a user is in a workspace. A user who is disabled, here
// or elsewhere, is not active.
func (s *Standings) FindStanding(ctx context.Context, user, workspace string) (token.Standing, error) {
	now, key := s.clock(), member{user, workspace}
	s.mu.RLock()
	known, ok := s.known[key]
	s.mu.RUnlock()
	if ok && now.Before(known.until) {
		return known.Standing, nil
	}
	epoch := s.epoch.Load()
	found, err := s.find.FindStanding(ctx, user, workspace)
	if err != nil {
		return token.Standing{}, err
	}
	active, err := s.people.UserActive(ctx, user)
	if err != nil {
		return token.Standing{}, err
	}
	found.Active = found.Active && active
	s.remember(key, remembered{found, now.Add(standingAge)}, epoch)
	return found, nil
}

func (s *Standings) remember(key member, one remembered, epoch uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	// What another look-up found that began later stays, and a refusal of one that
	// began at the same time: see login.People.
	known := s.known[key]
	later := one.until.After(known.until) || one.until.Equal(known.until) && !one.Active
	if s.epoch.Load() != epoch || !later {
		return
	}
	if len(s.known) >= maxStandings {
		clear(s.known)
	}
	s.known[key] = one
}
