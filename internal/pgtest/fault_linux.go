package pgtest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
)

// pause holds the server's processes stopped. They are let go by a small
// process that waits for the end of its input, so a test process that is
// killed in between leaves nothing that stands still for ever.
type pause survivor

// Pause stops every process of the server, as a frozen machine would:
// connections stay open, nothing answers, new ones hang. [Cluster.Resume] or
// the end of the test lets them go on.
func (c *Cluster) Pause(t testing.TB) {
	t.Helper()
	if err := c.stopAll(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Resume(t) })
}

// Resume lets a paused server go on.
func (c *Cluster) Resume(t testing.TB) {
	t.Helper()
	if err := c.release(); err != nil {
		t.Fatal(err)
	}
}

// Stop ends the server in good order: connections are told, a checkpoint is
// written. [Cluster.Restart] brings it back.
func (c *Cluster) Stop(t testing.TB) {
	t.Helper()
	c.endBy(t, fast)
}

// Kill ends every process of the server at once. What was not durable is lost.
func (c *Cluster) Kill(t testing.TB) {
	t.Helper()
	c.endBy(t, syscall.SIGKILL)
}

// Restart starts a server that was stopped or killed and waits until it has
// recovered.
func (c *Cluster) Restart(t testing.TB) {
	t.Helper()
	if c.server != nil {
		t.Fatal("pgtest: the server runs; Stop or Kill it first")
	}
	if err := c.start(); err != nil {
		t.Fatal(err)
	}
}

// Demote starts the server again as a standby, which serves reads and refuses
// writes. SELECT pg_promote() makes it a primary again.
func (c *Cluster) Demote(t testing.TB) {
	t.Helper()
	c.Stop(t)
	signal := filepath.Join(c.data(), "standby.signal")
	if err := os.WriteFile(signal, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := c.owner.give(signal); err != nil {
		t.Fatal(err)
	}
	c.Restart(t)
}

func (c *Cluster) endBy(t testing.TB, how syscall.Signal) {
	t.Helper()
	if c.server == nil {
		t.Fatal("pgtest: the server does not run")
	}
	if err := errors.Join(c.release(), c.server.end(how)); err != nil {
		t.Fatal(err)
	}
	c.server = nil
}

// stopAll stops the server itself first: after that it makes no new children,
// and the list of them is complete.
func (c *Cluster) stopAll() error {
	if c.server == nil || c.pause != nil {
		return errors.New("pgtest: the server does not run, or is paused already")
	}
	if err := c.server.process.Signal(syscall.SIGSTOP); err != nil {
		return fmt.Errorf("pgtest: %w", err)
	}
	pids := append(c.server.children(), c.server.process.Pid)
	held, err := hold(pids)
	if err != nil {
		return errors.Join(err, c.server.process.Signal(syscall.SIGCONT))
	}
	c.pause = held
	for _, pid := range pids {
		if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil && !errors.Is(err, syscall.ESRCH) {
			return errors.Join(fmt.Errorf("pgtest: %w", err), c.release())
		}
	}
	return nil
}

// hold starts the process that lets the others go.
func hold(pids []int) (*pause, error) {
	arguments := make([]string, len(pids))
	for i, pid := range pids {
		arguments[i] = strconv.Itoa(pid)
	}
	holder, err := waitForEnd(`read -r _; kill -CONT "$@"`, arguments...)
	return (*pause)(holder), err
}

// release ends a pause, if there is one.
func (c *Cluster) release() error {
	if c.pause == nil {
		return nil
	}
	err := (*survivor)(c.pause).finish("")
	c.pause = nil
	return err
}
