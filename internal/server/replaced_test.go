package server_test

import (
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
)

// Row K-06: a failover loses the end of the log, and what happens afterwards
// takes the same positions. A node that was cut off meanwhile finds a log that
// is longer than what it read, and must not go on behind it: the revocation
// stands before.
func TestARevocationAtAPositionThatWasReadBeforeIsNotPassedOver(t *testing.T) {
	direct := database(t, pgtest.Start(t))
	wire, through := newCable(t, direct)
	a, b := twoNodes(t, direct, through, tokentest.WithOps())
	db := openSQL(t, direct)
	held := a.Issue(platform, "held", "catalog:read")
	for range 2 { // the second time from the cache
		if err := check(b, held); err != nil {
			t.Fatal(err)
		}
	}
	tail := cutHere(t, db)
	heardBy(t, a, b)

	wire.Cut()
	tail.lose(t)
	a.Revoke(held)
	for i := range 12 {
		a.Issue(platform, fmt.Sprintf("later-%d", i), "catalog:read")
	}
	until(t, 5*time.Second, "the log is longer than what was read of it", func() bool { return tail.size(t) > tail.from+10 })
	wire.Mend()
	until(t, 4*time.Second, "refused on the node that was cut off", func() bool {
		return errors.Is(check(b, held), token.ErrRevoked)
	})
	// It may have asked the database before it read the log.
	until(t, 4*time.Second, "somebody is told that the log lost its end", func() bool {
		return strings.Contains(b.Logs(), "the log lost entries that this node has read")
	})
	b.WaitReady()
	if shown := ask(t, http.DefaultClient, "GET", b.OpsURL+"/metrics", "", ""); !strings.Contains(shown.body, "tokenwright_log_replaced_total 1") {
		t.Error("it is not counted")
	}
	again := a.Issue(platform, "afterwards", "catalog:read")
	if err := check(b, again); err != nil {
		t.Fatal(err)
	}
	a.Revoke(again)
	until(t, 2*time.Second, "the log is followed again", func() bool { return errors.Is(check(b, again), token.ErrRevoked) })
}

// heardBy waits until the second node has read what the first wrote.
func heardBy(t *testing.T, a, b *tokentest.Server) {
	t.Helper()
	probe := a.Issue(platform, "probe-"+token.NewID()[24:], "catalog:read")
	if err := check(b, probe); err != nil {
		t.Fatal(err)
	}
	a.Revoke(probe)
	until(t, 2*time.Second, "the node hears the log", func() bool { return errors.Is(check(b, probe), token.ErrRevoked) })
}

func openSQL(t *testing.T, url string) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// logTail is what a failover loses.
type logTail struct {
	db           *sql.DB
	from         int64
	root, signed []byte
}

// cutHere notes the end of the log, once everything has its place in it.
func cutHere(t *testing.T, db *sql.DB) *logTail {
	t.Helper()
	tail := &logTail{db: db}
	until(t, 2*time.Second, "every entry has its place", func() bool {
		var pending int
		err := db.QueryRowContext(t.Context(), `SELECT size, root, signed, (SELECT count(*) FROM audit_entries WHERE position IS NULL)
			FROM log_head`).Scan(&tail.from, &tail.root, &tail.signed, &pending)
		if err != nil {
			t.Fatal(err)
		}
		return pending == 0
	})
	return tail
}

// lose puts the log back to where it was noted.
func (l *logTail) lose(t *testing.T) {
	t.Helper()
	tx, err := l.db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	for _, one := range []struct {
		statement string
		args      []any
	}{
		{`UPDATE log_head SET size = $1, root = $2, signed = $3`, []any{l.from, l.root, l.signed}},
		{`DELETE FROM audit_entries WHERE position >= $1 OR position IS NULL`, []any{l.from}},
		{`DELETE FROM log_nodes WHERE idx >= $1`, []any{tlog.StoredHashCount(l.from)}},
	} {
		if _, err := tx.ExecContext(t.Context(), one.statement, one.args...); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

func (l *logTail) size(t *testing.T) (n int64) {
	t.Helper()
	if err := l.db.QueryRowContext(t.Context(), `SELECT size FROM log_head`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
