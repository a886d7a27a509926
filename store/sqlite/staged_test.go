package sqlite_test

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
)

// Every issue near a limit counts the lines that an import keeps aside for its
// owner, inside the one writer: it must not read those of all others.
func TestTheLinesOfOneOwnerAreFoundByAnIndex(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens.db")
	open(t, path)
	file, err := sql.Open("sqlite", "file:"+path)
	must(t, err)
	t.Cleanup(func() { must(t, file.Close()) })
	var id, parent, unused int
	var plan string
	must(t, file.QueryRowContext(t.Context(), `EXPLAIN QUERY PLAN SELECT count(*) FROM import_lines l WHERE l.kind = 'service' AND l.owner = 'x'`).
		Scan(&id, &parent, &unused, &plan))
	if !strings.Contains(plan, "SEARCH") || !strings.Contains(plan, "(kind=? AND owner=?)") {
		t.Errorf("the plan is %s", plan)
	}
}
