package server

import (
	"context"
	"fmt"
	"time"

	"github.com/tokenwright/tokenwright/internal/surface/admin"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

// checks are what an administrator can have looked at, each with the words of
// how to mend what it finds.
func (s *Server) checks() []admin.Check {
	return []admin.Check{
		{Name: "store", Run: s.checkStore, Mend: "see that the database runs, has room, and takes connections from this host"},
		{Name: "feed", Run: s.checkFeed, Mend: "see the store; the node answers from it directly until the log is heard again"},
		{Name: "log", Run: s.checkLog, Mend: "see the server's log for failed background work \"feed\""},
		{Name: "keys", Run: s.checkKeys, Mend: "make one with: tokenwright keys rotate"},
		{Name: "administrator", Run: s.checkAdministrator, Mend: "make the first one with: tokenwright admin link"},
	}
}

func (s *Server) checkStore(ctx context.Context) (string, error) {
	began := time.Now()
	if err := s.store.Ping(ctx); err != nil {
		return "", err
	}
	return fmt.Sprintf("%s, a write takes %s", s.cfg.Database, time.Since(began).Round(10*time.Microsecond)), nil
}

func (s *Server) checkFeed(context.Context) (string, error) {
	if !s.verifier.Ready() {
		return "", errUnheard
	}
	return fmt.Sprintf("the log was heard within the last %s", s.cfg.Verify.Lease), nil
}

func (s *Server) checkLog(ctx context.Context) (string, error) {
	head, err := s.store.Head(ctx)
	if err != nil {
		return "", err
	}
	oldest, err := s.store.PendingSince(ctx)
	if err != nil {
		return "", err
	}
	if waiting := s.opts.Clock().Sub(oldest); !oldest.IsZero() && waiting > 2*time.Second {
		return "", fmt.Errorf("an entry waits for its place since %s", waiting.Round(time.Second))
	}
	return fmt.Sprintf("%d entries, log %s", head.Size, head.Origin), nil
}

func (s *Server) checkKeys(context.Context) (string, error) {
	signer, err := s.keys.Signer()
	if err != nil {
		return "", err
	}
	if _, err := s.keys.LogSigner(s.logOrigin); err != nil {
		return "", err
	}
	return fmt.Sprintf("access JWTs are signed with %s", signer.Key().ID()), nil
}

func (s *Server) checkAdministrator(context.Context) (string, error) {
	holders := s.rights.table().Holders(policy.Admin)
	if len(holders) == 0 {
		return "", token.NewError(token.ErrNotFound, "nobody is an administrator", nil)
	}
	return fmt.Sprintf("%d", len(holders)), nil
}
