package postgres_test

import (
	"testing"

	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/store"
	"github.com/tokenwright/tokenwright/store/postgres"
	"github.com/tokenwright/tokenwright/store/storetest"
)

func TestStore(t *testing.T) {
	cluster := pgtest.Start(t)
	storetest.Run(t, func(t *testing.T) *store.Store { return storeOn(t, migrated(t, cluster)) })
}

// TestStoreBehindAPooler runs the suite as behind PgBouncer: parameters are
// sent in another form then, and nothing is prepared.
func TestStoreBehindAPooler(t *testing.T) {
	cluster := pgtest.Start(t)
	storetest.Run(t, func(t *testing.T) *store.Store {
		return storeOn(t, with(t, migrated(t, cluster), "default_query_exec_mode", "exec"))
	})
}

// storeOn opens a store and closes it with the test.
func storeOn(t testing.TB, address string) *store.Store {
	t.Helper()
	s, err := postgres.Open(t.Context(), address, postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}
