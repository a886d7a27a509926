package sqlite_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/store/sqlite"
	"github.com/tokenwright/tokenwright/token"
)

func TestCheckFindsADamagedFile(t *testing.T) {
	path := damageable(t)
	must(t, sqlite.Check(t.Context(), path))
	content, err := os.ReadFile(path)
	must(t, err)
	must(t, os.WriteFile(path, content[:len(content)-4096], 0o600))
	if err := sqlite.Check(t.Context(), path); err == nil || !strings.Contains(err.Error(), "is damaged") {
		t.Errorf("a file cut short: %v", err)
	}
	s := open(t, filepath.Join(t.TempDir(), "tokens.db"))
	must(t, s.Ping(t.Context()))
}

// damageable writes a database with some users and closes it.
func damageable(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tokens.db")
	s, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	must(t, err)
	for range 200 {
		must(t, s.AddUser(t.Context(), token.User{Ref: token.NewID(), Name: strings.Repeat("x", 100)}, token.Principal{}))
	}
	must(t, s.Close())
	return path
}

// TestADamagedFileNeverPanics flips bits in copies of a database: it is
// refused, or it answers, or it says that it cannot (K-05).
func TestADamagedFileNeverPanics(t *testing.T) {
	clean, err := os.ReadFile(damageable(t))
	must(t, err)
	random := rand.New(rand.NewPCG(3, 4))
	path := filepath.Join(t.TempDir(), "tokens.db")
	refused := 0
	for range 60 {
		damaged := bytes.Clone(clean)
		for range 40 {
			damaged[random.IntN(len(damaged))] ^= 1 << random.IntN(8)
		}
		must(t, os.WriteFile(path, damaged, 0o600))
		s, err := sqlite.Open(t.Context(), path, sqlite.Options{Readers: 1})
		if err != nil {
			refused++
		} else {
			_, _ = s.ListUsers(t.Context())
			if _, err := s.FindUser(t.Context(), "user:default/nobody"); err == nil {
				t.Error("found a user that never existed")
			}
			_ = s.AddUser(t.Context(), token.User{Ref: token.NewID()}, token.Principal{})
			_ = s.Close() // a damaged file need not close well
		}
		must(t, errors.Join(os.RemoveAll(path+"-wal"), os.RemoveAll(path+"-shm")))
	}
	if refused == 0 {
		t.Error("no damaged file was refused")
	}
}
