package server

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

// reloadDeadline bounds how long an answer waits for the policy that it
// changed. Past it the feed takes the change over.
const reloadDeadline = 2 * time.Second

// buildFeed names the log of a new installation after its URL, and makes the
// feed. A log that has entries keeps its name for ever: checkpoints that were
// taken away carry it.
func (s *Server) buildFeed(ctx context.Context) error {
	_, name, _ := strings.Cut(s.publicURL, "://")
	if err := s.store.NameLog(ctx, name+"/log"); err != nil {
		return err
	}
	head, err := s.store.Head(ctx)
	if err != nil {
		return err
	}
	s.logOrigin = head.Origin
	s.feed = &feed{
		store: s.store, news: s.store.Watch(), sealer: sealer{s.keys},
		reload: s.reload, urgent: make(chan struct{}, 1),
	}
	// Before the first request is answered: no store has a record of an access
	// JWT, so only the marks say that it was revoked before a restart.
	return s.learn(ctx)
}

// learn reads everything that the log would have told: keys, who may do what,
// and mass revocations.
func (s *Server) learn(ctx context.Context) error {
	err := s.reload(ctx, token.Change{Keys: true, Policy: true})
	marks, marksErr := s.store.Marks(ctx)
	if marksErr == nil {
		s.verifier.Load(marks)
	}
	return errors.Join(err, marksErr)
}

// unheard stands in for a log that cannot be read, as long as the store can.
// The verifier bypasses its cache by itself once the lease has run out; what it
// does not look up each time is read here.
func (s *Server) unheard(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, workDeadline)
	defer cancel()
	learn := s.learn
	if s.verifier.Ready() {
		// Within the lease the cache is still good: only roles are read.
		learn = func(ctx context.Context) error { return s.reload(ctx, token.Change{Policy: true}) }
	}
	if err := learn(ctx); err != nil {
		s.fault(ctx, "catch-up", err)
	}
}

// reload takes over what others changed: keys, and who may do what. Each is
// read whether or not the other can be: one key that does not open must not
// keep a withdrawn role in force.
func (s *Server) reload(ctx context.Context, change token.Change) error {
	var keysErr, policyErr error
	if change.Keys {
		keysErr = s.keys.Refresh(ctx)
	}
	if change.Policy {
		s.remembered.Forget()
		policyErr = s.rights.reload(ctx)
	}
	return errors.Join(keysErr, policyErr)
}

// changed is told of every change made on this node, after its commit and
// before its answer. Only issues are not urgent: no other node can hold a
// record of a token that did not exist.
func (s *Server) changed(change token.Change) {
	if change.Policy {
		ctx, cancel := context.WithTimeout(context.Background(), reloadDeadline)
		defer cancel()
		if err := s.rights.reload(ctx); err != nil {
			s.log.WarnContext(ctx, "the changed policy is not in force yet", slog.Any("cause", err))
		}
		s.remembered.Forget()
	}
	s.verifier.Apply(change)
	if change.TokenID != "" || change.Mark != nil || change.Keys || change.Policy {
		s.feed.nudge()
	}
}
