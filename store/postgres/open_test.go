package postgres_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/store"
	"github.com/tokenwright/tokenwright/store/postgres"
	"github.com/tokenwright/tokenwright/token"
)

func TestManyNodesMayStartOnAnEmptyDatabaseAtOnce(t *testing.T) {
	cluster := pgtest.New(t, pgtest.Options{})
	address := cluster.Database(t, nil)
	var nodes sync.WaitGroup
	for range 5 {
		nodes.Go(func() {
			s, err := postgres.Open(t.Context(), address, postgres.Options{})
			if err != nil {
				t.Error(err)
				return
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	nodes.Wait()
}

func TestAnAddressThatCannotBeReadIsRefusedWithoutItsPassword(t *testing.T) {
	for _, tc := range []struct{ name, address, want string }{
		{"empty", "", "must begin with postgres://"},
		{"another database", "mysql://app:s3cr3t@db/tokens", "must begin with postgres://"},
		{"a list of words", "host=db password=s3cr3t", "must begin with postgres://"},
		{"a slash in the password", "postgres://app:s3cr3t/x@db/tokens", "%XX"},
		{"a percent sign in the password", "postgres://app:s3cr3t%@db/tokens", "%XX"},
		{"an unknown sslmode", "postgres://app:s3cr3t@db/tokens?sslmode=strong", "sslmode is invalid"},
		{"an unknown exec mode", "postgres://app:s3cr3t@db/tokens?default_query_exec_mode=fast", "default_query_exec_mode"},
		{"a time-out in words", "postgres://app@db/tokens?password=s3cr3t&connect_timeout=soon", "connect_timeout"},
		{"a port that is the password", "postgres://app:s3cr3t@db:s3cr3t/tokens", "%XX"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := postgres.Open(t.Context(), tc.address, postgres.Options{})
			if !errors.Is(err, token.ErrInvalid) {
				t.Fatalf("got %v, want ErrInvalid", err)
			}
			if !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%q does not say %q", err, tc.want)
			}
			for e := err; e != nil; e = errors.Unwrap(e) {
				if strings.Contains(e.Error(), "s3cr3t") {
					t.Errorf("%q holds the password", e)
				}
			}
		})
	}
}

func TestADatabaseThatCannotBeUsedIsNamedWithoutThePassword(t *testing.T) {
	address := with(t, pgtest.Start(t).URL("no_such_database"), "password", "s3cr3t")
	_, err := postgres.Open(t.Context(), address, postgres.Options{})
	if !errors.Is(err, token.ErrUnavailable) {
		t.Fatalf("got %v, want ErrUnavailable", err)
	}
	for _, want := range []string{"no_such_database", "app", "does not exist"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not say %q", err, want)
		}
	}
	if strings.Contains(err.Error(), "s3cr3t") || strings.Contains(token.Cause(err).Error(), "s3cr3t") {
		t.Errorf("%q holds the password", err)
	}
}

func TestReadsCannotWrite(t *testing.T) {
	b := fresh(t, postgres.Options{})
	if err := put(t.Context(), b.Reader(), "a"); err == nil {
		t.Error("a row was written through the pool for reads")
	}
	wantTaken(t, b, "a", -1)
}

func TestTheServerKnowsTheDeadline(t *testing.T) {
	b := fresh(t, postgres.Options{})
	err := b.Write(t.Context(), func(ctx context.Context, tx store.DBTX) error {
		for _, name := range []string{"statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"} {
			if got := setting(ctx, t, tx, name); got != "5s" {
				t.Errorf("%s is %s, want 5s", name, got)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestSettingsOfTheAddressWin(t *testing.T) {
	address := with(t, migrated(t, pgtest.Start(t)), "synchronous_commit", "remote_apply")
	b, _ := node(t, with(t, address, "lock_timeout", "700ms"), postgres.Options{})
	for name, want := range map[string]string{"synchronous_commit": "remote_apply", "lock_timeout": "700ms"} {
		if got := setting(t.Context(), t, b.Reader(), name); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}

func TestNothingStaysInTheSessionBehindAPooler(t *testing.T) {
	for _, mode := range []string{"exec", "cache_describe", "simple_protocol"} {
		t.Run(mode, func(t *testing.T) {
			address := with(t, migrated(t, pgtest.Start(t)), "default_query_exec_mode", mode)
			b, _ := node(t, address, postgres.Options{ReadConns: 1})
			mustPut(t, b, "a")
			wantTaken(t, b, "a", 0)
			if got := setting(t.Context(), t, b.Reader(), "statement_timeout"); got != "0" {
				t.Errorf("statement_timeout is %s, want the server's own", got)
			}
			var prepared int
			if err := b.Reader().QueryRowContext(t.Context(), "SELECT count(*) FROM pg_prepared_statements WHERE name <> ''").Scan(&prepared); err != nil || prepared != 0 {
				t.Errorf("%d prepared statements (%v), want none", prepared, err)
			}
		})
	}
}

func setting(ctx context.Context, t *testing.T, db store.DBTX, name string) (value string) {
	t.Helper()
	if err := db.QueryRowContext(ctx, "SELECT current_setting($1)", name).Scan(&value); err != nil {
		t.Error(err)
	}
	return value
}
