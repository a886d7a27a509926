package intake_test

import (
	"database/sql"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/internal/intake"
	"github.com/tokenwright/tokenwright/internal/pgtest"
)

const scryptHash = "p9UFxZ3xwkQ9RMpmTxIw5g==.FE0ZGN8RBzbDr/DxayD3GIZALxl1sVXXDU3za3EnQFEbJ6xHPy+Ihhm4yOCPFGGJAgHZJr53nETaiAnCYCRUGQ=="

// personalTables are those of the plugin, in its database.
const personalTables = `CREATE TABLE personal_access_tokens (
	id varchar(36) NOT NULL PRIMARY KEY, name varchar(100) NOT NULL, user_entity_ref varchar(255) NOT NULL, prefix varchar(16) NOT NULL,
	session_id varchar(64) NOT NULL, created_at TIME NOT NULL, expires_at TIME NOT NULL, last_used_at TIME, revoked_at TIME);
CREATE TABLE personal_access_token_audit_log (
	id varchar(36) NOT NULL PRIMARY KEY, token_id varchar(36) NOT NULL, event varchar(50) NOT NULL, actor varchar(255), metadata text,
	occurred_at TIME NOT NULL);
INSERT INTO personal_access_tokens VALUES
	('00000000-0000-4000-8000-000000000001', 'live', 'user:default/alice', 'a1a1a1a1', 'a1a1a1a1-0000-4000-8000-000000000000',
	 '2026-01-01T00:00:00.000Z', '2026-12-31T00:00:00.000Z', NULL, NULL),
	('00000000-0000-4000-8000-000000000002', 'gone', 'user:default/alice', 'a2a2a2a2', 'a2a2a2a2-0000-4000-8000-000000000000',
	 '2026-01-02T00:00:00.000Z', '2026-12-31T00:00:00.000Z', NULL, NULL),
	('00000000-0000-4000-8000-000000000003', 'mixed', 'user:default/alice', 'a3a3a3a3', 'a3a3a3a3-0000-4000-8000-000000000000',
	 '2026-01-03T00:00:00.000Z', '2026-12-31T00:00:00.000Z', NULL, NULL),
	('00000000-0000-4000-8000-000000000004', 'idle', 'user:default/alice', 'a4a4a4a4', 'a4a4a4a4-0000-4000-8000-000000000000',
	 '2026-01-04T00:00:00.000Z', '2026-12-31T00:00:00.000Z', NULL, NULL),
	('00000000-0000-4000-8000-000000000005', 'revoked', 'user:default/bob', 'a5a5a5a5', 'a5a5a5a5-0000-4000-8000-000000000000',
	 '2026-01-05T00:00:00.000Z', '2026-12-31T00:00:00.000Z', NULL, '2026-02-01T00:00:00.000Z'),
	('00000000-0000-4000-8000-000000000006', 'odd', 'user:default/bob', 'a6a6a6a6', 'a6a6a6a6-0000-4000-8000-000000000000',
	 '2026-01-06T00:00:00.000Z', '2026-12-31T00:00:00.000Z', NULL, NULL);
INSERT INTO personal_access_token_audit_log VALUES
	('e1', '00000000-0000-4000-8000-000000000002', 'MINTED', 'user:default/alice', '{"flowId":"f"}', '2026-01-02T00:00:01.000Z'),
	('e2', '00000000-0000-4000-8000-000000000005', 'REVOKED', 'user:default/bob', NULL, '2026-02-01T00:00:00.000Z')`

// sessionTables are those of Backstage's auth plugin, in another database.
const sessionTables = `CREATE TABLE offline_sessions (
	id varchar(255) NOT NULL PRIMARY KEY, user_entity_ref varchar(255) NOT NULL, oidc_client_id varchar(255), token_hash varchar(255) NOT NULL,
	created_at TIME NOT NULL, last_used_at TIME NOT NULL);
INSERT INTO offline_sessions VALUES
	('a1a1a1a1-0000-4000-8000-000000000000', 'user:default/alice', NULL, '` + scryptHash + `', '2026-01-01 00:00:00', '2026-02-27 00:00:00'),
	('a3a3a3a3-0000-4000-8000-000000000000', 'user:default/bob', NULL, '` + scryptHash + `', '2026-01-03 00:00:00', '2026-02-27 00:00:00'),
	('a4a4a4a4-0000-4000-8000-000000000000', 'user:default/alice', NULL, '` + scryptHash + `', '2026-01-04 00:00:00', '2026-01-05 00:00:00'),
	('a6a6a6a6-0000-4000-8000-000000000000', 'user:default/bob', NULL, 'none', '2026-01-06 00:00:00', '2026-02-27 00:00:00')`

func day(month time.Month, of int) time.Time { return time.Date(2026, month, of, 0, 0, 0, 0, time.UTC) }

// wantedPersonal is what is read on the first of March.
func wantedPersonal() []result {
	line := func(n int, name, owner, history string) api.ImportLine {
		digits := string(rune('0' + n))
		return api.ImportLine{
			Line: n, ID: strings.Repeat("a"+digits, 4) + "-0000-4000-8000-000000000000", Kind: "personal", Algorithm: "scrypt",
			Name: name, Owner: owner, CreatedBy: owner, CreatedAt: day(1, n), ExpiresAt: day(12, 31),
			History: `[{"event":"ID","metadata":{"id":"00000000-0000-4000-8000-00000000000` + digits + `"},"occurredAt":"2026-01-0` + digits + `T00:00:00Z"}` +
				history + `]`,
		}
	}
	live := line(1, "live", "user:default/alice", "")
	live.Digest, live.LastUsedAt = scryptHash, day(2, 27)
	gone := line(2, "gone", "user:default/alice",
		`,{"event":"MINTED","actor":"user:default/alice","metadata":{"flowId":"f"},"occurredAt":"2026-01-02T00:00:01Z"}`+
			`,{"event":"SESSION_GONE","occurredAt":"2026-01-02T00:00:01Z"}`)
	gone.RevokedAt, gone.RevokedBy = day(1, 2).Add(time.Second), "backstage"
	mixed := line(3, "mixed", "user:default/alice", `,{"event":"SESSION_OF_ANOTHER","occurredAt":"2026-01-03T00:00:00Z"}`)
	mixed.RevokedAt, mixed.RevokedBy = day(1, 3), "backstage"
	idle := line(4, "idle", "user:default/alice", `,{"event":"SESSION_EXPIRED","occurredAt":"2026-02-04T00:00:00Z"}`)
	idle.RevokedAt, idle.RevokedBy = day(2, 4), "backstage"
	revoked := line(5, "revoked", "user:default/bob", `,{"event":"REVOKED","actor":"user:default/bob","occurredAt":"2026-02-01T00:00:00Z"}`)
	revoked.RevokedAt, revoked.RevokedBy = day(2, 1), "user:default/bob"
	return []result{{Line: live}, {Line: gone}, {Line: mixed}, {Line: idle}, {Line: revoked}}
}

// build makes the tables as the plugins do.
func build(t *testing.T, driver, source, moment, statements string) {
	t.Helper()
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range strings.Split(strings.ReplaceAll(statements, "TIME", moment), ";\n") {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
}

func checkPersonal(t *testing.T, plugin, sessions string) {
	t.Helper()
	table, err := intake.OpenPrimeDX(t.Context(), plugin)
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	auth, err := intake.OpenPrimeDX(t.Context(), sessions)
	if err != nil {
		t.Fatal(err)
	}
	defer auth.Close()
	for range 2 { // it is read twice, and must say the same
		tokens, err := table.Personal(t.Context(), auth, day(3, 1))
		if err != nil {
			t.Fatal(err)
		}
		got, last := all(t, tokens)
		if !errors.Is(last, io.EOF) || len(got) != 6 {
			t.Fatalf("%d tokens, %v", len(got), last)
		}
		if diff := cmp.Diff(wantedPersonal(), got[:5]); diff != "" {
			t.Error(diff)
		}
		if odd := got[5]; odd.Line.ID == "" || !strings.Contains(odd.Fault, "token_hash of its session") {
			t.Errorf("no hash: %+v", odd)
		}
		if err := tokens.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// PER section 11: a token without a live session of its owner is revoked.
func TestPersonalTokensOfThePluginAreReadWithTheirSessions(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		plugin, auth := filepath.Join(t.TempDir(), "plugin.sqlite"), filepath.Join(t.TempDir(), "auth.sqlite")
		build(t, "sqlite", plugin, "datetime", personalTables)
		build(t, "sqlite", auth, "datetime", sessionTables)
		checkPersonal(t, "sqlite:"+plugin, "sqlite:"+auth)
	})
	t.Run("postgres", func(t *testing.T) {
		server := pgtest.Start(t)
		plugin, auth := server.Database(t, nil), server.Database(t, nil)
		build(t, "pgx", plugin, "timestamptz", personalTables)
		build(t, "pgx", auth, "timestamptz", strings.ReplaceAll(sessionTables, "00:00:00'", "00:00:00Z'"))
		checkPersonal(t, plugin, auth)
	})
}

// The sessions are in another database than the tokens; naming the wrong one is
// told and imports nothing as revoked.
func TestADatabaseWithoutSessionsIsTold(t *testing.T) {
	plugin := filepath.Join(t.TempDir(), "plugin.sqlite")
	build(t, "sqlite", plugin, "datetime", personalTables)
	table, err := intake.OpenPrimeDX(t.Context(), "sqlite:"+plugin)
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	tokens, err := table.Personal(t.Context(), table, day(3, 1))
	if err != nil {
		t.Fatal(err)
	}
	if got, last := all(t, tokens); len(got) != 0 || !strings.Contains(last.Error(), "offline_sessions") {
		t.Errorf("%+v, %v", got, last)
	}
}
