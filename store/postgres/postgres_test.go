package postgres_test

import (
	"context"
	"net/url"
	"os"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/store"
	"github.com/tokenwright/tokenwright/store/postgres"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// migrated gives a test a migrated database of its own.
func migrated(t testing.TB, cluster *pgtest.Cluster) string {
	t.Helper()
	return cluster.Database(t, func(url string) error {
		s, err := postgres.Open(context.Background(), url, postgres.Options{})
		if err != nil {
			return err
		}
		return s.Close()
	})
}

// node opens a back end as one node does, with the bell it rings.
func node(t *testing.T, address string, options postgres.Options) (store.Backend, *store.Bell) {
	t.Helper()
	bell := &store.Bell{}
	b, err := postgres.OpenBackend(t.Context(), address, options, bell)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b, bell
}

// fresh opens one node on a database of its own.
func fresh(t *testing.T, options postgres.Options) store.Backend {
	t.Helper()
	b, _ := node(t, migrated(t, pgtest.Start(t)), options)
	return b
}

// with adds a parameter to a database address.
func with(t testing.TB, address, name, value string) string {
	t.Helper()
	parsed, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	query := parsed.Query()
	query.Set(name, value)
	parsed.RawQuery = query.Encode()
	return parsed.String()
}

// The tests below the shared queries use the rows of the table turns.

func put(ctx context.Context, tx store.DBTX, name string) error {
	return execute(ctx, tx, "INSERT INTO turns (name, taken) VALUES ($1, 0)", name)
}

func add(ctx context.Context, tx store.DBTX, name string, n int) error {
	return execute(ctx, tx, "UPDATE turns SET taken = taken + $2 WHERE name = $1", name, n)
}

// execute waits for the outcome, which a transaction may not ask for at once.
func execute(ctx context.Context, tx store.DBTX, statement string, args ...any) error {
	result, err := tx.ExecContext(ctx, statement, args...)
	if err != nil {
		return err
	}
	_, err = result.RowsAffected()
	return err
}

// taken reads a row; a row that is not there counts as -1.
func taken(ctx context.Context, db store.DBTX, name string) (n int, err error) {
	err = db.QueryRowContext(ctx, "SELECT coalesce(max(taken), -1) FROM turns WHERE name = $1", name).Scan(&n)
	return n, err
}

func wantTaken(t *testing.T, b store.Backend, name string, want int) {
	t.Helper()
	if got, err := taken(t.Context(), b.Reader(), name); err != nil || got != want {
		t.Errorf("row %q holds %d (%v), want %d", name, got, err, want)
	}
}

func mustPut(t *testing.T, b store.Backend, names ...string) {
	t.Helper()
	for _, name := range names {
		err := b.Write(t.Context(), func(ctx context.Context, tx store.DBTX) error { return put(ctx, tx, name) })
		if err != nil {
			t.Fatal(err)
		}
	}
}

// eventually asks again until done, for at most limit.
func eventually(t *testing.T, limit time.Duration, done func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("not within %s", limit)
		}
	}
}
