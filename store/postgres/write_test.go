package postgres_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/store"
	"github.com/tokenwright/tokenwright/store/postgres"
	"github.com/tokenwright/tokenwright/token"
)

func TestAnErrorOfTheChangeLeavesNothingBehindAndComesBackAsItIs(t *testing.T) {
	b := fresh(t, postgres.Options{})
	refusal := errors.New("the rules say no")
	err := b.Write(t.Context(), func(ctx context.Context, tx store.DBTX) error {
		if err := put(ctx, tx, "a"); err != nil {
			return err
		}
		return refusal
	})
	if err != refusal { //nolint:errorlint // as it is, not wrapped
		t.Errorf("got %v, want the change's own error", err)
	}
	wantTaken(t, b, "a", -1)
}

func TestAChangeThatHidesAFailedStatementIsNotCommitted(t *testing.T) {
	b := fresh(t, postgres.Options{})
	err := b.Write(t.Context(), func(ctx context.Context, tx store.DBTX) error {
		if err := put(ctx, tx, "a"); err != nil {
			return err
		}
		_ = put(ctx, tx, "a") // taken; the server answers COMMIT with a silent rollback from here on
		return nil
	})
	if err == nil {
		t.Error("a transaction that was rolled back was reported as committed")
	}
	wantTaken(t, b, "a", -1)
}

func TestAPanicOfTheChangeHoldsNoLock(t *testing.T) {
	b := fresh(t, postgres.Options{WriteConns: 1})
	mustPut(t, b, "a")
	func() {
		defer func() { _ = recover() }()
		_ = b.Write(t.Context(), func(ctx context.Context, tx store.DBTX) error {
			if err := add(ctx, tx, "a", 1); err != nil {
				return err
			}
			panic("a fault of the program")
		})
	}()
	if err := b.Write(t.Context(), func(ctx context.Context, tx store.DBTX) error { return add(ctx, tx, "a", 5) }); err != nil {
		t.Error(err)
	}
	wantTaken(t, b, "a", 5)
}

func TestTheCallersEndDoesNotInterruptAChange(t *testing.T) {
	b := fresh(t, postgres.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	err := b.Write(ctx, func(ctx context.Context, tx store.DBTX) error {
		cancel()
		return put(ctx, tx, "a")
	})
	if err != nil && !errors.Is(err, token.ErrUnavailable) {
		t.Errorf("got %v, want nil or ErrUnavailable", err)
	}
	eventually(t, patience, func() bool {
		n, err := taken(t.Context(), b.Reader(), "a")
		return err == nil && n == 0
	})
}

func TestACallerThatIsGoneBeforeTheChangeBeginsChangesNothing(t *testing.T) {
	b := fresh(t, postgres.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := b.Write(ctx, func(context.Context, store.DBTX) error {
		t.Error("the change ran")
		return nil
	})
	if !errors.Is(err, token.ErrUnavailable) {
		t.Errorf("got %v, want ErrUnavailable", err)
	}
}

// together lets the first run of each of two changes reach the same point
// before either goes on.
func together() func(run int) {
	var both sync.WaitGroup
	both.Add(2)
	return func(run int) {
		if run == 1 {
			both.Done()
			both.Wait()
		}
	}
}

func TestAChangeRunsAgainAfterASerialisationFailure(t *testing.T) {
	address := with(t, migrated(t, pgtest.Start(t)), "default_transaction_isolation", "serializable")
	b, _ := node(t, address, postgres.Options{})
	mustPut(t, b, "a")
	meet := together()
	runs := inParallel(t, b, func(run, _ int, ctx context.Context, tx store.DBTX) error {
		n, err := taken(ctx, tx, "a")
		if err != nil {
			return err
		}
		meet(run)
		_, err = tx.ExecContext(ctx, "UPDATE turns SET taken = $1 WHERE name = 'a'", n+1)
		return err
	})
	if runs < 3 {
		t.Errorf("%d runs of two changes that read the same row, want at least 3", runs)
	}
	wantTaken(t, b, "a", 2)
}

func TestAChangeRunsAgainAfterADeadlock(t *testing.T) {
	address := with(t, migrated(t, pgtest.Start(t)), "deadlock_timeout", "20ms")
	b, _ := node(t, address, postgres.Options{})
	mustPut(t, b, "a", "b")
	meet := together()
	runs := inParallel(t, b, func(run, which int, ctx context.Context, tx store.DBTX) error {
		order := []string{"a", "b"}
		if err := add(ctx, tx, order[which], 1); err != nil {
			return err
		}
		meet(run)
		return add(ctx, tx, order[1-which], 1)
	})
	if runs < 3 {
		t.Errorf("%d runs of two changes that block each other, want at least 3", runs)
	}
	wantTaken(t, b, "a", 2)
	wantTaken(t, b, "b", 2)
}

// inParallel writes two changes at once and counts their runs.
func inParallel(t *testing.T, b store.Backend, do func(run, which int, ctx context.Context, tx store.DBTX) error) int {
	t.Helper()
	var total atomic.Int64
	var writers sync.WaitGroup
	for which := range 2 {
		writers.Go(func() {
			run := 0
			err := b.Write(t.Context(), func(ctx context.Context, tx store.DBTX) error {
				run++
				total.Add(1)
				return do(run, which, ctx, tx)
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	writers.Wait()
	return int(total.Load())
}

func TestOneWriteTooManyIsRefusedAtOnce(t *testing.T) {
	b := fresh(t, postgres.Options{WriteQueue: 1})
	err := b.Write(t.Context(), func(ctx context.Context, tx store.DBTX) error {
		second := b.Write(t.Context(), func(context.Context, store.DBTX) error { return nil })
		if !errors.Is(second, token.ErrUnavailable) {
			t.Errorf("the second write: got %v, want ErrUnavailable", second)
		}
		return put(ctx, tx, "a")
	})
	if err != nil {
		t.Error(err)
	}
}

func TestCloseLetsARunningWriteEnd(t *testing.T) {
	address := migrated(t, pgtest.Start(t))
	b, err := postgres.OpenBackend(t.Context(), address, postgres.Options{}, &store.Bell{})
	if err != nil {
		t.Fatal(err)
	}
	closed := make(chan error)
	err = b.Write(t.Context(), func(ctx context.Context, tx store.DBTX) error {
		go func() { closed <- b.Close() }()
		eventually(t, patience, func() bool { // until Close has shut the door
			return b.Write(ctx, func(context.Context, store.DBTX) error { return nil }) != nil
		})
		return put(ctx, tx, "a")
	})
	if err := errors.Join(err, <-closed); err != nil {
		t.Error(err)
	}
	again, _ := node(t, address, postgres.Options{})
	wantTaken(t, again, "a", 0)
}
