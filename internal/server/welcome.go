package server

import (
	"context"
	"log/slog"
	"strings"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/login"
	"github.com/tokenwright/tokenwright/policy"
)

// welcome says what was opened, and how the first administrator gets in as
// long as nobody has signed in.
func (s *Server) welcome(ctx context.Context) error {
	s.log.InfoContext(ctx, "starting",
		slog.String("version", s.opts.Version), slog.String("url", s.publicURL),
		slog.String("database", s.cfg.Database.String()), slog.String("data", s.cfg.Data))
	page, err := s.store.ListEntries(ctx, audit.Query{Actions: []audit.Action{audit.LinkUsed}, Limit: 1})
	if err != nil {
		return err
	}
	if len(page.Entries) == 0 {
		s.offerLink(ctx)
	}
	return nil
}

// offerLink logs a one-time link for the first administrator. Where it cannot
// be made, as with an administrator whom the directory does not know, the
// server starts all the same and says how to get one.
func (s *Server) offerLink(ctx context.Context) {
	link, err := s.directory.MakeLink(ctx, system(), s.firstAdministrator())
	if err != nil {
		s.log.WarnContext(ctx, "no administrator has signed in; make a link with: tokenwright admin link --user REF",
			slog.Any("cause", err))
		return
	}
	s.log.InfoContext(ctx, "no administrator has signed in; this link signs one in, once, within 15 minutes",
		slog.String("user", link.User), slog.String("link", s.publicURL+login.SignInPath+link.Code.Reveal()))
}

// firstAdministrator gives a user who is an administrator, or "" when there is
// none yet.
func (s *Server) firstAdministrator() string {
	for _, ref := range s.rights.table().Holders(policy.Admin) {
		if strings.HasPrefix(ref, "user:") {
			return ref
		}
	}
	return ""
}
