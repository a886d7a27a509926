package postgres_test

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"testing"

	"github.com/tokenwright/tokenwright/store"
	"github.com/tokenwright/tokenwright/store/postgres"
	"github.com/tokenwright/tokenwright/token"
)

// bothWays runs a check on both ways to ask: outside of a transaction and in
// one, behind a statement that has not left yet.
func bothWays(t *testing.T, check func(ctx context.Context, t *testing.T, db store.DBTX)) {
	t.Helper()
	b := fresh(t, postgres.Options{})
	t.Run("read", func(t *testing.T) { check(t.Context(), t, b.Reader()) })
	t.Run("write", func(t *testing.T) {
		err := b.Write(t.Context(), func(ctx context.Context, tx store.DBTX) error {
			if _, err := tx.ExecContext(ctx, putRow, "before"); err != nil {
				return err
			}
			check(ctx, t, tx)
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestValuesArriveAsTheyAreStored(t *testing.T) {
	bothWays(t, func(ctx context.Context, t *testing.T, db store.DBTX) {
		var (
			text        string
			number, sum int64
			none        sql.NullInt64
			bytes       []byte
			yes         bool
		)
		err := db.QueryRowContext(ctx, `SELECT 'é', cast($1 AS bigint), cast(NULL AS bigint), cast($2 AS bytea), 1 < 2, sum(n)
			FROM (VALUES (cast(2 AS bigint)), (3)) AS v (n)`, int64(1)<<62, []byte{0, 0xff}).
			Scan(&text, &number, &none, &bytes, &yes, &sum)
		if err != nil {
			t.Fatal(err)
		}
		if text != "é" || number != 1<<62 || none.Valid || !slices.Equal(bytes, []byte{0, 0xff}) || !yes || sum != 5 {
			t.Errorf("got %q %d %v %x %t %d", text, number, none, bytes, yes, sum)
		}
	})
}

func TestNoRowsIsNoFailure(t *testing.T) {
	bothWays(t, func(ctx context.Context, t *testing.T, db store.DBTX) {
		const nobody = "SELECT name FROM turns WHERE name = 'nobody'"
		if err := db.QueryRowContext(ctx, nobody).Scan(new(string)); !errors.Is(err, sql.ErrNoRows) {
			t.Errorf("a row: got %v, want ErrNoRows", err)
		}
		rows, err := db.QueryContext(ctx, nobody)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		if rows.Next() || rows.Err() != nil {
			t.Errorf("rows: got one, or %v", rows.Err())
		}
	})
}

func TestRowsCanBeReadWhileTheNextStatementRuns(t *testing.T) {
	bothWays(t, func(ctx context.Context, t *testing.T, db store.DBTX) {
		rows, err := db.QueryContext(ctx, "SELECT n FROM generate_series(1, 3) AS n")
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		var got []int
		for rows.Next() {
			var n, again int
			if err := errors.Join(rows.Scan(&n), db.QueryRowContext(ctx, "SELECT cast($1 AS bigint)", n).Scan(&again)); err != nil {
				t.Fatal(err)
			}
			got = append(got, again)
		}
		if err := rows.Err(); err != nil || !slices.Equal(got, []int{1, 2, 3}) {
			t.Errorf("got %v (%v), want 1 to 3", got, err)
		}
	})
}

func TestAReadEndsAtTheDeadlineOfItsCaller(t *testing.T) {
	b := fresh(t, postgres.Options{Deadline: patience})
	sleep := func(ctx context.Context, seconds float64) error {
		return b.Reader().QueryRowContext(ctx, "SELECT 1 FROM pg_sleep($1)", seconds).Scan(new(int))
	}
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	if err := sleep(ctx, 10*soon.Seconds()); !errors.Is(b.Map(err), token.ErrUnavailable) {
		t.Errorf("got %v, want ErrUnavailable", err)
	}
	if err := sleep(t.Context(), 2*soon.Seconds()); err != nil {
		t.Errorf("the next read, with more time: %v", err)
	}
}
