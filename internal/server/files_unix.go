//go:build unix

package server

import (
	"math"

	"golang.org/x/sys/unix"
)

// openFiles gives how many files and connections the process may have open.
// Go raises the soft limit to the hard one when the process starts.
func openFiles() int {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return math.MaxInt // it will say so itself, when it comes to that
	}
	return int(min(uint64(limit.Cur), math.MaxInt32)) //nolint:unconvert // Cur is signed on some systems
}
