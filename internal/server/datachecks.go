package server

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/config"
	"github.com/tokenwright/tokenwright/internal/surface/admin"
	"github.com/tokenwright/tokenwright/store"
	"github.com/tokenwright/tokenwright/store/sqlite"
	"github.com/tokenwright/tokenwright/token"
)

// dataChecks read through everything that is stored (row K-05).
func (s *Server) dataChecks() []admin.Check {
	return []admin.Check{
		{Name: "database file", Run: s.checkFile, Mend: "stop the server and restore the database from a backup"},
		{Name: "records", Run: s.checkRecords, Mend: "restore the database from a backup; until then revoke the tokens that are named, but for damaged ones, which are accepted nowhere"},
		{Name: "removed clients", Run: s.checkRemovals, Mend: "restore the database from a backup; what the client was let do stays refused, " +
			"but its records do not say so themselves"},
		{Name: "whole log", Run: s.checkWholeLog, Mend: "see docs/reference/log.md: compare with a checkpoint that was kept elsewhere"},
	}
}

func (s *Server) checkFile(ctx context.Context) (string, error) {
	asked, err := s.store.CheckIntegrity(ctx)
	switch {
	case err != nil:
		return "", err
	case !asked:
		return "PostgreSQL looks after its own files; ask them with pg_amcheck", nil
	}
	return "it is whole", nil
}

// checkRecords compares every token with what the log says of it: a value that
// was changed into another good one is whole for the database, and the tree is
// over the log alone.
func (s *Server) checkRecords(ctx context.Context) (string, error) {
	compared := 0
	var wrong []string
	told := audit.Query{Actions: []audit.Action{audit.TokenIssued, audit.TokenImported, audit.TokenRevoked}, Outcome: audit.Allowed}
	err := s.store.IterateEntries(ctx, told, func(e audit.Stored) error {
		t, err := s.store.FindToken(ctx, e.TokenID)
		switch {
		case errors.Is(err, token.ErrNotFound), errors.Is(err, store.ErrDamaged), err == nil && !agrees(t, e.Entry):
			wrong = append(wrong, e.TokenID)
		case err != nil:
			return err
		}
		compared++
		if len(wrong) >= maxWrong {
			return errEnough
		}
		return nil
	})
	switch {
	case len(wrong) > 0:
		return "", fmt.Errorf("these tokens are not what the log says of them: %s", strings.Join(slices.Compact(wrong), ", "))
	case err != nil:
		return "", err
	}
	return fmt.Sprintf("%d entries about tokens, each true of its record", compared), nil
}

// maxWrong is how many wrong records are named; errEnough ends the search.
const maxWrong = 20

var errEnough = errors.New("enough wrong records were found")

// agrees reports whether a record may have become what it is by what the log
// tells: what never changes is as it was issued, and a revocation stays.
func agrees(t token.Token, e audit.Entry) bool {
	same := t.Kind == e.Kind && t.Owner == e.Owner && t.Workspace == e.Workspace && string(t.Subject) == e.Subject
	switch e.Action {
	case audit.TokenIssued, audit.TokenImported:
		return same && t.Scopes.String() == e.Details["scopes"]
	case audit.TokenRevoked:
		return same && !t.RevokedAt.IsZero()
	}
	return same
}

// checkRemovals tells of removals of clients that cannot be finished, because
// nobody knows any more by whom and when they were ordered.
func (s *Server) checkRemovals(ctx context.Context) (string, error) {
	if err := s.store.CheckRemovals(ctx); err != nil {
		return "", token.Cause(err)
	}
	return "each is as it was written", nil
}

func (s *Server) checkWholeLog(ctx context.Context) (string, error) {
	verifiers, err := s.keys.LogVerifiers(s.logOrigin)
	if err != nil {
		return "", err
	}
	found, err := audit.Verify(ctx, s.store, audit.VerifyOptions{Keys: verifiers})
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d entries, each as it was written", found.Entries), nil
}

// CheckDatabase reads through a database that no server uses, and says what is
// damaged in it. looked is false when that is left to the database's own
// tools.
func CheckDatabase(ctx context.Context, database config.Database) (looked bool, err error) {
	if database.Driver == config.DriverPostgres {
		return false, nil
	}
	return true, sqlite.Check(ctx, database.Path)
}
