package proof_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/store/postgres"
)

// patience is how long a test waits for what takes milliseconds. Every wait
// for a condition ends by it.
const patience = 30 * time.Second

func TestMain(m *testing.M) {
	code := pgtest.Main(m)
	if err := built.remove(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	os.Exit(code)
}

// built is the program under test, made for the first test that runs it.
var built program

type program struct {
	once sync.Once
	dir  string
	err  error
}

// path gives the program, as users build it.
func (p *program) path(t testing.TB) string {
	t.Helper()
	p.once.Do(func() {
		if p.dir, p.err = os.MkdirTemp("", "twproof"); p.err != nil { //nolint:usetesting // it outlives the test that made it
			return
		}
		build := exec.Command("go", "build", "-trimpath", "-o", p.file(), "../cmd/tokenwright")
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			p.err = fmt.Errorf("build the program: %w\n%s", err, out)
		}
	})
	if p.err != nil {
		t.Fatal(p.err)
	}
	return p.file()
}

func (p *program) file() string { return filepath.Join(p.dir, "tokenwright") }

func (p *program) remove() error {
	if p.dir == "" {
		return nil
	}
	return os.RemoveAll(p.dir)
}

// amount gives how much a test does: a little in the gate, what the scoreboard
// asks for with TOKENWRIGHT_PROOF=full.
func amount(short, long int) int {
	if full() {
		return long
	}
	return short
}

// full reports whether the tests run in their full form.
func full() bool { return os.Getenv("TOKENWRIGHT_PROOF") == "full" }

// dice gives the chance of a test and prints how to have the same again.
func dice(t testing.TB) *rand.Rand {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	if text := os.Getenv("TOKENWRIGHT_PROOF_SEED"); text != "" {
		given, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatalf("TOKENWRIGHT_PROOF_SEED: %v", err)
		}
		seed = given
	}
	t.Logf("TOKENWRIGHT_PROOF_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// shortFolder gives a folder whose path leaves room for a Unix socket.
func shortFolder(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "tw") //nolint:usetesting // the socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// copyAll copies the files of a folder.
func copyAll(t testing.TB, from, to string) {
	t.Helper()
	must(t, os.Mkdir(to, 0o700))
	entries, err := os.ReadDir(from)
	must(t, err)
	for _, e := range entries {
		if e.Type().IsRegular() {
			copyFile(t, filepath.Join(from, e.Name()), filepath.Join(to, e.Name()))
		}
	}
}

// postgresDatabase gives a test a PostgreSQL database of its own, with the
// schema.
func postgresDatabase(t testing.TB, cluster *pgtest.Cluster) string {
	t.Helper()
	return cluster.Database(t, func(url string) error {
		store, err := postgres.Open(context.Background(), url, postgres.Options{})
		if err != nil {
			return err
		}
		return store.Close()
	})
}

// until waits for a condition.
func until(t testing.TB, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !condition(); {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within %s", what, patience)
		}
		<-time.After(2 * time.Millisecond)
	}
}

// must ends the test with an error that should not have happened.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
