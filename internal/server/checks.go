package server

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tokenwright/tokenwright/internal/surface/admin"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/store"
	"github.com/tokenwright/tokenwright/token"
)

// checks are what an administrator can have looked at, each with the words of
// how to mend what it finds.
func (s *Server) checks() []admin.Check {
	return []admin.Check{
		{Name: "store", Run: s.checkStore, Mend: "see that the database runs, has room, and takes connections from this host"},
		{Name: "feed", Run: s.checkFeed, Mend: "see the store; the node answers from it directly until the log is heard again"},
		{Name: "clock", Run: s.checkClock, Mend: "set the clock of this host by a time server; if the log has entries of the future, see verify.trust_clock"},
		{Name: "schema", Run: s.checkSchema, Mend: "run the same version of the program on every node, and restart this one"},
		{Name: "database clock", Run: s.checkDatabaseClock, Mend: "let this host and that of the database follow a time server (NTP)"},
		{Name: "log", Run: s.checkLog, Mend: "see the server's log for failed background work \"feed\""},
		{Name: "log end", Run: s.checkLogEnd, Mend: "compare with: tokenwright audit verify --checkpoint FILE; " +
			"revoke again what was revoked shortly before; a restart of the node clears this finding"},
		{Name: "keys", Run: s.checkKeys, Mend: "make one with: tokenwright keys rotate"},
		{Name: "stored keys", Run: s.checkStoredKeys, Mend: "restore the record from a backup of the database, " +
			"or end the key for good with: tokenwright keys remove KID"},
		{Name: "peers", Run: s.checkPeers, Mend: "make a secret of 32 bytes with: tokenwright peer keygen; " +
			"list it behind the short one, and remove that once nobody signs with it; where a switch is damaged, see in the log who " +
			"was switched off, then write it anew with: tokenwright peer disable NAME, or remove it with: tokenwright peer enable NAME"},
		{Name: "administrator", Run: s.checkAdministrator, Mend: "make the first one with: tokenwright admin link"},
	}
}

// checkPeers tells whether it can be read who is switched off (K-05), and which
// peers have secrets that should not stay (PEER-03).
func (s *Server) checkPeers(ctx context.Context) (string, error) {
	if s.peers == nil {
		return "none are configured", nil
	}
	off, err := s.peers.read(ctx) // it may have been damaged since the log told of it
	if err != nil {
		return "", err
	}
	if err := s.peers.weak(); err != nil {
		return "", admin.Warning{What: err.Error()}
	}
	return fmt.Sprintf("%d, of which %d are switched off", len(s.peers.manager.Callers()), len(off.names)), nil
}

func (s *Server) checkStore(ctx context.Context) (string, error) {
	began := time.Now()
	switch err := s.store.Ping(ctx); {
	case errors.Is(err, store.ErrBusy):
		return "", admin.Warning{What: store.ErrBusy.Error()}
	case err != nil:
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

// checkSchema compares the schema with that of the start, when it was brought
// up to the one that this program knows.
func (s *Server) checkSchema(ctx context.Context) (string, error) {
	health, err := s.store.Health(ctx)
	switch {
	case err != nil:
		return "", err
	case health.RunsFrom > s.schema:
		return "", fmt.Errorf("the database has schema %d, on which no program runs that does not know schema %d: this node does not apply all of it",
			health.SchemaVersion, health.RunsFrom)
	case health.SchemaVersion > s.schema:
		return "", admin.Warning{What: fmt.Sprintf("the database has schema %d, newer than the %d that this node knows: another node was upgraded",
			health.SchemaVersion, s.schema)}
	case health.SchemaVersion < s.schema:
		return "", fmt.Errorf("the database has schema %d, older than the %d it had when this node started: a backup was put back",
			health.SchemaVersion, s.schema)
	}
	return fmt.Sprintf("%d", health.SchemaVersion), nil
}

func (s *Server) checkDatabaseClock(ctx context.Context) (string, error) {
	_, skew, err := s.compareClocks(ctx)
	if err != nil {
		return "", err
	}
	found := fmt.Sprintf("it is %s from this node's", skew.Round(time.Millisecond))
	switch {
	case skew.Abs() > skewToFail:
		return "", fmt.Errorf("%s: expiries and the order of the log cannot be relied on", found)
	case skew.Abs() > skewToWarn:
		return "", admin.Warning{What: found}
	}
	return found, nil
}

// checkLogEnd tells when entries that this node had read were lost, which may
// have been revocations (row K-06).
func (s *Server) checkLogEnd(context.Context) (string, error) {
	if at := s.replacedAt.Load(); at != nil {
		return "", fmt.Errorf("at %s the log lost entries that this node had read: a failover lost commits, or a backup was put back",
			at.UTC().Format(time.RFC3339))
	}
	return "nothing that this node has read was lost", nil
}

func (s *Server) checkStoredKeys(context.Context) (string, error) {
	if err := s.keys.Unreadable(); err != nil {
		return "", errors.New(err.Error()) // its words name the key, its cause does not
	}
	return "all of them open", nil
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
