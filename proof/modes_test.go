package proof_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestModes starts the server with a umask that takes nothing away and looks at
// everything it makes (row B-10): only its own user may reach any of it.
func TestModes(t *testing.T) {
	t.Parallel()
	place := install(t)
	place.wrap = func(cmd *exec.Cmd) {
		cmd.Args = append([]string{"sh", "-c", `umask 000 && exec "$0" "$@"`, cmd.Path}, cmd.Args[1:]...)
		cmd.Path = "/bin/sh"
	}
	p := place.start()
	issueMany(p, platform, 50)
	place.run("", "keys", "rotate")
	checkModes(t, place.data)
	p.stop()
	checkModes(t, place.data)
}

// checkModes asks for 0700 of folders and 0600 of everything else.
func checkModes(t *testing.T, folder string) {
	t.Helper()
	seen := 0
	err := filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		want := os.FileMode(0o600)
		if e.IsDir() {
			want = 0o700
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %04o, want %04o", filepath.Base(path), got, want)
		}
		seen++
		return nil
	})
	must(t, err)
	if seen < 4 {
		t.Errorf("only %d files were found", seen)
	}
}
