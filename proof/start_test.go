package proof_test

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/server"
)

// spoil does something to a file.
type spoil struct {
	how string
	do  func(path string) error
}

// spoils are what happens to files that a server needs (row K-16). Each takes
// a file that is good.
func spoils() []spoil {
	return []spoil{
		{"missing", os.Remove},
		{"empty", func(path string) error { return os.Truncate(path, 0) }},
		{"cut", func(path string) error { return os.Truncate(path, 19) }},
		{"a folder", func(path string) error { return replaced(path, os.Mkdir(path+".new", 0o700)) }},
		{"a dangling link", func(path string) error { return replaced(path, os.Symlink(path+".gone", path+".new")) }},
		{"open to its group", func(path string) error { return os.Chmod(path, 0o640) }},
		{"open to all", func(path string) error { return os.Chmod(path, 0o644) }},
	}
}

// replaced puts what was made beside a file in its place.
func replaced(path string, err error) error {
	if err != nil {
		return err
	}
	if err := os.Remove(path); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// TestStart spoils one file after the other of an installation that has run,
// and starts it again: it must end with a status that is not 0, before it
// listens, name the file, and put nothing in its place.
func TestStart(t *testing.T) {
	t.Parallel()
	for _, file := range []struct {
		name string
		path func(*installation) string
		// harmless are spoils that this file survives.
		harmless []string
	}{
		{"the key in the data folder", func(i *installation) string { return filepath.Join(i.data, server.KeyFileName) }, nil},
		{"the configured key", func(i *installation) string { return filepath.Join(filepath.Dir(i.data), "key") }, nil},
		{"the pepper", func(i *installation) string { return filepath.Join(filepath.Dir(i.data), "pepper") }, nil},
		{
			"the configuration", func(i *installation) string { return filepath.Join(filepath.Dir(i.data), "own.yaml") },
			[]string{"open to its group", "open to all"}, // it holds no secret
		},
	} {
		t.Run(file.name, func(t *testing.T) {
			t.Parallel()
			whole := prepared(t, file.name)
			whole.start().stop()
			for _, one := range spoils() {
				if slices.Contains(file.harmless, one.how) {
					continue
				}
				t.Run(one.how, func(t *testing.T) {
					broken := prepared(t, file.name)
					copyAll(t, whole.data, broken.data)
					for _, name := range []string{"key", "pepper", "own.yaml"} {
						copyFile(t, filepath.Join(filepath.Dir(whole.data), name), filepath.Join(filepath.Dir(broken.data), name))
					}
					path := file.path(broken)
					must(t, one.do(path))
					refusesToStart(t, broken, path)
				})
			}
		})
	}
}

// prepared gives an installation that uses the named file.
func prepared(t *testing.T, file string) *installation {
	t.Helper()
	place := install(t)
	folder := filepath.Dir(place.data)
	write := func(name, content string) {
		must(t, os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600))
	}
	switch file {
	case "the configured key":
		write("key", randomKey())
		place.config += "secrets: {key_file: key}\n"
	case "the pepper":
		write("pepper", randomKey())
		place.config += "secrets: {pepper_file: pepper}\n"
	case "the configuration":
		write("own.yaml", manyRequests)
		place.args = append(place.args, "--config", filepath.Join(folder, "own.yaml"))
	}
	return place
}

func randomKey() string {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never returns an error
	return base64.StdEncoding.EncodeToString(key) + "\n"
}

// refusesToStart starts a server that must end by itself.
func refusesToStart(t *testing.T, place *installation, path string) {
	t.Helper()
	before, _ := os.ReadFile(path)
	place.t = t
	p := place.launch()
	select {
	case <-p.ended:
	case <-time.After(patience):
		t.Fatalf("it goes on\n%s", p.said.tail())
	}
	said := string(p.said.all())
	if code := p.cmd.ProcessState.ExitCode(); code < 1 || code > 3 {
		t.Errorf("exit status %d\n%s", code, said)
	}
	if strings.Contains(said, `"listening"`) {
		t.Errorf("it listened before it ended:\n%s", said)
	}
	if !strings.Contains(said, filepath.Base(path)) {
		t.Errorf("it does not name %s:\n%s", filepath.Base(path), said)
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Error("something else was put in its place")
	}
}

// TestASecondServerOnTheSameFolderRefuses starts two servers on one data
// folder (row K-14), also when the first has just been killed and a third one
// takes over.
func TestASecondServerOnTheSameFolderRefuses(t *testing.T) {
	t.Parallel()
	place := install(t)
	first := place.start()
	refusesToStart(t, place, filepath.Join(place.data, "tokenwright.db"))
	first.alive()
	if status := first.status("/readyz"); status != http.StatusOK {
		t.Errorf("the first server answers %d afterwards", status)
	}
	first.kill()
	place.start().stop()
}

// TestADatabaseThatIsDamagedIsRefused opens files that are no database, and
// ones that others may read (rows B-10 and K-05).
func TestADatabaseThatIsDamagedIsRefused(t *testing.T) {
	t.Parallel()
	whole := install(t)
	whole.start().stop()
	for _, one := range []spoil{
		{"junk", func(path string) error { return os.WriteFile(path, bytes.Repeat([]byte("junk "), 10_000), 0o600) }},
		{"a damaged schema", func(path string) error { return overwrite(path, 100, bytes.Repeat([]byte{0xff}, 3000)) }},
		{"open to all", func(path string) error { return os.Chmod(path, 0o644) }},
		{"a folder", func(path string) error { return replaced(path, os.Mkdir(path+".new", 0o700)) }},
	} {
		t.Run(one.how, func(t *testing.T) {
			broken := install(t)
			copyAll(t, whole.data, broken.data)
			path := filepath.Join(broken.data, "tokenwright.db")
			must(t, one.do(path))
			refusesToStart(t, broken, path)
		})
	}
}

// overwrite changes bytes in the middle of a file.
func overwrite(path string, at int64, with []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	if _, err := file.WriteAt(with, at); err != nil {
		return err
	}
	return file.Close()
}

// TestAWrongFlagIsWrongUse ends with status 2, as scripts expect.
func TestAWrongFlagIsWrongUse(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"serve", "--no-such-flag"}, {"serve", "extra"}, {"no-such-command"}} {
		cmd := exec.Command(built.path(t), args...)
		cmd.Env = cleanEnvironment()
		if _ = cmd.Run(); cmd.ProcessState.ExitCode() != 2 {
			t.Errorf("%v: exit status %d", args, cmd.ProcessState.ExitCode())
		}
	}
}
