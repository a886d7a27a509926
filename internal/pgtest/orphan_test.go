package pgtest_test

import (
	"bufio"
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/pgtest"
)

// childVariable tells a second run of this test program to be the process that
// gets killed.
const childVariable = "PGTEST_TO_BE_KILLED"

func TestNothingIsLeftOfAKilledTestProcess(t *testing.T) {
	pgtest.Start(t) // skips where there is no PostgreSQL
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestToBeKilled$", "-test.v")
	child.Env = append(os.Environ(), childVariable+"=1")
	output, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	folder := ""
	for lines := bufio.NewScanner(output); folder == "" && lines.Scan(); {
		_, _ = fmt.Sscanf(lines.Text(), "folder %s", &folder)
	}
	if _, err := os.Stat(folder); err != nil {
		t.Fatalf("the child's cluster: %v", err)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()

	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for exists(folder) {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("the server or its folder %s is still there", folder)
		}
	}
}

// exists reports whether the folder is there or a process still works in it.
func exists(folder string) bool {
	if _, err := os.Stat(folder); err == nil {
		return true
	}
	places, err := filepath.Glob("/proc/[0-9]*/cwd")
	if err != nil {
		return true
	}
	return slices.ContainsFunc(places, func(place string) bool {
		target, err := os.Readlink(place)
		return err == nil && strings.HasPrefix(target, folder)
	})
}

// TestToBeKilled is the child: it pauses its cluster, the hardest state to be
// cleaned up from, and waits for its end.
func TestToBeKilled(t *testing.T) {
	if os.Getenv(childVariable) == "" {
		t.Skip("runs only as a child of TestNothingIsLeftOfAKilledTestProcess")
	}
	cluster := pgtest.New(t, pgtest.Options{})
	address, err := url.Parse(cluster.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	cluster.Pause(t)
	fmt.Fprintln(os.Stdout, "folder", address.Query().Get("host"))
	select {}
}
