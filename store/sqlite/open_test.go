package sqlite_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/store/sqlite"
	"github.com/tokenwright/tokenwright/token"
)

func TestASecondOpenIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens.db")
	first := open(t, path)
	refusesToOpen(t, path, "another process has the database open")
	must(t, first.Ping(t.Context()))
}

func TestASecondOpenByAnotherNameIsRefused(t *testing.T) {
	path, link := filepath.Join(t.TempDir(), "tokens.db"), filepath.Join(t.TempDir(), "link.db")
	must(t, os.Symlink(path, link))
	first := open(t, path)
	refusesToOpen(t, link, "another process has the database open")
	if err := sqlite.Check(t.Context(), link); err == nil || !strings.Contains(err.Error(), "has the database open") {
		t.Errorf("check by another name: %v", err)
	}
	must(t, first.Ping(t.Context()))
}

func TestADatabaseOpensAgainAfterItWasClosed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens.db")
	for range 3 {
		s, err := sqlite.Open(t.Context(), path, sqlite.Options{Readers: 1})
		must(t, err)
		user := token.User{Ref: "user:default/alice"}
		if err := s.AddUser(t.Context(), user, token.Principal{}); err != nil && !errors.Is(err, token.ErrExists) {
			t.Fatal(err)
		}
		users, err := s.ListUsers(t.Context())
		must(t, err)
		if len(users) != 1 {
			t.Fatalf("%d users, want 1", len(users))
		}
		must(t, s.Close())
		for _, left := range []string{"-wal", "-shm"} {
			if _, err := os.Stat(path + left); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s was left behind: %v", left, err)
			}
		}
	}
}

func TestFilesAreForTheirOwnerAlone(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "new", "state")
	s := open(t, filepath.Join(folder, "tokens.db"))
	must(t, s.Ping(t.Context()))
	mustMode(t, folder, 0o700)
	entries, err := os.ReadDir(folder)
	must(t, err)
	if len(entries) < 4 {
		t.Errorf("%d files, want the database, -wal, -shm and .lock", len(entries))
	}
	for _, e := range entries {
		mustMode(t, filepath.Join(folder, e.Name()), 0o600)
	}
}

func mustMode(t *testing.T, path string, want fs.FileMode) {
	t.Helper()
	info, err := os.Stat(path)
	must(t, err)
	if got := info.Mode().Perm(); got != want {
		t.Errorf("mode of %s is %o, want %o", path, got, want)
	}
}

func TestFilesThatOthersReachAreRefused(t *testing.T) {
	readable := filepath.Join(t.TempDir(), "tokens.db")
	must(t, os.WriteFile(readable, nil, 0o600))
	must(t, os.Chmod(readable, 0o640))
	refusesToOpen(t, readable, "chmod 600")

	folder := t.TempDir()
	must(t, os.Chmod(folder, 0o777))
	refusesToOpen(t, filepath.Join(folder, "tokens.db"), "chmod go-w")
	must(t, os.Chmod(folder, 0o777|fs.ModeSticky))
	open(t, filepath.Join(folder, "tokens.db"))
}

func TestAFileThatIsNoDatabaseIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens.db")
	must(t, os.WriteFile(path, []byte(strings.Repeat("not a database ", 1000)), 0o600))
	refusesToOpen(t, path, "is not a database")
	refusesToOpen(t, filepath.Dir(path), "is a directory")
}

func refusesToOpen(t *testing.T, path, want string) {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err == nil {
		_ = s.Close()
		t.Fatalf("%s was opened", path)
	}
	if !strings.Contains(err.Error(), want) {
		t.Errorf("error is %q, want it to say %q", err, want)
	}
}

func TestPathsMayHoldAnyCharacter(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a b?c#d%20e&mode=memory", "tökens.db")
	must(t, open(t, path).Ping(t.Context()))
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

func TestAClosedStoreIsUnavailable(t *testing.T) {
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "tokens.db"), sqlite.Options{})
	must(t, err)
	must(t, s.Close())
	err = s.AddUser(t.Context(), token.User{Ref: "user:default/alice"}, token.Principal{})
	if !errors.Is(err, token.ErrUnavailable) {
		t.Errorf("writing: %v, want %v", err, token.ErrUnavailable)
	}
}

func TestAChangeThatWasGivenUpBeforeItBeganDoesNotHappen(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "tokens.db"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := s.AddUser(ctx, token.User{Ref: "user:default/alice"}, token.Principal{})
	if err != nil && !errors.Is(err, token.ErrUnavailable) {
		t.Errorf("error is %v, want %v", err, token.ErrUnavailable)
	}
	_, found := s.FindUser(t.Context(), "user:default/alice")
	if (err == nil) != (found == nil) {
		t.Errorf("the change said %v, the record %v", err, found)
	}
}
