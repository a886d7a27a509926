package intake_test

import (
	"database/sql"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/internal/intake"
	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/token"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// pluginTable is the table of the plugin; TIME is what its library makes of a
// point in time on either database.
const pluginTable = `CREATE TABLE service_access_tokens (
	id varchar(36) NOT NULL PRIMARY KEY, name varchar(100) NOT NULL, description text NOT NULL,
	token_hash varchar(64) NOT NULL UNIQUE, token_prefix varchar(12) NOT NULL, group_entity_ref varchar(255) NOT NULL,
	scopes text NOT NULL, created_by varchar(255) NOT NULL, created_at TIME NOT NULL, expires_at TIME NOT NULL,
	last_used_at TIME, revoked_at TIME, revoked_by varchar(255), CONSTRAINT uq UNIQUE (group_entity_ref, name))`

const pluginRows = `INSERT INTO service_access_tokens VALUES
	('5f6cbd8e-7f6a-4b7c-9a55-0d8e3d1f2a11', 'ci-pipeline', 'CI', '34e8d13b2a5fd9a98e27e86b3d0f6a399cd7ef062de766049b4cbd974e260dba',
	 'bsat_Z_81qEZ', 'group:default/platform', '["catalog:read","catalog:write"]', 'user:default/admin',
	 '2026-01-02T03:04:05.678Z', '2026-12-31T00:00:00.000Z', '2026-02-03T04:05:06.789Z', NULL, NULL),
	('5f6cbd8e-7f6a-4b7c-9a55-0d8e3d1f2a12', 'old', 'Old', 'c94a3291202f9bf5787e1fbe191f03bf5c2c4e04ccfe8d7d3ac74be1ddef1c69',
	 'bsat_pz97Ycv', 'Platform', '[]', 'user:development/guest',
	 '2026-01-03T03:04:05.678Z', '2026-12-31T00:00:00.000Z', NULL, '2026-03-04T05:06:07.890Z', 'user:default/admin'),
	('5f6cbd8e-7f6a-4b7c-9a55-0d8e3d1f2a13', 'odd', 'Odd', 'bsat_pz97YcvoyuDftT5oQzTyrrhqzmYMjkp7e-_mNYaBLIc',
	 'bsat_pz97Ycv', 'platform', 'catalog:read', 'user:default/admin', '2026-01-04T03:04:05.678Z', '2026-12-31T00:00:00.000Z', NULL, NULL, NULL)`

const pluginLog = `CREATE TABLE service_access_token_audit_log (
	id varchar(36) NOT NULL PRIMARY KEY, token_id varchar(36) NOT NULL REFERENCES service_access_tokens (id),
	event varchar(50) NOT NULL, actor varchar(255), metadata text, occurred_at TIME NOT NULL)`

const pluginEvents = `INSERT INTO service_access_token_audit_log VALUES
	('e2', '5f6cbd8e-7f6a-4b7c-9a55-0d8e3d1f2a12', 'revoked', 'user:default/admin', '{"reason":"left the team"}', '2026-03-04T05:06:07.890Z'),
	('e1', '5f6cbd8e-7f6a-4b7c-9a55-0d8e3d1f2a12', 'created', 'user:development/guest', '{}', '2026-01-03T03:04:05.678Z')`

func wanted() []result {
	end := time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC)
	created := time.Date(2026, 1, 2, 3, 4, 5, 678_000_000, time.UTC)
	used := time.Date(2026, 2, 3, 4, 5, 6, 789_000_000, time.UTC)
	revoked := time.Date(2026, 3, 4, 5, 6, 7, 890_000_000, time.UTC)
	return []result{
		{Line: api.ImportLine{
			Line: 1, ID: "5f6cbd8e-7f6a-4b7c-9a55-0d8e3d1f2a11", Kind: "service", Algorithm: "sha256", Digest: digest, Hint: "bsat_Z_81qEZ",
			Name: "ci-pipeline", Description: "CI", Owner: "group:default/platform", Scopes: []string{"catalog:read", "catalog:write"},
			CreatedBy: "user:default/admin", CreatedAt: created, ExpiresAt: end, LastUsedAt: used,
		}},
		{Line: api.ImportLine{
			Line: 2, ID: "5f6cbd8e-7f6a-4b7c-9a55-0d8e3d1f2a12", Kind: "service", Algorithm: "sha256",
			Digest: "c94a3291202f9bf5787e1fbe191f03bf5c2c4e04ccfe8d7d3ac74be1ddef1c69", Hint: "bsat_pz97Ycv",
			Name: "old", Description: "Old", Owner: "Platform", Scopes: []string{},
			CreatedBy: "user:development/guest", CreatedAt: created.AddDate(0, 0, 1), ExpiresAt: end, RevokedAt: revoked, RevokedBy: "user:default/admin",
			History: `[{"event":"created","actor":"user:development/guest","metadata":{},"occurredAt":"2026-01-03T03:04:05.678Z"},` +
				`{"event":"revoked","actor":"user:default/admin","metadata":{"reason":"left the team"},"occurredAt":"2026-03-04T05:06:07.89Z"}]`,
		}},
	}
}

// fill makes the table as the plugin does.
func fill(t *testing.T, driver, source, moment string) {
	t.Helper()
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range []string{pluginTable, pluginRows, pluginLog, pluginEvents} {
		if _, err := db.ExecContext(t.Context(), strings.ReplaceAll(statement, "TIME", moment)); err != nil {
			t.Fatal(err)
		}
	}
}

func checkPlugin(t *testing.T, address string) {
	t.Helper()
	table, err := intake.OpenPrimeDX(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // it is read twice, and must say the same
		tokens, err := table.Tokens(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got, last := all(t, tokens)
		if !errors.Is(last, io.EOF) || len(got) != 3 {
			t.Fatalf("%d tokens, %v", len(got), last)
		}
		if diff := cmp.Diff(wanted(), got[:2]); diff != "" {
			t.Error(diff)
		}
		if odd := got[2]; odd.Line.ID == "" || !strings.Contains(odd.Fault, "raw token") {
			t.Errorf("a raw token in the place of its digest: %+v", odd)
		}
		if err := tokens.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := table.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestTheTableOfThePluginIsReadFromSQLite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "access tokens?#.sqlite")
	plain := filepath.Join(filepath.Dir(path), "plain.sqlite")
	fill(t, "sqlite", plain, "datetime")
	if err := os.Rename(plain, path); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	checkPlugin(t, "sqlite:"+path)
	after, err := os.ReadFile(path)
	if err != nil || string(before) != string(after) {
		t.Errorf("the database of the plugin was changed (%v)", err)
	}
}

func TestTheTableOfThePluginIsReadFromPostgreSQL(t *testing.T) {
	address := pgtest.Start(t).Database(t, func(string) error { return nil })
	fill(t, "pgx", address, "timestamptz")
	checkPlugin(t, address)
}

func TestADatabaseThatIsNoneOfThePluginIsTold(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty.sqlite")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]string{
		"sqlite:" + empty + ".not":                   "no such file",
		"mysql://db/x":                               "sqlite:PATH or postgres://",
		"postgres://reader:hunter2@db/x":             "holds a password",
		"postgres://reader@db/x?password=hunter2":    "holds a password",
		"postgres://reader@db/x?sslmode=as-you-like": "cannot be read",
	} {
		_, err := intake.OpenPrimeDX(t.Context(), address)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", address, err)
		}
	}
	table, err := intake.OpenPrimeDX(t.Context(), "sqlite:"+empty)
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	if _, err := table.Tokens(t.Context()); err == nil || errors.Is(err, token.ErrInvalid) {
		t.Errorf("a database without the table: %v", err)
	}
}
