package sqlite_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/store"
	"github.com/tokenwright/tokenwright/store/sqlite"
	"github.com/tokenwright/tokenwright/token"
)

// Most of the time no token waits to be settled. SQLite takes a table that was
// empty when it was analyzed for a long one; a list must begin with it all the
// same, and not look each of a million tokens up in it.
func TestAListNeverLooksEachTokenUpAmongThoseThatWait(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens.db")
	open(t, path)
	pretendMillions(t, path)
	file := openFile(t, path) // what was analyzed is read when a file is opened
	backend, err := sqlite.OpenBackend(t.Context(), filepath.Join(t.TempDir(), "other.db"))
	must(t, err)
	t.Cleanup(func() { must(t, backend.Close()) })
	read := &recorder{DBTX: backend.Reader()}
	s := store.New(recorded{backend, read}, new(store.Bell))
	asked := 0
	for _, q := range listQueries() {
		read.asked = nil
		_, err := s.ListTokens(t.Context(), q)
		must(t, err)
		for _, one := range read.asked {
			if strings.Contains(one.text, "unsettled u") {
				asked++
				for _, step := range explain(t, file, one) {
					if strings.Contains(step, " u USING") && strings.Contains(step, "token_id=?") {
						t.Errorf("%+v: %s", q, step)
					}
				}
			}
		}
	}
	if asked < len(listQueries()) {
		t.Errorf("%d statements named those that wait", asked)
	}
}

func openFile(t *testing.T, path string) *sql.DB {
	t.Helper()
	file, err := sql.Open("sqlite", "file:"+path)
	must(t, err)
	t.Cleanup(func() { _ = file.Close() })
	return file
}

// pretendMillions has SQLite take the table of tokens for a long one.
func pretendMillions(t *testing.T, path string) {
	t.Helper()
	file := openFile(t, path)
	for _, statement := range []string{
		"ANALYZE",
		"DELETE FROM sqlite_stat1",
		`INSERT INTO sqlite_stat1 (tbl, idx, stat)
			SELECT 'tokens', name, '1000000 10000 1 1 1' FROM sqlite_master WHERE type = 'index' AND tbl_name = 'tokens'`,
	} {
		_, err := file.ExecContext(t.Context(), statement)
		must(t, err)
	}
	must(t, file.Close())
}

func listQueries() []token.Query {
	base := token.Query{Kind: token.KindService, Limit: 50, Now: time.Now(), Notice: token.Notice{Window: time.Hour}}
	var all []token.Query
	for _, sort := range []token.SortBy{"", token.SortName, token.SortExpiresAt, token.SortLastUsedAt} {
		q := base
		q.Sort = sort
		all = append(all, q)
		q.Owner = "group:default/platform"
		all = append(all, q)
		q.Owner, q.States = "", []token.State{token.StateActive, token.StateRevoked}
		all = append(all, q)
	}
	return all
}

// recorded is a back end whose reads are recorded.
type recorded struct {
	store.Backend

	read *recorder
}

func (r recorded) Reader() store.DBTX { return r.read }

type recorder struct {
	store.DBTX

	asked []question
}

type question struct {
	text string
	args []any
}

func (r *recorder) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	r.asked = append(r.asked, question{query, args})
	return r.DBTX.QueryContext(ctx, query, args...)
}

// explain gives the steps of a statement.
func explain(t *testing.T, file *sql.DB, one question) (steps []string) {
	t.Helper()
	rows, err := file.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+one.text, one.args...)
	must(t, err)
	defer func() { must(t, rows.Close()) }()
	for rows.Next() {
		var id, parent, unused int
		var step string
		must(t, rows.Scan(&id, &parent, &unused, &step))
		steps = append(steps, step)
	}
	must(t, rows.Err())
	return steps
}
