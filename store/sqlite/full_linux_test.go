package sqlite_test

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/tokenwright/tokenwright/token"
)

// TestAFullDiskHealsWithoutARestart fills a small file system to its last
// byte: changes are unavailable and do not happen, reading goes on, and once
// there is room again changes work (K-04).
func TestAFullDiskHealsWithoutARestart(t *testing.T) {
	folder := t.TempDir()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size=4m,mode=700"); err != nil {
		t.Skipf("needs the right to mount a file system: %v", err)
	}
	t.Cleanup(func() { must(t, syscall.Unmount(folder, syscall.MNT_DETACH)) })
	s := open(t, filepath.Join(folder, "tokens.db"))
	add := func(ref string) error { return s.AddUser(t.Context(), token.User{Ref: ref}, token.Principal{}) }
	must(t, add("user:default/before"))

	ballast := filepath.Join(folder, "ballast")
	fill(t, ballast)
	kept := 1
	for i := range 1000 {
		err := add(token.NewID())
		if err == nil {
			kept++ // there is room inside files of a fixed size
			continue
		}
		if !errors.Is(err, token.ErrUnavailable) {
			t.Fatalf("change %d: %v, want %v", i, err, token.ErrUnavailable)
		}
		break
	}
	if err := s.Ping(t.Context()); !errors.Is(err, token.ErrUnavailable) {
		t.Errorf("ping on a full disk: %v, want %v", err, token.ErrUnavailable)
	}
	if _, err := s.FindUser(t.Context(), "user:default/before"); err != nil {
		t.Errorf("reading on a full disk: %v", err)
	}

	must(t, os.Remove(ballast))
	must(t, s.Ping(t.Context()))
	must(t, add("user:default/after"))
	users, err := s.ListUsers(t.Context())
	must(t, err)
	if len(users) != kept+1 {
		t.Errorf("%d users, want the %d that were acknowledged", len(users), kept+1)
	}
}

// fill writes a file until there is no room left.
func fill(t *testing.T, path string) {
	t.Helper()
	file, err := os.Create(path)
	must(t, err)
	for block := make([]byte, 4096); err == nil; {
		_, err = file.Write(block)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	must(t, file.Close())
}
