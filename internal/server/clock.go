package server

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

const (
	// clockTolerance is how far the wall clock may be behind the latest time
	// that it showed before this node counts as not ready (K-10). Less than
	// that, time servers correct all the time.
	clockTolerance = 5 * time.Minute
	// clockInterval is how often the clock is looked at for the alarm.
	clockInterval = time.Second
)

// forward is the clock by which everything expires and is dated: it never goes
// back, so that nothing that expired is good again, be it a token, a session, a
// sign-in link or a key (rows C-11 and K-10). It stands still while the clock of
// the host is behind, so intervals are measured by Options.Clock: the ages of
// what is remembered of people, and the rates of requests.
func (s *Server) forward() time.Time {
	if s.verifier == nil { // while the parts are built
		return s.opts.Clock()
	}
	return s.verifier.Now()
}

// buildClock lets the verifier begin no earlier than the log ended: a clock
// that was set back while the server was away must not bring back what had
// expired. A clock that ran ahead once has left entries of the future behind.
// Where nodes share a database its clock says that they are of the future;
// elsewhere the operator does, with trust_clock.
func (s *Server) buildClock(ctx context.Context) error {
	s.metrics.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "tokenwright_clock_behind_seconds", Help: "How far the clock is behind the latest time that it showed; 0 while it runs forward.",
	}, func() float64 { return s.verifier.Behind().Seconds() }))
	if s.cfg.Verify.TrustClock {
		return nil
	}
	newest, err := s.store.NewestEntry(ctx)
	if err != nil || newest.IsZero() {
		return err
	}
	if s.sharesDatabase() {
		health, err := s.store.Health(ctx)
		if err != nil {
			return err
		}
		if newest.After(health.Now) {
			newest = health.Now
		}
	}
	s.verifier.Reached(newest)
	return nil
}

// behind is an error while the clock is too far behind.
func (s *Server) behind() error {
	if behind := s.verifier.Behind(); behind > clockTolerance {
		again := "verify.trust_clock set to true" // nothing else tells which time is right
		if s.sharesDatabase() {
			again = "the database's clock as its witness"
		}
		return fmt.Errorf("the clock is %s behind the latest time that it showed or that the log has: set it by a time server; "+
			"if it is right now and ran ahead before, start this node again with %s", behind.Round(time.Second), again)
	}
	return nil
}

func (s *Server) checkClock(context.Context) (string, error) {
	if err := s.behind(); err != nil {
		return "", err
	}
	return "it runs forward", nil
}

// watchClock raises the alarm in the log, once each time that the clock is set
// back. Asking /readyz is not needed for it.
func (s *Server) watchClock(ctx context.Context) {
	wrong := false
	look := func() {
		err := s.behind()
		switch {
		case err != nil && !wrong:
			s.log.ErrorContext(ctx, "the clock was set back", slog.Any("cause", err))
		case err == nil && wrong:
			s.log.InfoContext(ctx, "the clock has caught up")
		}
		wrong = err != nil
	}
	look()
	every(ctx, clockInterval, look)
}
