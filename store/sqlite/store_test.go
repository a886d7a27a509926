package sqlite_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/tokenwright/tokenwright/store"
	"github.com/tokenwright/tokenwright/store/sqlite"
	"github.com/tokenwright/tokenwright/store/storetest"
)

func TestSQLiteDoesWhatEveryStoreDoes(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "tokens.db")
	s, err := sqlite.Open(t.Context(), empty, sqlite.Options{})
	must(t, err)
	must(t, s.Close())
	storetest.Run(t, func(t *testing.T) *store.Store {
		t.Helper()
		return open(t, copyOf(t, empty))
	})
}

// copyOf copies a database that is not open: to migrate one for each behaviour
// would take longer than the behaviours.
func copyOf(t *testing.T, path string) string {
	t.Helper()
	if _, err := os.Stat(path + "-wal"); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("%s is open: %v", path, err)
	}
	whole, err := os.ReadFile(path)
	must(t, err)
	copied := filepath.Join(t.TempDir(), "tokens.db")
	must(t, os.WriteFile(copied, whole, 0o600))
	return copied
}

// open opens a database and closes it when the test ends.
func open(t *testing.T, path string) *store.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path, sqlite.Options{})
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
