package proof_test

import (
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
)

// dieWithParent ends a child when the test process ends, however that ends.
func dieWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}

// residentMemory gives the memory that a process uses now, in bytes.
func residentMemory(t testing.TB, pid int) int64 {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	must(t, err)
	for _, line := range strings.Split(string(text), "\n") {
		var kilobytes int64
		if n, _ := fmt.Sscanf(line, "VmRSS: %d kB", &kilobytes); n == 1 {
			return kilobytes << 10
		}
	}
	t.Fatalf("process %d has no VmRSS:\n%s", pid, text)
	return 0
}

// loopbackAddress draws an address of this machine to call from. On Linux all
// of 127.0.0.0/8 is.
func loopbackAddress(chance *rand.Rand) net.Addr {
	return &net.TCPAddr{IP: net.IPv4(127, byte(chance.IntN(256)), byte(chance.IntN(256)), byte(1+chance.IntN(254)))}
}
