package login

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// Limits of People. A second is half of what the product promises for a
// change that another node made; on this node Forget comes before the answer.
const (
	peopleAge = time.Second
	maxPeople = 10_000
)

// People is a Directory that remembers for a second what it was told, so that
// a busy caller is not looked up on every request. Errors are not remembered.
type People struct {
	directory Directory
	clock     func() time.Time
	epoch     atomic.Uint64

	mu    sync.RWMutex
	known map[string]person
}

type person struct {
	active bool
	groups []string
	until  time.Time
}

// NewPeople remembers what directory says.
func NewPeople(directory Directory, clock func() time.Time) *People {
	return &People{directory: directory, clock: clock, known: map[string]person{}}
}

// Forget drops everything. What is being read while it is called is not
// remembered either: call it after a change and before the change is
// acknowledged.
func (p *People) Forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.epoch.Add(1)
	clear(p.known)
}

// UserActive implements Directory.
func (p *People) UserActive(ctx context.Context, ref string) (bool, error) {
	who, err := p.find(ctx, ref)
	return who.active, err
}

// GroupsOf implements Directory.
func (p *People) GroupsOf(ctx context.Context, ref string) ([]string, error) {
	who, err := p.find(ctx, ref)
	return who.groups, err
}

func (p *People) find(ctx context.Context, ref string) (person, error) {
	now := p.clock()
	p.mu.RLock()
	who, ok := p.known[ref]
	p.mu.RUnlock()
	if ok && now.Before(who.until) {
		return who, nil
	}
	epoch := p.epoch.Load()
	active, err := p.directory.UserActive(ctx, ref)
	if err != nil {
		return person{}, err
	}
	groups, err := p.directory.GroupsOf(ctx, ref)
	if err != nil {
		return person{}, err
	}
	who = person{active: active, groups: groups, until: now.Add(peopleAge)}
	p.remember(ref, who, epoch)
	return who, nil
}

func (p *People) remember(ref string, who person, epoch uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	// What another look-up found that began later stays: somebody who was seen to be
	// disabled is not active again by an older answer. Of two that began at one
	// reading of the clock it is not known which is older, so the refusal counts.
	known := p.known[ref]
	later := who.until.After(known.until) || who.until.Equal(known.until) && !who.active
	if p.epoch.Load() != epoch || !later {
		return
	}
	if len(p.known) >= maxPeople {
		clear(p.known)
	}
	p.known[ref] = who
}
