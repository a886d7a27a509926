package proof_test

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/proof/journal"
)

// TestFsyncError lets every fsync of a running server fail (rows K-03 and C-13,
// figure S5). What could not be kept must not be acknowledged; the server must
// stop writing for good, because a second fsync may succeed without the data;
// and after a restart everything acknowledged must be there.
func TestFsyncError(t *testing.T) {
	t.Parallel()
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not installed, which makes fsync fail here")
	}
	for range amount(1, 50) {
		place := install(t)
		p := place.start()
		l, c := newLoad(), newCaller(p, p.userToken("user:default/admin"))
		for range 20 {
			l.issue(t.Context(), c)
		}
		l.revoke(t.Context(), c)
		detach := failFsync(t, strace, p.cmd.Process.Pid)
		for range 5 {
			mustBeUnavailable(t, "issue", tryIssue(l, c))
			if one, ok := l.pick(journal.Good); ok {
				one.Revoking()
				mustBeUnavailable(t, "revoke", c.revoke(t.Context(), one.ID()))
			}
		}
		until(t, "not ready", func() bool { return p.status("/readyz") == http.StatusServiceUnavailable })
		detach()
		mustBeUnavailable(t, "issue on a disk that has failed once", tryIssue(l, c))
		p.kill()

		p = place.start()
		l.verifyAll(t.Context(), newCaller(p, c.jwt))
		p.stop()
		l.judge(t)
		w := place.witness()
		w.check(l.journal)
		w.dismiss()
	}
}

// failFsync attaches strace to all threads of a process, so that each fsync
// gives EIO without being done. The function it gives ends that.
func failFsync(t *testing.T, strace string, pid int) (detach func()) {
	t.Helper()
	cmd := exec.Command(strace, "-f", "-o", "/dev/null", "-e", "trace=fsync,fdatasync",
		"-e", "inject=fsync,fdatasync:error=EIO", "-p", fmt.Sprint(pid))
	cmd.SysProcAttr = dieWithParent()
	var said strings.Builder
	cmd.Stderr = &said
	must(t, cmd.Start())
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // it is interrupted below
		close(ended)
	}()
	detach = func() {
		_ = cmd.Process.Signal(os.Interrupt) // it may have ended by itself
		<-ended
	}
	t.Cleanup(detach)
	until(t, "strace has all threads, or gave up", func() bool {
		select {
		case <-ended:
			return true
		default:
			return allTraced(pid)
		}
	})
	select {
	case <-ended:
		t.Skipf("strace cannot attach here: %s", said.String())
	default:
	}
	return detach
}

// allTraced reports whether every thread of a process has a tracer.
func allTraced(pid int) bool {
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", pid))
	if err != nil || len(threads) == 0 {
		return false
	}
	for _, thread := range threads {
		text, err := os.ReadFile(thread)
		if err != nil || strings.Contains(string(text), "TracerPid:\t0\n") {
			return false
		}
	}
	return true
}
