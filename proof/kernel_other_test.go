//go:build !linux

package proof_test

import (
	"math/rand/v2"
	"net"
	"syscall"
	"testing"
)

// dieWithParent needs Linux; elsewhere a killed test leaves its servers.
func dieWithParent() *syscall.SysProcAttr { return nil }

// residentMemory needs Linux.
func residentMemory(t testing.TB, _ int) int64 {
	t.Helper()
	t.Skip("the memory of another process is read from /proc, which only Linux has")
	return 0
}

// loopbackAddress has one address to give elsewhere.
func loopbackAddress(*rand.Rand) net.Addr { return nil }
