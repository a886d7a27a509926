package postgres_test

import (
	"database/sql"
	"errors"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/store"
	"github.com/tokenwright/tokenwright/store/postgres"
	"github.com/tokenwright/tokenwright/store/storetest"
)

// migrateTo lets a program of tomorrow migrate a database to schema 99.
func migrateTo(address string, migration ...string) error {
	db, err := sql.Open("pgx", address)
	if err != nil {
		return err
	}
	for _, statement := range append(migration, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, true)") {
		if _, failed := db.Exec(statement); failed != nil {
			err = errors.Join(err, failed)
		}
	}
	return errors.Join(err, db.Close())
}

// An older program must not serve what a newer one has migrated, unless the
// migration says that it can.
func TestK12ADatabaseOfANewerProgramIsRefused(t *testing.T) {
	cluster := pgtest.Start(t)
	for name, migration := range map[string][]string{
		"it says nothing":       nil,
		"it needs the new one":  {"INSERT INTO schema_reach (version, runs_from) VALUES (99, 99)"},
		"the one before it did": {"INSERT INTO schema_reach (version, runs_from) VALUES (98, 98), (99, 1)"},
	} {
		t.Run(name, func(t *testing.T) {
			address := migrated(t, cluster)
			if err := migrateTo(address, migration...); err != nil {
				t.Fatal(err)
			}
			_, err := postgres.Open(t.Context(), address, postgres.Options{})
			if err == nil || !strings.Contains(err.Error(), "migrated to schema 99 by a newer version") {
				t.Fatalf("got %v, want a refusal that names the schema", err)
			}
		})
	}
}

// Rows K-12 and O2: where the migration only adds, the older program does all that
// a store does.
func TestK12AnOlderProgramRunsOnASchemaThatWasAddedTo(t *testing.T) {
	if testing.Short() {
		t.Skip("it does all that the other suite does")
	}
	cluster := pgtest.Start(t)
	storetest.Run(t, func(t *testing.T) *store.Store {
		address := migrated(t, cluster)
		if err := migrateTo(address, storetest.Additions()...); err != nil {
			t.Fatal(err)
		}
		return storeOn(t, address)
	})
}

// A node goes on while another one migrates: what it has prepared was planned for
// the columns that there were.
func TestK12ARunningNodeGoesOnWhileANewerOneMigrates(t *testing.T) {
	cluster := pgtest.Start(t)
	address := migrated(t, cluster)
	running := storeOn(t, address)
	use := func() error {
		_, users := running.ListUsers(t.Context())
		_, places := running.ListWorkspaces(t.Context())
		_, marks := running.Marks(t.Context())
		return errors.Join(users, places, marks, running.Ping(t.Context()))
	}
	if err := use(); err != nil {
		t.Fatal(err)
	}
	if err := migrateTo(address, storetest.Additions()...); err != nil {
		t.Fatal(err)
	}
	for range 20 { // on all connections
		if err := use(); err != nil {
			t.Fatal(err)
		}
	}
	health, err := running.Health(t.Context())
	if err != nil || health.SchemaVersion != 99 || health.RunsFrom > 98 {
		t.Errorf("health: %+v, %v", health, err)
	}
}
