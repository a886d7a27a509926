package pgtest

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
)

// process is the cluster that the tests of this process share. Main owns it;
// testing offers no other way to hand something from TestMain to a test.
var process shared //nolint:gochecknoglobals // see above

type shared struct {
	mu      sync.Mutex
	open    bool // Main runs
	cluster *Cluster
	err     error
}

// Main runs the tests of a package and ends the cluster they shared. It gives
// the status to exit with.
func Main(m *testing.M) int {
	process.set(true)
	status := m.Run()
	process.set(false)
	if err := process.close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		status = max(status, 1)
	}
	return status
}

// Start gives the cluster that all tests of the process share, and starts it
// for the first of them. TestMain has to call [Main].
func Start(t testing.TB) *Cluster {
	t.Helper()
	c, err := process.get()
	if errors.Is(err, errAbsent) {
		absent(t, err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (s *shared) set(open bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = open
}

func (s *shared) get() (*Cluster, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.open {
		return nil, errors.New("pgtest: Start needs TestMain to call os.Exit(pgtest.Main(m))")
	}
	if s.cluster == nil && s.err == nil {
		s.cluster, s.err = create(Options{})
	}
	return s.cluster, s.err
}

func (s *shared) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cluster == nil {
		return nil
	}
	return s.cluster.close()
}
