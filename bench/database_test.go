package bench_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver of the raw look-ups and inserts
	_ "modernc.org/sqlite"

	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/store"
	"github.com/tokenwright/tokenwright/store/postgres"
	"github.com/tokenwright/tokenwright/store/sqlite"
	"github.com/tokenwright/tokenwright/token"
)

// database is one of the two databases with a store on it and a raw handle
// through the same driver.
type database struct {
	name  string
	store *store.Store
	raw   *sql.DB
	fill  func(b *testing.B, f token.Formats, n int)
}

// databases gives a fresh SQLite and a fresh PostgreSQL; the second skips
// where there is none. PostgreSQL runs with fsync on: a share of a durable
// insert means nothing without.
func databases(b *testing.B, each func(b *testing.B, db database)) {
	b.Run("sqlite", func(b *testing.B) { each(b, openSQLite(b)) })
	b.Run("postgres", func(b *testing.B) { each(b, openPostgres(b)) })
}

func openSQLite(b *testing.B) database {
	b.Helper()
	folder := b.TempDir()
	must(b, os.Chmod(folder, 0o700))
	path := filepath.Join(folder, "bench.db")
	s, err := sqlite.Open(context.Background(), path, sqlite.Options{})
	must(b, err)
	b.Cleanup(func() { _ = s.Close() })
	raw, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(60000)&_txlock=immediate")
	must(b, err)
	b.Cleanup(func() { _ = raw.Close() })
	return database{"SQLite", s, raw, func(b *testing.B, f token.Formats, n int) { fillSQLite(b, path, f, n) }}
}

func openPostgres(b *testing.B) database {
	b.Helper()
	url := pgtest.New(b, pgtest.Options{Durable: true}).Database(b, func(url string) error {
		s, err := postgres.Open(context.Background(), url, postgres.Options{})
		if err != nil {
			return err
		}
		return s.Close()
	})
	s, err := postgres.Open(context.Background(), url, postgres.Options{})
	must(b, err)
	b.Cleanup(func() { _ = s.Close() })
	raw, err := sql.Open("pgx", url)
	must(b, err)
	b.Cleanup(func() { _ = raw.Close() })
	return database{"PostgreSQL", s, raw, func(b *testing.B, f token.Formats, n int) { fillPostgres(b, url, f, n) }}
}

// sizes gives the table sizes to measure: BENCH_TOKENS, or 10 k and 1 M.
// 10 M is for asking: BENCH_TOKENS=10000,1000000,10000000.
func sizes(b *testing.B) []int {
	b.Helper()
	text := os.Getenv("BENCH_TOKENS")
	if text == "" {
		text = "10000,1000000"
	}
	var out []int
	for part := range strings.SplitSeq(text, ",") {
		n, err := strconv.Atoi(part)
		if err != nil || n < 1000 {
			b.Fatalf("BENCH_TOKENS must be numbers of at least 1000, separated by commas; got %q", part)
		}
		out = append(out, n)
	}
	return out
}

// human writes 10000 as "10 k".
func human(n int) string {
	switch {
	case n >= 1_000_000:
		return fmt.Sprintf("%d M", n/1_000_000)
	case n >= 1000:
		return fmt.Sprintf("%d k", n/1000)
	}
	return strconv.Itoa(n)
}
