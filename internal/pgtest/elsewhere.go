//go:build !linux

package pgtest

import (
	"fmt"
	"os/exec"
	"runtime"
	"testing"
)

// Only Linux ends a child with its parent and shows a server's processes in
// /proc. Elsewhere every test that asks for a cluster skips, and the rest of
// this file only lets the package compile.

type (
	account struct{}
	server  struct{ exited chan struct{} }
	pause   struct{}
	broom   struct{}
	ending  int
)

const (
	immediate ending = iota
	memory           = ""
)

func roomInMemory() bool { return false }

func serverAccount() (account, error) {
	return account{}, fmt.Errorf("%w: test clusters need Linux, not %s", errAbsent, runtime.GOOS)
}

func (account) give(string) error           { return errAbsent }
func (account) run(*exec.Cmd)               {}
func (*server) end(ending) error            { return errAbsent }
func sweepLater(string) (*broom, error)     { return nil, errAbsent }
func (*broom) putAway() error               { return errAbsent }
func (c *Cluster) launch() (*server, error) { return nil, errAbsent }
func (c *Cluster) release() error           { return nil }

// Pause needs Linux.
func (c *Cluster) Pause(t testing.TB) { absent(t, errAbsent) }

// Resume needs Linux.
func (c *Cluster) Resume(t testing.TB) { absent(t, errAbsent) }

// Stop needs Linux.
func (c *Cluster) Stop(t testing.TB) { absent(t, errAbsent) }

// Kill needs Linux.
func (c *Cluster) Kill(t testing.TB) { absent(t, errAbsent) }

// Restart needs Linux.
func (c *Cluster) Restart(t testing.TB) { absent(t, errAbsent) }

// Demote needs Linux.
func (c *Cluster) Demote(t testing.TB) { absent(t, errAbsent) }
