package server

import (
	"context"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/login"
	"github.com/tokenwright/tokenwright/policy"
)

// How often the first administrator is looked for, and how far a look reaches
// back behind the former one: the clocks of nodes are not one, and an entry is
// seen a moment after it was written.
const (
	welcomeInterval = 5 * time.Second
	welcomeOverlap  = time.Minute
)

// welcome says what was opened, and how the first administrator gets in as
// long as nobody has signed in.
func (s *Server) welcome(ctx context.Context) error {
	s.log.InfoContext(ctx, "starting",
		slog.String("version", s.opts.Version), slog.String("url", s.publicURL),
		slog.String("database", s.cfg.Database.String()), slog.String("data", s.cfg.Data))
	signedIn, err := s.administratorSignedIn(ctx, time.Time{})
	if err != nil {
		return err
	}
	s.firstRun.Store(!signedIn)
	if !signedIn {
		s.offerLink(ctx)
	}
	return nil
}

// awaitAdministrator looks whether the first administrator has come, on whatever
// node: the sign-in page then stops saying how to become the first. It is asked
// here and not by the page, which strangers can ask for as often as they like,
// and which has to be there when the database is not.
func (s *Server) awaitAdministrator(ctx context.Context) {
	since := s.forward()
	every(ctx, welcomeInterval, func() {
		if !s.firstRun.Load() {
			return
		}
		ctx, cancel := context.WithTimeout(ctx, workDeadline)
		defer cancel()
		now := s.forward()
		signedIn, err := s.administratorSignedIn(ctx, since.Add(-welcomeOverlap))
		if err != nil {
			s.fault(ctx, "welcome", err)
			return
		}
		since = now
		s.firstRun.Store(!signedIn)
	})
}

// administratorSignedIn reports whether a link was used, which administrators
// alone give out, or an administrator came through the provider. Others may sign
// in there, who let nobody in. Links are looked for since a moment, for the zero
// time in the whole log: it has no index by what was done.
func (s *Server) administratorSignedIn(ctx context.Context, since time.Time) (bool, error) {
	queries := []audit.Query{{Actions: []audit.Action{audit.LinkUsed}, Outcome: audit.Allowed, Since: since, Limit: 1}}
	for _, ref := range s.rights.table().Holders(policy.Admin) {
		queries = append(queries, audit.Query{
			Actions: []audit.Action{audit.SessionBegun}, Outcome: audit.Allowed, Actor: ref, Limit: 1,
		})
	}
	for _, q := range queries {
		page, err := s.store.ListEntries(ctx, q)
		if err != nil || len(page.Entries) > 0 {
			return err == nil, err
		}
	}
	return false, nil
}

// offerLink shows a one-time link for the first administrator to whoever sits at
// the terminal, or tries the program out. A log is read by others, and kept: it
// gets the command. Where a link cannot be made, as with an administrator whom
// the directory does not know, the server starts all the same and says how to
// get one.
func (s *Server) offerLink(ctx context.Context) {
	if !s.cfg.Dev && !atTerminal() {
		s.log.InfoContext(ctx, "no administrator has signed in; make a link with: tokenwright admin link")
		return
	}
	link, err := s.directory.MakeLink(ctx, system(), s.firstAdministrator())
	if err != nil {
		s.log.WarnContext(ctx, "no administrator has signed in; make a link with: tokenwright admin link --user REF",
			slog.Any("cause", err))
		return
	}
	s.log.InfoContext(ctx, "no administrator has signed in; this link signs one in, once, within 15 minutes",
		slog.String("user", link.User), slog.String("link", s.publicURL+login.SignInPath+link.Code.Reveal()))
}

// atTerminal reports whether the standard error, where the log goes, is shown to
// somebody and not kept.
func atTerminal() bool {
	info, err := os.Stderr.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
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
