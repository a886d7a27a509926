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

func TestErrorsHaveAMeaningByTheirCode(t *testing.T) {
	b := fresh(t, postgres.Options{})
	do := func(statement string, args ...any) func(context.Context, store.DBTX) error {
		return func(ctx context.Context, tx store.DBTX) error { return execute(ctx, tx, statement, args...) }
	}
	raise := func(code string) func(context.Context, store.DBTX) error {
		return do(fmt.Sprintf("DO $$ BEGIN RAISE EXCEPTION 'words' USING ERRCODE = '%s'; END $$", code))
	}
	slow := func(ctx context.Context, tx store.DBTX) error {
		return errors.Join(execute(ctx, tx, "SET LOCAL statement_timeout = '10ms'"), execute(ctx, tx, "SELECT pg_sleep(60)"))
	}
	for _, tc := range []struct {
		name string
		do   func(context.Context, store.DBTX) error
		want error // nil: no meaning, a fault of the program
	}{
		{"a name twice", do("INSERT INTO turns VALUES ('a', 0), ('a', 0)"), token.ErrExists},
		{"NUL in a text", do("INSERT INTO turns VALUES ($1, 0)", "a\x00b"), token.ErrInvalid},
		{"not UTF-8", do("INSERT INTO turns VALUES ($1, 0)", "a\xffb"), token.ErrInvalid},
		{"time is up", slow, token.ErrUnavailable},
		{"connection cut", do("SELECT pg_terminate_backend(pg_backend_pid())"), token.ErrUnavailable},
		{"server goes", raise("57P01"), token.ErrUnavailable},
		{"disk full", raise("53100"), token.ErrUnavailable},
		{"too many connections", raise("53300"), token.ErrUnavailable},
		{"lock not to be had", raise("55P03"), token.ErrUnavailable},
		{"demoted to a standby", raise("25006"), token.ErrUnavailable},
		{"input or output error", raise("58030"), token.ErrUnavailable},
		{"corrupt data", raise("XX001"), token.ErrUnavailable},
		{"a plan from before a migration", raise("0A000"), token.ErrUnavailable},
		{"a statement that is wrong", do("SELECT nothing FROM nowhere"), nil},
		{"a constraint of another sort", raise("23514"), nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := b.Map(b.Write(t.Context(), tc.do))
			switch {
			case err == nil:
				t.Error("no error")
			case tc.want != nil && !errors.Is(err, tc.want):
				t.Errorf("got %v, want one of meaning %v", err, tc.want)
			case tc.want == nil && token.ReasonOf(err) != "fault":
				t.Errorf("got %v, want a fault without a meaning", err)
			}
		})
	}
}

func TestAnEndedWaitIsNoAnswer(t *testing.T) {
	b := fresh(t, postgres.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := taken(ctx, b.Reader(), "a"); !errors.Is(b.Map(err), token.ErrUnavailable) {
		t.Errorf("got %v, want ErrUnavailable", err)
	}
}

func TestAMeaningIsGivenOnce(t *testing.T) {
	b := fresh(t, postgres.Options{})
	if err := token.NewError(token.ErrNameTaken, "taken", nil); !errors.Is(b.Map(err), error(err)) {
		t.Errorf("got %v, want the same error", b.Map(err))
	}
	if err := b.Map(nil); err != nil {
		t.Errorf("got %v for no error", err)
	}
}
