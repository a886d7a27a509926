package oauth_test

import (
	"database/sql"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/tokentest"
)

// awaits waits for background work, which has no promise of two seconds.
func awaits(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for began := time.Now(); !condition(); <-time.After(50 * time.Millisecond) {
		if time.Since(began) > time.Minute {
			t.Fatalf("%s: not within a minute", what)
		}
	}
}

// opened is the database of a server beside it; address is "" for its own file.
func opened(t *testing.T, w world, address string) *sql.DB {
	t.Helper()
	driver := "pgx"
	if address == "" {
		driver, address = "sqlite", "file:"+filepath.Join(w.Data, "tokenwright.db")+"?_pragma=busy_timeout(5000)"
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func executes(t *testing.T, on interface {
	Exec(query string, args ...any) (sql.Result, error)
}, query string,
) {
	t.Helper()
	if _, err := on.Exec(query); err != nil {
		t.Fatal(err)
	}
}

// many gives a client a thousand grants more: three hundred that are good, and
// the others expired a day ago.
func many(t *testing.T, db *sql.DB, grant string) {
	t.Helper()
	executes(t, db, `INSERT INTO tokens (id, family, kind, class, name, description, hint, search, owner, workspace, subject, scopes,
			created_by, created_at, expires_at, revoked_by, revoke_reason, replaces, replaced_by, checksum)
		WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
		SELECT CASE WHEN i <= 300 THEN 'good-' ELSE 'ended-' END || i, 'family-' || i, kind, NULL, name, description, hint, search, owner,
			workspace, subject, scopes, created_by, created_at,
			CASE WHEN i <= 300 THEN expires_at ELSE created_at - 86400000000 END, '', '', '', '', 0
		  FROM tokens, n WHERE id = '`+grant+`'`)
	executes(t, db, `INSERT INTO unsettled (token_id, kind, owner, class, expires_at)
		SELECT id, kind, owner, NULL, expires_at FROM tokens WHERE family LIKE 'family-%'`)
}

// PER-11: a client that many use is removed as fast as any other, and what they
// let it do ends at once. The records follow, whoever stops meanwhile; those that
// have expired are left alone. A grant that somebody else holds hinders nothing.
func TestPER11AClientThatWasUsedALotIsRemovedAtOnce(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { removesBusy(t, "") })
	t.Run("postgres", func(t *testing.T) { removesBusy(t, pgtest.Start(t).Database(t, nil)) })
}

func removesBusy(t *testing.T, address string) {
	var with []tokentest.Option
	if address != "" {
		with = append(with, tokentest.WithDatabase(address))
	}
	w := start(t, with...)
	c := w.public()
	raw, got := w.offline(c, alice)
	db := opened(t, w, address)
	many(t, db, raw[:36])
	if !w.works(got.text("access_token")) {
		t.Fatal("the access token does not work")
	}
	release := func() {}
	if address != "" {
		release = holds(t, db, "good-1")
	}
	w.local(http.MethodPost, api.Base+api.PathClientRemove, `{"id":"`+c.id+`"}`)

	if w.works(got.text("access_token")) {
		t.Error("the access token outlives its client")
	}
	w.wants(w.refresh(c, raw), http.StatusUnauthorized, "invalid_client", "Invalid client credentials")
	if err := w.Stop(); err != nil {
		t.Fatal(err)
	}
	release()
	again := start(t, append(with, tokentest.WithData(w.Data), tokentest.WithClock(w.clock))...)
	var seen []audit.Entry
	awaits(t, "an entry of each grant", func() bool {
		seen = again.Entries(audit.Query{Actions: []audit.Action{audit.TokenRevoked}})
		return len(seen) >= 301
	})
	told := map[string]bool{}
	for _, e := range seen {
		if told[e.TokenID] || strings.HasPrefix(e.TokenID, "ended-") {
			t.Fatalf("%s is told to have ended twice, or had expired", e.TokenID)
		}
		told[e.TokenID] = true
	}
	if len(seen) != 301 || !told[raw[:36]] || again.works(got.text("access_token")) {
		t.Errorf("%d entries", len(seen))
	}
}

// holds holds a record as another transaction does, until it is released.
func holds(t *testing.T, db *sql.DB, id string) (release func()) {
	t.Helper()
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tx.Rollback() })
	executes(t, tx, "UPDATE tokens SET hint = hint WHERE id = '"+id+"'")
	return func() { _ = tx.Rollback() }
}

// PER-11: the other nodes hear of the removal itself, not of one grant after
// another.
func TestPER11ARemovedClientEndsOnEveryNode(t *testing.T) {
	address := pgtest.Start(t).Database(t, nil)
	a := start(t, tokentest.WithDatabase(address), tokentest.WithPublicURL("http://127.0.0.1:7999"))
	b := start(t, tokentest.WithDatabase(address), tokentest.WithPublicURL("http://127.0.0.1:7999"),
		tokentest.WithClock(a.clock), tokentest.WithKeyOf(a.Server))
	c := a.public()
	raw, got := a.offline(c, alice)
	if !b.works(got.text("access_token")) {
		t.Fatal("the access token does not work on the other node")
	}
	defer holds(t, opened(t, a, address), raw[:36])()
	a.local(http.MethodPost, api.Base+api.PathClientRemove, `{"id":"`+c.id+`"}`)
	b.wants(b.refresh(c, raw), http.StatusUnauthorized, "invalid_client", "Invalid client credentials")
	soon(t, "the end of the access token", func() bool { return !b.works(got.text("access_token")) })
}
