package server

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/tokenwright/tokenwright/internal/surface/ops"
	"github.com/tokenwright/tokenwright/internal/web"
)

// probeDeadline bounds one look at all parts.
const probeDeadline = 2 * time.Second

// probe looks whether one part can do its work.
type probe struct {
	name  string
	check func(ctx context.Context) error
	// impaired, when set, says what is wrong with a part that works all the
	// same.
	impaired func() error
}

// health knows whether this node is ready. Its zero value has no parts.
type health struct {
	log      *slog.Logger
	probes   []probe
	stopping atomic.Bool
	// looks shares one look between all who ask at once: a look writes to the
	// store, and strangers may ask.
	looks singleflight.Group
	// unready is the last thing that was told, so that the log has one line a
	// change and not one a question.
	unready atomic.Pointer[string]
}

// buildHealth makes the health of the node from what it needs to do its work:
// a store that reads and writes, keys to sign with, a log that is heard, and a
// clock that was not set back.
func (s *Server) buildHealth() {
	s.health = &health{log: s.log, probes: []probe{
		newStoreProbe(s.store.Ping),
		{name: "keys", impaired: s.keys.Unreadable, check: func(context.Context) error {
			_, err := s.keys.Signer()
			return err
		}},
		{name: "feed", check: func(context.Context) error {
			if !s.verifier.Ready() {
				return errUnheard
			}
			return nil
		}},
		{name: "clock", check: func(context.Context) error { return s.behind() }},
	}}
	if s.peers != nil {
		s.health.probes = append(s.health.probes, probe{
			name: "peers", impaired: s.peers.impaired, check: func(context.Context) error { return nil },
		})
	}
}

// goodFor is how long a store that could be written to counts as one.
const goodFor = 250 * time.Millisecond

// seldom spares a check that was passed a moment ago. Looking at the store is a
// durable write, and strangers may ask as often as they like; a store that
// failed is looked at again each time.
func seldom(check func(ctx context.Context) error) func(ctx context.Context) error {
	var passed atomic.Pointer[time.Time]
	return func(ctx context.Context) error {
		// By the system's clock: it bounds work, not the life of anything.
		if last := passed.Load(); last != nil && time.Since(*last) < goodFor {
			return nil
		}
		err := check(ctx)
		if err == nil {
			now := time.Now()
			passed.Store(&now)
		}
		return err
	}
}

var errUnheard = errors.New("the log was not heard within the lease")

// parts tells how each part is doing now.
func (h *health) parts(r *web.Request) []ops.Part {
	ctx := context.WithoutCancel(r.Context())
	done := h.looks.DoChan("", func() (any, error) { return h.look(ctx), nil })
	select {
	case result := <-done:
		parts, _ := result.Val.([]ops.Part)
		return parts
	case <-r.Context().Done():
		return []ops.Part{{Name: "server"}}
	}
}

func (h *health) look(ctx context.Context) []ops.Part {
	ctx, cancel := context.WithTimeout(ctx, probeDeadline)
	defer cancel()
	parts := []ops.Part{{Name: "server", Ready: !h.stopping.Load()}}
	var faults error
	for _, p := range h.probes {
		err := p.check(ctx)
		impaired := p.impaired != nil && p.impaired() != nil
		parts = append(parts, ops.Part{Name: p.name, Ready: err == nil, Impaired: impaired})
		faults = errors.Join(faults, err)
	}
	h.tell(ctx, faults)
	return parts
}

// tell logs when readiness changes, with the reason that strangers do not
// learn.
func (h *health) tell(ctx context.Context, faults error) {
	now := ""
	if faults != nil {
		now = faults.Error()
	}
	former := h.unready.Swap(&now)
	switch {
	case former == nil || (*former == "") == (now == ""):
	case now == "":
		h.log.InfoContext(ctx, "ready")
	default:
		h.log.WarnContext(ctx, "not ready", slog.Any("cause", faults))
	}
}
