package postgres_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/store"
	"github.com/tokenwright/tokenwright/store/postgres"
	"github.com/tokenwright/tokenwright/token"
)

const (
	// patience bounds what must happen but has no promised time.
	patience = 30 * time.Second
	// recovery is the promise: right answers again within two seconds (K-13).
	recovery = 2 * time.Second
	// soon is a deadline that keeps tests of silent databases short.
	soon = 300 * time.Millisecond
)

// calls are all ways to ask the database something.
func calls(b store.Backend) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"one row": func(ctx context.Context) error {
			_, err := taken(ctx, b.Reader(), "a")
			return err
		},
		"rows": func(ctx context.Context) error {
			rows, err := b.Reader().QueryContext(ctx, "SELECT name FROM turns")
			if err != nil {
				return err
			}
			defer rows.Close()
			return rows.Err()
		},
		"write": func(ctx context.Context) error {
			return b.Write(ctx, func(ctx context.Context, tx store.DBTX) error { return add(ctx, tx, "a", 1) })
		},
	}
}

// wantUnavailable makes every call as often as there are connections and some
// more: none may hang, on a connection or in the wait for one.
func wantUnavailable(t *testing.T, b store.Backend) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	type answer struct {
		name string
		err  error
	}
	const each = 6
	answers := make(chan answer, 3*each)
	for name, call := range calls(b) {
		for range each {
			go func() { answers <- answer{name, call(ctx)} }()
		}
	}
	for range 3 * each {
		got := <-answers
		if !errors.Is(b.Map(got.err), token.ErrUnavailable) {
			t.Errorf("%s: got %v, want ErrUnavailable", got.name, got.err)
		}
	}
	if ctx.Err() != nil {
		t.Error("the calls ended with the test's patience and not by their own deadline")
	}
}

func wantRecovery(t *testing.T, b store.Backend) {
	t.Helper()
	for name, call := range calls(b) {
		t.Run(name, func(t *testing.T) {
			eventually(t, recovery, func() bool { return call(t.Context()) == nil })
		})
	}
}

func TestAPausedDatabaseIsUnavailableAndThenBack(t *testing.T) { // K-13, I-09
	cluster := pgtest.New(t, pgtest.Options{})
	address := migrated(t, cluster)
	b, _ := node(t, address, postgres.Options{Deadline: soon, ReadConns: 3, WriteConns: 3})
	mustPut(t, b, "a")

	cluster.Pause(t)
	wantUnavailable(t, b)
	if _, err := postgres.Open(t.Context(), address, postgres.Options{Deadline: soon}); !errors.Is(err, token.ErrUnavailable) {
		t.Errorf("open: got %v, want ErrUnavailable", err)
	}
	cluster.Resume(t)
	wantRecovery(t, b)
}

func TestAStoppedDatabaseIsUnavailableAndThenBack(t *testing.T) { // K-13
	cluster := pgtest.New(t, pgtest.Options{})
	b, _ := node(t, migrated(t, cluster), postgres.Options{Deadline: soon, ReadConns: 3, WriteConns: 3})
	mustPut(t, b, "a")

	cluster.Stop(t)
	wantUnavailable(t, b)
	cluster.Restart(t)
	wantRecovery(t, b)
}

// The driver gives up a connection in the middle of a cancelled query.
func TestClientsThatHangUpCostNoConnections(t *testing.T) {
	address := migrated(t, pgtest.Start(t))
	b, _ := node(t, address, postgres.Options{ReadConns: 1})
	session := func(ctx context.Context, delay float64) (pid int, err error) {
		err = b.Reader().QueryRowContext(ctx, "SELECT pg_backend_pid() FROM pg_sleep($1)", delay).Scan(&pid)
		return pid, err
	}
	before, err := session(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	ctx, hangUp := context.WithCancel(t.Context())
	asked := make(chan error)
	go func() {
		_, err := session(ctx, 1)
		asked <- err
	}()
	eventually(t, patience, func() bool { return sleeping(t, address) })
	hangUp()
	<-asked
	if after, err := session(t.Context(), 0); err != nil || after != before {
		t.Errorf("session %d (%v), want %d again", after, err, before)
	}
}

// sleeping reports whether a session of the database is in the middle of
// pg_sleep.
func sleeping(t *testing.T, address string) (yes bool) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	err = conn.QueryRow(t.Context(), `SELECT count(*) > 0 FROM pg_stat_activity
		WHERE datname = current_database() AND wait_event = 'PgSleep'`).Scan(&yes)
	if err != nil {
		t.Fatal(err)
	}
	return yes
}

// A standby may be behind and show a revoked token as good. A node that meets
// one, because an address moved too early, refuses to answer.
func TestAStandbyIsNeverRead(t *testing.T) { // K-07
	cluster := pgtest.New(t, pgtest.Options{})
	address := migrated(t, cluster)
	b, _ := node(t, address, postgres.Options{Deadline: soon, ReadConns: 3, WriteConns: 3})
	mustPut(t, b, "a")

	cluster.Demote(t)
	wantUnavailable(t, b)
	if _, err := postgres.Open(t.Context(), address, postgres.Options{}); err == nil || !strings.Contains(err.Error(), "standby") {
		t.Errorf("open: got %v, want a word about the standby", err)
	}
	administer(t, address, "SELECT pg_promote()")
	wantRecovery(t, b)
}

func TestAWriteDoesNotFailForAConnectionThatWasCutWhileIdle(t *testing.T) {
	address := migrated(t, pgtest.Start(t))
	b, _ := node(t, address, postgres.Options{})
	mustPut(t, b, "a")
	administer(t, address, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
		WHERE datname = current_database() AND pid <> pg_backend_pid()`)
	mustPut(t, b, "b")
}

// A standby that never answers makes every commit wait. Cancelling one would
// make it visible here and lose it with this server.
func TestACommitThatWaitsForAStandbyIsNeverCancelled(t *testing.T) { // K-08
	cluster := pgtest.New(t, pgtest.Options{Durable: true})
	address := migrated(t, cluster)
	b, _ := node(t, address, postgres.Options{Deadline: soon})
	administer(t, address, "ALTER SYSTEM SET synchronous_standby_names = 'a_standby_that_never_answers'", "SELECT pg_reload_conf()")
	waitForSetting(t, address, "synchronous_standby_names", "a_standby_that_never_answers")

	err := b.Write(t.Context(), func(ctx context.Context, tx store.DBTX) error { return put(ctx, tx, "past the deadline") })
	if !errors.Is(err, token.ErrUnavailable) {
		t.Errorf("past the deadline: got %v, want ErrUnavailable", err)
	}
	ctx, hangUp := context.WithCancel(t.Context())
	err = b.Write(ctx, func(ctx context.Context, tx store.DBTX) error {
		defer hangUp()
		return put(ctx, tx, "hung up")
	})
	if !errors.Is(err, token.ErrUnavailable) {
		t.Errorf("hung up: got %v, want ErrUnavailable", err)
	}
	wantTaken(t, b, "past the deadline", -1)
	wantTaken(t, b, "hung up", -1)

	administer(t, address, "ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()")
	for _, name := range []string{"past the deadline", "hung up"} {
		eventually(t, patience, func() bool {
			n, err := taken(t.Context(), b.Reader(), name)
			return err == nil && n == 0
		})
	}
	if strings.Contains(cluster.Log(t), "canceling wait for synchronous replication") {
		t.Error("a commit in flight was cancelled")
	}
}

// administer runs statements on a connection of its own.
func administer(t *testing.T, address string, statements ...string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	for _, statement := range statements {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// waitForSetting waits until new sessions and old ones have read a reloaded
// setting; the server spreads it by signals.
func waitForSetting(t *testing.T, address, name, want string) {
	t.Helper()
	eventually(t, patience, func() bool {
		conn, err := pgx.Connect(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(t.Context())
		var got string
		return conn.QueryRow(t.Context(), "SELECT current_setting($1)", name).Scan(&got) == nil && got == want
	})
}
