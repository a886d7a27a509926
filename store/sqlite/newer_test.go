package sqlite_test

import (
	"database/sql"
	"errors"
	"path/filepath"
	"testing"

	"github.com/tokenwright/tokenwright/store"
	"github.com/tokenwright/tokenwright/store/sqlite"
	"github.com/tokenwright/tokenwright/store/storetest"
)

// newer gives a database that a program of tomorrow has migrated to schema 99.
func newer(t *testing.T, migration ...string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "tokens.db")
	s, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	must(t, err)
	must(t, s.Close())
	raw, err := sql.Open("sqlite", path)
	must(t, err)
	for _, statement := range append(migration, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)") {
		_, err := raw.ExecContext(t.Context(), statement)
		must(t, err)
	}
	must(t, raw.Close())
	return path
}

// An older program must not serve what a newer one has migrated, unless the
// migration says that it can.
func TestK12ADatabaseOfANewerProgramIsRefused(t *testing.T) {
	for name, migration := range map[string][]string{
		"it says nothing":       nil,
		"it needs the new one":  {"INSERT INTO schema_reach (version, runs_from) VALUES (99, 99)"},
		"the one before it did": {"INSERT INTO schema_reach (version, runs_from) VALUES (98, 98), (99, 1)"},
	} {
		t.Run(name, func(t *testing.T) {
			refusesToOpen(t, newer(t, migration...), "migrated to schema 99 by a newer version")
		})
	}
}

// Rows K-12 and O2: where the migration only adds, the older program does all that
// a store does.
func TestK12AnOlderProgramRunsOnASchemaThatWasAddedTo(t *testing.T) {
	if testing.Short() {
		t.Skip("it does all that the other suite does")
	}
	added := newer(t, storetest.Additions()...)
	storetest.Run(t, func(t *testing.T) *store.Store {
		s, err := sqlite.Open(t.Context(), copyOf(t, added), sqlite.Options{})
		must(t, err)
		t.Cleanup(func() { must(t, s.Close()) })
		return s
	})
}

// A newer program comes back to what the older one left.
func TestK12TheNewerProgramGoesOnBehindTheOlder(t *testing.T) {
	path := newer(t, storetest.Additions()...)
	older, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	must(t, err)
	must(t, errors.Join(older.Ping(t.Context()), older.Close()))
	raw, err := sql.Open("sqlite", path)
	must(t, err)
	defer raw.Close()
	var version int64
	must(t, raw.QueryRowContext(t.Context(), "SELECT max(version_id) FROM goose_db_version").Scan(&version))
	if version != 99 {
		t.Errorf("the schema is %d, want 99 as before", version)
	}
}
