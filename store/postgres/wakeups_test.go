package postgres_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/store"
	"github.com/tokenwright/tokenwright/store/postgres"
)

// awake is well below the second after which a waiter looks by itself.
const awake = 600 * time.Millisecond

// woken reports whether the bell rang before anybody had to poll.
func woken(t *testing.T, w *store.Watch) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), awake)
	defer cancel()
	return w.Wait(ctx) == nil
}

// wantRing waits for a ring however slow the machine is: each wait is too
// short to end by polling.
func wantRing(t *testing.T, w *store.Watch) {
	t.Helper()
	eventually(t, patience, func() bool { return woken(t, w) })
}

func call(t *testing.T, b store.Backend) {
	t.Helper()
	if err := b.Write(t.Context(), b.Notify); err != nil {
		t.Fatal(err)
	}
}

// listening waits until so many nodes are on the line and the ring that each
// begins with, since it cannot know what it missed, is over.
func listening(t *testing.T, address string, nodes int, bell *store.Bell) *store.Watch {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	eventually(t, patience, func() bool {
		var n int
		err := conn.QueryRow(t.Context(), "SELECT count(*) "+listeners).Scan(&n)
		return err == nil && n == nodes
	})
	w := bell.Watch()
	eventually(t, patience, func() bool { return !woken(t, w) })
	return w
}

const listeners = `FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'`

func TestTwoNodesWakeEachOther(t *testing.T) {
	address := migrated(t, pgtest.Start(t))
	one, bellOfOne := node(t, address, postgres.Options{})
	other, bellOfOther := node(t, address, postgres.Options{})
	atOne, atOther := listening(t, address, 2, bellOfOne), listening(t, address, 2, bellOfOther)
	for range 3 {
		call(t, one)
		wantRing(t, atOther)
		call(t, other)
		wantRing(t, atOne)
	}
}

func TestANodeIsNotWokenByItselfNorByWhatWasRolledBack(t *testing.T) {
	address := migrated(t, pgtest.Start(t))
	one, bell := node(t, address, postgres.Options{})
	other, _ := node(t, address, postgres.Options{})
	w := listening(t, address, 2, bell)
	call(t, one)
	refusal := errors.New("no")
	_ = other.Write(t.Context(), func(ctx context.Context, tx store.DBTX) error {
		return errors.Join(other.Notify(ctx, tx), refusal)
	})
	if woken(t, w) {
		t.Error("the bell rang")
	}
}

func TestALostListenerComesBack(t *testing.T) {
	address := migrated(t, pgtest.Start(t))
	_, bell := node(t, address, postgres.Options{})
	other, _ := node(t, address, postgres.Options{})
	w := listening(t, address, 2, bell)

	administer(t, address, "SELECT pg_terminate_backend(pid) "+listeners)
	wantRing(t, w) // on the return: calls may have been missed
	call(t, other)
	wantRing(t, w)
}
