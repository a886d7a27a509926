package server

import (
	"context"
	"log/slog"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

const (
	usageInterval  = 10 * time.Second
	settleInterval = 250 * time.Millisecond
	sweepInterval  = 10 * time.Second
	sweepBatch     = 1000
	endInterval    = time.Second
	endBatch       = 200
	regainInterval = 250 * time.Millisecond
	namesInterval  = time.Minute
	workDeadline   = 5 * time.Second
)

// work lists the background work. Each runs until its context ends.
func (s *Server) work() []func(context.Context) {
	return []func(context.Context){s.follow, s.flushUsage, s.sweepUsage, s.keepSessions, s.settle, s.sweep, s.endGrants, s.endAbsent, s.renewNames, s.watchClock, s.regainRights, s.awaitAdministrator}
}

// follow keeps the verifier true to the log. While the log cannot be heard
// the lease runs out by itself, so a fault is told and the feed tried again.
func (s *Server) follow(ctx context.Context) {
	_ = s.verifier.Follow(ctx, s.feed, func(err error) { // it ends with ctx alone
		s.fault(ctx, "feed", err)
		s.unheard(ctx)
	})
}

// flushUsage writes the last uses, and how many there were, every ten seconds.
func (s *Server) flushUsage(ctx context.Context) {
	every(ctx, usageInterval, func() {
		ctx, cancel := context.WithTimeout(ctx, workDeadline)
		defer cancel()
		if err := s.WriteUsage(ctx); err != nil {
			s.fault(ctx, "usage", err)
		}
	})
}

// regainRights reads the policy again while it is known to be an old one.
func (s *Server) regainRights(ctx context.Context) {
	every(ctx, regainInterval, func() {
		if !s.rights.distrusted.Load() {
			return
		}
		ctx, cancel := context.WithTimeout(ctx, workDeadline)
		defer cancel()
		if err := s.reload(ctx, token.Change{Policy: true}); err != nil {
			s.fault(ctx, "rights", err)
		}
	})
}

// settle brings changed tokens into the indexes of lists. It runs beside follow
// and not in it: while tokens are issued faster than they are settled, it does
// not come to an end, and news of a revocation must not wait for it.
func (s *Server) settle(ctx context.Context) {
	every(ctx, settleInterval, func() {
		if err := s.store.Settle(ctx); err != nil {
			s.fault(ctx, "settle", err)
		}
	})
}

// sweep writes mass revocations into the rows that they cover, in batches, so
// that lists and counts need not compare each row with each mark for ever.
func (s *Server) sweep(ctx context.Context) {
	every(ctx, sweepInterval, func() {
		for ctx.Err() == nil {
			n, err := s.store.Sweep(ctx, s.forward(), sweepBatch)
			if err != nil {
				s.fault(ctx, "sweep", err)
			}
			if err != nil || n < sweepBatch {
				return
			}
		}
	})
}

// endGrants writes the removal of a client into the records of what people let
// it do, in batches: nobody waits for it.
func (s *Server) endGrants(ctx context.Context) {
	every(ctx, endInterval, func() {
		for ctx.Err() == nil {
			n, err := s.store.EndGrants(ctx, s.forward(), endBatch)
			if err != nil {
				s.fault(ctx, "grants", err)
			}
			if n < endBatch { // a damaged removal does not hold up the others
				return
			}
		}
	})
}

// endAbsent looks again for people whom the directory had lost sight of.
func (s *Server) endAbsent(ctx context.Context) {
	every(ctx, endInterval, func() {
		ctx, cancel := context.WithTimeout(ctx, workDeadline)
		defer cancel()
		if err := s.authority.EndAbsent(ctx); err != nil {
			s.fault(ctx, "absences", err)
		}
	})
}

// renewNames brings what names are compared by up to what this program knows of
// letters that look alike. It is done once.
func (s *Server) renewNames(ctx context.Context) {
	for {
		twins, err := s.authority.RenewNames(ctx)
		if err == nil {
			s.tellTwins(ctx, twins)
			return
		}
		s.fault(ctx, "names", err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(namesInterval):
		}
	}
}

// tellTwins names tokens of one owner whose names read alike by what is known now.
func (s *Server) tellTwins(ctx context.Context, twins []token.NameMove) {
	for _, one := range twins {
		s.log.WarnContext(ctx, "the name of a token reads like that of another token of its owner; both keep theirs",
			slog.String("token", one.TokenID), slog.String("kind", string(one.Kind)), slog.String("owner", one.Owner))
	}
}

// fault counts and logs a failed round of background work.
func (s *Server) fault(ctx context.Context, work string, err error) {
	if ctx.Err() != nil {
		return // the server stops
	}
	s.metrics.faults.WithLabelValues(work).Inc()
	s.log.WarnContext(ctx, "background work failed", slog.String("work", work), slog.Any("cause", token.Cause(err)))
}

// every calls do at an interval until ctx ends.
func every(ctx context.Context, interval time.Duration, do func()) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			do()
		}
	}
}
