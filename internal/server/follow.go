package server

import (
	"context"
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
	return nil
}

// reload takes over what others changed: keys, and who may do what.
func (s *Server) reload(ctx context.Context, change token.Change) error {
	if change.Keys {
		if err := s.keys.Refresh(ctx); err != nil {
			return err
		}
	}
	if change.Policy {
		s.remembered.Forget()
		return s.rights.reload(ctx)
	}
	return nil
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
