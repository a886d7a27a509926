package postgres_test

import (
	"database/sql"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/internal/pgtest"
)

// Every issue near a limit counts the lines that an import keeps aside for its
// owner: it must not read those of all others.
func TestTheLinesOfOneOwnerAreFoundByAnIndex(t *testing.T) {
	pool, err := sql.Open("pgx", migrated(t, pgtest.Start(t)))
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	var keys string
	err = pool.QueryRowContext(t.Context(), `SELECT coalesce(string_agg(indexdef, '; '), '') FROM pg_indexes WHERE tablename = 'import_lines'`).Scan(&keys)
	if err != nil || !strings.Contains(keys, "(kind, owner)") {
		t.Errorf("the indexes are %s, %v", keys, err)
	}
}
