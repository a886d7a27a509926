package postgres_test

import (
	"crypto/sha256"
	"database/sql"
	"errors"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/store"
	"github.com/tokenwright/tokenwright/store/postgres"
	"github.com/tokenwright/tokenwright/token"
)

// An import of many lines takes seconds. Issues to the owners in it do not wait so
// long, each with a connection that a revocation may need; and whoever has no room
// left at the end gets none.
func TestIssuesGoOnWhileAnImportIsMadeGood(t *testing.T) {
	for name, test := range map[string]struct {
		limit int
		want  error
	}{
		"there is room for both": {50, nil},
		"the issues were faster": {2, token.ErrQuota},
	} {
		t.Run(name, func(t *testing.T) {
			url := migrated(t, pgtest.Start(t))
			s, err := postgres.Open(t.Context(), url, postgres.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			pool, err := sql.Open("pgx", url)
			if err != nil {
				t.Fatal(err)
			}
			defer pool.Close()
			moved := newToken("moved", test.limit)
			im := staged(t, s, moved)
			held, err := pool.BeginTx(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = held.Rollback() }()
			if _, err := held.ExecContext(t.Context(), `INSERT INTO unsettled (token_id, kind, owner, class, expires_at)
				VALUES ($1, 'service', 'group:default/held', NULL, 1)`, moved.Token.ID); err != nil {
				t.Fatal(err)
			}
			done := make(chan error, 1)
			go func() { done <- s.ApplyImport(t.Context(), im, entryOf(audit.TokensImported, moved)) }()
			awaitLock(t, pool)

			for _, name := range []string{"one", "two"} {
				n := newToken(name, test.limit)
				if err := s.CreateToken(t.Context(), n, entryOf(audit.TokenIssued, n)); err != nil {
					t.Fatalf("an issue meanwhile: %v", err)
				}
			}
			if err := held.Rollback(); err != nil {
				t.Fatal(err)
			}
			if err := <-done; !errors.Is(err, test.want) {
				t.Errorf("the import: %v, want %v", err, test.want)
			}
		})
	}
}

func newToken(name string, limit int) token.New {
	id, now := token.NewID(), time.Now().UTC().Truncate(time.Microsecond)
	const owner = "group:default/platform"
	return token.New{
		Token: token.Token{
			ID: id, Family: token.FamilyID(id), Kind: token.KindService, Name: name, Owner: owner,
			Subject: token.ServiceSubject(owner, name), CreatedBy: "user:default/admin",
			CreatedAt: now, ExpiresAt: now.Add(24 * time.Hour),
		},
		Digest: sha256.Sum256([]byte(id)),
		Limits: token.Limits{Reuse: token.ReuseNever, MaxPerOwner: limit},
	}
}

func entryOf(action audit.Action, n token.New) audit.Entry {
	by := token.Principal{Type: token.PrincipalUser, Ref: "user:default/admin"}
	return audit.NewEntry(action, by, n.Token.CreatedAt).About(n.Token)
}

// staged keeps one token aside, and gives the import that takes it over.
func staged(t *testing.T, s *store.Store, n token.New) token.Import {
	t.Helper()
	im := token.Import{
		ID: token.NewID(), At: n.Token.CreatedAt, Lines: 1,
		Kinds: []token.KindLimits{{Kind: n.Token.Kind, Limits: n.Limits}},
	}
	err := s.StageImport(t.Context(), im.ID, []token.ImportLine{{Line: 1, New: n}}, []audit.Entry{entryOf(audit.TokenImported, n)})
	if err != nil {
		t.Fatal(err)
	}
	return im
}

// awaitLock waits until a transaction waits for another one.
func awaitLock(t *testing.T, pool *sql.DB) {
	t.Helper()
	for waiting := 0; waiting == 0; <-time.After(10 * time.Millisecond) {
		err := pool.QueryRowContext(t.Context(), `SELECT count(*) FROM pg_stat_activity
			WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&waiting)
		if err != nil {
			t.Fatal(err)
		}
	}
}
