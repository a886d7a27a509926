package proof_test

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/keyring"
	"github.com/tokenwright/tokenwright/internal/server"
	"github.com/tokenwright/tokenwright/proof/journal"
	"github.com/tokenwright/tokenwright/store"
	"github.com/tokenwright/tokenwright/store/postgres"
	"github.com/tokenwright/tokenwright/store/sqlite"
	"github.com/tokenwright/tokenwright/token"
)

// witness reads a database that no server uses.
type witness struct {
	t     testing.TB
	db    *sql.DB
	store *store.Store
	key   string // file with the key of the signing keys
}

// copyOf gives a witness of an installation on SQLite: it reads a copy, so
// that what it finds, and repairs by opening it, is not what the next server
// finds. Call it only when the server is dead.
func (i *installation) copyOf() *witness {
	i.t.Helper()
	folder := shortFolder(i.t)
	for _, name := range []string{"tokenwright.db", "tokenwright.db-wal", server.KeyFileName} {
		copyFile(i.t, filepath.Join(i.data, name), filepath.Join(folder, name))
	}
	path := filepath.Join(folder, "tokenwright.db")
	opened, err := sqlite.Open(i.t.Context(), path, sqlite.Options{})
	must(i.t, err)
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro")
	must(i.t, err)
	return &witness{i.t, db, opened, filepath.Join(folder, server.KeyFileName)}
}

// copyFile copies a file; one that does not exist has nothing to copy.
func copyFile(t testing.TB, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if os.IsNotExist(err) {
		return
	}
	must(t, err)
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	must(t, err)
	_, err = io.Copy(out, in)
	must(t, err)
	must(t, out.Close())
}

// ofPostgres gives a witness of an installation on PostgreSQL, once the
// database has noticed that its server is dead: until then a transaction of
// the dead may still be committed.
func (i *installation) ofPostgres() *witness {
	i.t.Helper()
	db, err := sql.Open("pgx", i.database)
	must(i.t, err)
	db.SetMaxOpenConns(1)
	until(i.t, "PostgreSQL has ended the sessions of the dead server", func() bool {
		var others int
		must(i.t, db.QueryRowContext(i.t.Context(), `SELECT count(*) FROM pg_stat_activity
			WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()`).Scan(&others))
		return others == 0
	})
	opened, err := postgres.Open(i.t.Context(), i.database, postgres.Options{})
	must(i.t, err)
	return &witness{i.t, db, opened, filepath.Join(i.data, server.KeyFileName)}
}

// witness gives the one that fits the database.
func (i *installation) witness() *witness {
	i.t.Helper()
	if i.database != "" {
		return i.ofPostgres()
	}
	return i.copyOf()
}

// check fails the test for everything that is there only in part, and for
// everything that is not what the clients were told.
func (w *witness) check(j *journal.Journal) {
	w.t.Helper()
	for _, one := range w.partial() {
		w.t.Error(one)
	}
	report(w.t, j.Compare(w.kept()))
}

// dismiss lets the database go.
func (w *witness) dismiss() {
	w.t.Helper()
	must(w.t, w.db.Close())
	must(w.t, w.store.Close())
}

// partial names everything that is there only in part: rows, entries,
// counters, the log.
func (w *witness) partial() []string {
	w.t.Helper()
	found := append(w.wrongRows(), w.wrongTotals()...)
	if _, err := w.verifyLog(); err != nil {
		found = append(found, fmt.Sprintf("the log does not verify: %v", err))
	}
	return found
}

// traces is what there is of a token.
type traces struct{ rows, revoked, secrets, issues, revocations int }

// wrongRows compares tokens, secrets and entries. None of these tests rotates
// a token, so that each has one secret.
func (w *witness) wrongRows() []string {
	w.t.Helper()
	all := map[string]*traces{}
	of := func(id string) *traces {
		if all[id] == nil {
			all[id] = &traces{}
		}
		return all[id]
	}
	for _, k := range w.kept() {
		of(k.ID).rows++
		if k.Revoked {
			of(k.ID).revoked++
		}
	}
	for _, id := range w.texts("SELECT token_id FROM secrets") {
		of(id).secrets++
	}
	const entries = "SELECT token_id FROM audit_entries WHERE outcome = 'allowed' AND action = "
	for _, id := range w.texts(entries + "'token.issued'") {
		of(id).issues++
	}
	for _, id := range w.texts(entries + "'token.revoked'") {
		of(id).revocations++
	}
	var found []string
	for id, t := range all {
		if whole := (traces{1, t.revoked, 1, 1, t.revoked}); *t != whole {
			found = append(found, fmt.Sprintf("token %s is there by half: %+v, want %+v", id, *t, whole))
		}
	}
	return found
}

// wrongTotals compares the counters with a count.
func (w *witness) wrongTotals() []string {
	w.t.Helper()
	var found []string
	for _, one := range []struct {
		what, where string
		states      []token.State
	}{
		{"all tokens", "1 = 1", nil},
		{"revoked tokens", "revoked_at IS NOT NULL", []token.State{token.StateRevoked}},
		{"good tokens", "revoked_at IS NULL", []token.State{token.StateActive, token.StateExpiring}},
	} {
		var counted int
		must(w.t, w.db.QueryRowContext(w.t.Context(), "SELECT count(*) FROM tokens WHERE "+one.where).Scan(&counted))
		page, err := w.store.ListTokens(w.t.Context(), token.Query{
			Kind: token.KindService, States: one.states, Now: time.Now(), Limit: 1,
		})
		must(w.t, err)
		if page.Total != counted {
			found = append(found, fmt.Sprintf("the counters say %d %s, and there are %d", page.Total, one.what, counted))
		}
	}
	return found
}

// verifyLog verifies the log with the keys of the installation.
func (w *witness) verifyLog() (audit.Verification, error) {
	w.t.Helper()
	kek, err := keyring.ReadKEK(w.key)
	must(w.t, err)
	keys, err := keyring.Open(w.t.Context(), w.store, kek, keyring.Options{MaxLifetime: time.Hour})
	must(w.t, err)
	head, err := w.store.Head(w.t.Context())
	must(w.t, err)
	verifiers, err := keys.LogVerifiers(head.Origin)
	must(w.t, err)
	return audit.Verify(context.WithoutCancel(w.t.Context()), w.store, audit.VerifyOptions{Keys: verifiers})
}

// kept lists all tokens.
func (w *witness) kept() []journal.Kept {
	w.t.Helper()
	rows, err := w.db.QueryContext(w.t.Context(), "SELECT name, id, revoked_at IS NOT NULL FROM tokens")
	must(w.t, err)
	defer rows.Close()
	var list []journal.Kept
	for rows.Next() {
		var k journal.Kept
		must(w.t, rows.Scan(&k.Name, &k.ID, &k.Revoked))
		list = append(list, k)
	}
	must(w.t, rows.Err())
	return list
}

// texts gives the first column of a question.
func (w *witness) texts(question string, args ...any) []string {
	w.t.Helper()
	rows, err := w.db.QueryContext(w.t.Context(), question, args...)
	if err != nil {
		w.t.Fatal(fmt.Errorf("%s: %w", question, err))
	}
	defer rows.Close()
	var list []string
	for rows.Next() {
		var text string
		must(w.t, rows.Scan(&text))
		list = append(list, text)
	}
	must(w.t, rows.Err())
	return list
}
