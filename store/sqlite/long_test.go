package sqlite_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/store"
	"github.com/tokenwright/tokenwright/store/sqlite"
	"github.com/tokenwright/tokenwright/token"
)

// A change that takes longer than it may is undone: nobody else could write until
// it came to an end, and nobody waits for it any more.
func TestALongChangeEndsInItsTime(t *testing.T) {
	b, err := sqlite.OpenBackend(t.Context(), filepath.Join(t.TempDir(), "tokens.db"))
	must(t, err)
	defer func() { must(t, b.Close()) }()
	put := func(ctx context.Context, tx store.DBTX, name string) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO turns (name, taken) VALUES (?, 1)", name)
		return err
	}
	err = b.WriteLong(t.Context(), 100*time.Millisecond, func(ctx context.Context, tx store.DBTX) error {
		if err := put(ctx, tx, "long"); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO turns (name, taken) SELECT 'longer', count(*) FROM (
			WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000) SELECT i FROM n)`)
		return err
	})
	if !errors.Is(err, token.ErrUnavailable) {
		t.Errorf("the long change: %v", err)
	}
	must(t, b.Write(t.Context(), func(ctx context.Context, tx store.DBTX) error { return put(ctx, tx, "next") }))
	var names string
	must(t, b.Reader().QueryRowContext(t.Context(), "SELECT group_concat(name) FROM turns").Scan(&names))
	if names != "next" {
		t.Errorf("kept: %s", names)
	}
}
