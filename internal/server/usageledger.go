package server

import (
	"context"
	"errors"
	"maps"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/tokenwright/tokenwright/internal/surface/console"
	"github.com/tokenwright/tokenwright/token"
)

const (
	// ledgerLimit bounds what waits while the store does not take it.
	ledgerLimit = tallyShards * tallyLimit
	// usageSweepBatch is how many rows of usage are removed at once.
	usageSweepBatch    = 1000
	usageSweepInterval = 10 * time.Minute
)

// usageStore keeps how tokens were used. *store.Store does.
type usageStore interface {
	AddUsage(ctx context.Context, list []token.Usage) (added int, err error)
	AddOrigins(ctx context.Context, list []token.UsedFrom) (added int, err error)
	SweepUsage(ctx context.Context, before time.Time, limit int) (int, error)
}

// ledger brings what was counted to the store, and keeps what the store did not
// take for the next time: no use is written twice, and what was gathered in one
// hour stays in it. What was not written yet is lost with the process.
type ledger struct {
	store usageStore
	*tallies

	mu     sync.Mutex // one flush at a time
	counts map[tokenHour]token.Usage
	places map[tokenPlace]token.UsedFrom
}

type tokenHour struct {
	id   string
	hour time.Time
}

type tokenPlace struct{ id, from string }

func newLedger(store usageStore, counted *tallies) *ledger {
	return &ledger{store: store, tallies: counted, counts: map[tokenHour]token.Usage{}, places: map[tokenPlace]token.UsedFrom{}}
}

// flush writes what was counted since the last time.
func (l *ledger) flush(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	counts, places := l.gather()
	for _, u := range counts {
		key := tokenHour{u.TokenID, u.Hour}
		if former, waits := l.counts[key]; waits {
			u = plus(former, u)
		} else if len(l.counts) >= ledgerLimit {
			continue
		}
		l.counts[key] = u
	}
	for _, p := range places {
		key := tokenPlace{p.TokenID, p.From}
		if _, waits := l.places[key]; waits || len(l.places) < ledgerLimit {
			l.places[key] = p
		}
	}
	return errors.Join(l.writeCounts(ctx), l.writePlaces(ctx))
}

func (l *ledger) writeCounts(ctx context.Context) error {
	list := slices.Collect(maps.Values(l.counts))
	added, err := l.store.AddUsage(ctx, list)
	for _, u := range list[:added] {
		delete(l.counts, tokenHour{u.TokenID, u.Hour})
	}
	return err
}

func (l *ledger) writePlaces(ctx context.Context) error {
	list := slices.Collect(maps.Values(l.places))
	added, err := l.store.AddOrigins(ctx, list)
	for _, p := range list[:added] {
		delete(l.places, tokenPlace{p.TokenID, p.From})
	}
	return err
}

// plus adds up two usages of one token and hour.
func plus(a, b token.Usage) token.Usage {
	b.Allowed += a.Allowed
	b.Refused += a.Refused
	b.Former += a.Former
	b.UsedAt, b.FormerAt = later(a.UsedAt, b.UsedAt), later(a.FormerAt, b.FormerAt)
	return b
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// countUses says where uses are told of: nil, if nothing is to be kept of them.
func (s *Server) countUses() func(token.Use) {
	if s.cfg.Usage.Keep == 0 {
		return nil
	}
	return s.ledger.count
}

// sweepUsage removes what was kept for its time.
func (s *Server) sweepUsage(ctx context.Context) {
	every(ctx, usageSweepInterval, func() {
		for ctx.Err() == nil {
			n, err := s.store.SweepUsage(ctx, s.opts.Clock().Add(-s.cfg.Usage.Keep), usageSweepBatch)
			if err != nil {
				s.fault(ctx, "usage", err)
			}
			if err != nil || n < usageSweepBatch {
				return
			}
		}
	})
}

// exchanged notes that somebody exchanged a refresh token.
func (s *Server) exchanged(t token.Token, from token.Principal) {
	s.usage.used(t.ID, s.opts.Clock())
	if count := s.countUses(); count != nil {
		address, _ := netip.ParseAddr(from.Address) // "" is the zero Addr
		count(token.Use{TokenID: t.ID, Kind: t.Kind, From: address})
	}
}

// keptUsage gives what is known of uses; nil when nothing is kept.
func (s *Server) keptUsage() console.Usage {
	if s.cfg.Usage.Keep == 0 {
		return nil
	}
	return s.store
}
