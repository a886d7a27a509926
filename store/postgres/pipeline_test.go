package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/tokenwright/tokenwright/store"
	"github.com/tokenwright/tokenwright/store/postgres"
	"github.com/tokenwright/tokenwright/token"
)

const putRow = "INSERT INTO turns (name, taken) VALUES ($1, 0)"

// A statement that nobody asked about fails at the latest with its
// transaction, and with its own error however it comes to light.
func TestAFailedStatementIsReportedWhereverItComesToLight(t *testing.T) {
	for _, tc := range []struct {
		name string
		then func(ctx context.Context, tx store.DBTX) error
	}{
		{"at the end", func(context.Context, store.DBTX) error { return nil }},
		{"at the next statement", func(ctx context.Context, tx store.DBTX) error { return put(ctx, tx, "b") }},
		{"at a row", func(ctx context.Context, tx store.DBTX) error {
			_, err := taken(ctx, tx, "a")
			return err
		}},
		{"at rows", func(ctx context.Context, tx store.DBTX) error {
			rows, err := tx.QueryContext(ctx, "SELECT name FROM turns")
			if err != nil {
				return err
			}
			defer rows.Close()
			return rows.Err()
		}},
		{"when preparing", func(ctx context.Context, tx store.DBTX) error {
			statement, err := tx.PrepareContext(ctx, "SELECT name FROM turns")
			if err != nil {
				return err
			}
			defer statement.Close()
			return nil
		}},
		{"after many more", func(ctx context.Context, tx store.DBTX) error {
			for n := range 200 {
				if _, err := tx.ExecContext(ctx, putRow, fmt.Sprint("c", n)); err != nil {
					return err
				}
			}
			return nil
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := fresh(t, postgres.Options{})
			mustPut(t, b, "a")
			err := b.Write(t.Context(), func(ctx context.Context, tx store.DBTX) error {
				if _, err := tx.ExecContext(ctx, putRow, "before"); err != nil {
					return err
				}
				if _, err := tx.ExecContext(ctx, putRow, "a"); err != nil {
					return err
				}
				return tc.then(ctx, tx)
			})
			if !errors.Is(b.Map(err), token.ErrExists) {
				t.Errorf("got %v, want ErrExists", err)
			}
			wantTaken(t, b, "before", -1)
		})
	}
}

func TestEveryStatementKnowsItsOwnRows(t *testing.T) {
	b := fresh(t, postgres.Options{})
	err := b.Write(t.Context(), func(ctx context.Context, tx store.DBTX) error {
		for _, tc := range []struct {
			statement string
			want      int64
		}{
			{"INSERT INTO turns VALUES ('a', 0), ('b', 0), ('c', 0)", 3},
			{"INSERT INTO turns VALUES ('a', 1) ON CONFLICT (name) DO NOTHING", 0},
			{"UPDATE turns SET taken = 2 WHERE name IN ('b', 'c')", 2},
		} {
			result, err := tx.ExecContext(ctx, tc.statement)
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, putRow, token.NewID()); err != nil { // travels in between
				return err
			}
			if got, err := result.RowsAffected(); err != nil || got != tc.want {
				t.Errorf("%s: %d rows (%v), want %d", tc.statement, got, err, tc.want)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	wantTaken(t, b, "b", 2)
}

func TestAQuerySeesTheStatementsBeforeIt(t *testing.T) {
	b := fresh(t, postgres.Options{})
	err := b.Write(t.Context(), func(ctx context.Context, tx store.DBTX) error {
		if _, err := tx.ExecContext(ctx, putRow, "a"); err != nil {
			return err
		}
		if n, err := taken(ctx, tx, "a"); err != nil || n != 0 {
			t.Errorf("got %d (%v), want the row of this transaction", n, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
