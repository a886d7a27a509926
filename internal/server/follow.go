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
// changed. Past it nobody is allowed anything until the feed has read it.
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
		reload: s.takeOver, heard: s.news.Hear, replaced: s.logReplaced, urgent: make(chan struct{}, 1),
	}
	// Before the first request is answered: no store has a record of an access
	// JWT, so only the marks say that it was revoked before a restart.
	return s.learn(ctx)
}

// learn reads everything that the log would have told: keys, who may do what,
// and mass revocations.
func (s *Server) learn(ctx context.Context) error {
	err := s.reload(ctx, token.Change{Keys: true, Peers: true, Policy: true})
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

// logReplaced drops and learns anew what was read of a log that is not there
// any more: a failover lost its last commits, or a backup was put back, and what
// stands at its positions now was never read (row K-06).
func (s *Server) logReplaced(ctx context.Context, read int64) {
	s.verifier.Load(nil) // forgets all records, whether or not the rest succeeds
	now := s.opts.Clock()
	s.replacedAt.Store(&now)
	s.metrics.replaced.Inc()
	s.log.ErrorContext(ctx, "the log lost entries that this node has read: revocations may be lost with them",
		slog.Int64("read", read))
	ctx, cancel := context.WithTimeout(ctx, workDeadline)
	defer cancel()
	if err := s.learn(ctx); err != nil {
		s.fault(ctx, "catch-up", err)
	}
}

// takeOver is reload for what the log says has changed. Where the new policy
// cannot be read the former one is known to be wrong.
func (s *Server) takeOver(ctx context.Context, change token.Change) error {
	err := s.reload(ctx, change)
	if change.Policy && err != nil {
		s.rights.distrust()
	}
	return err
}

// reload takes over what others changed: keys, peers, and who may do what. Each is
// read whether or not the other can be: a store that fails for the keys must
// not keep a withdrawn role in force.
//
// A single key that does not open is no fault of the reload. It is left out,
// which refuses what it signed, and told to the operator; were it a fault here,
// one damaged record would keep every node from hearing the log.
func (s *Server) reload(ctx context.Context, change token.Change) error {
	var keysErr, peersErr, policyErr error
	if change.Keys {
		keysErr = s.keys.Refresh(ctx)
	}
	if change.Peers && s.peers != nil {
		peersErr = s.reloadPeers(ctx)
	}
	if change.Policy {
		s.remembered.Forget()
		s.standings.Forget()
		policyErr = s.rights.reload(ctx)
	}
	return errors.Join(keysErr, peersErr, policyErr)
}

// changed is told of every change made on this node, after its commit and
// before its answer: by then the change is in force here. Only issues are not
// urgent: no other node can hold a record of a token that did not exist.
func (s *Server) changed(change token.Change) {
	if change.Peers {
		// Before the cache is emptied: else it could be filled again by what
		// was in force until now.
		s.peersChanged()
	}
	s.verifier.Apply(change)
	if change.Policy {
		ctx, cancel := context.WithTimeout(context.Background(), reloadDeadline)
		defer cancel()
		if err := s.takeOver(ctx, token.Change{Policy: true}); err != nil {
			s.log.WarnContext(ctx, "the changed policy cannot be read: nobody is allowed anything until it is",
				slog.Any("cause", token.Cause(err)))
		}
	}
	if change.TokenID != "" || change.Mark != nil || change.Client != "" || change.Keys || change.Peers || change.Policy {
		s.feed.nudge()
	}
}
