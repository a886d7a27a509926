package bench_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

// BenchmarkStart measures the time from the start of the process to the first
// ready answer, and the resident memory then, with a large table (P17).
func BenchmarkStart(b *testing.B) {
	p := startTokenwright(b) // makes the data folder
	must(b, p.end())
	n := sizes(b)[len(sizes(b))-1]
	fillSQLite(b, filepath.Join(p.data, "tokenwright.db"), formats(b), n)
	var times []float64
	var memory string
	for range 3 {
		began := time.Now()
		p.restart(b)
		times = append(times, float64(time.Since(began).Milliseconds()))
		memory = residentOf(b, p.pid)
		must(b, p.end())
	}
	report.set(figure{"P17", "start to ready, " + human(n) + " tokens", fmt.Sprintf("%.0f ms, %s resident", median(times), memory), "under 300 ms, under 40 MB"})
	for b.Loop() { // the figures are in the report
	}
}

// residentOf gives a process's resident memory as the kernel states it.
func residentOf(b *testing.B, pid int) string {
	b.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	must(b, err)
	for line := range strings.Lines(string(raw)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			var kilobytes int
			_, err := fmt.Sscan(rest, &kilobytes)
			must(b, err)
			return fmt.Sprintf("%d MB", kilobytes/1024)
		}
	}
	b.Fatal("the kernel does not say how much memory is resident")
	return ""
}

// BenchmarkMassRevocation measures a mark on a kind with a large table (P13).
func BenchmarkMassRevocation(b *testing.B) {
	databases(b, func(b *testing.B, db database) {
		n := sizes(b)[len(sizes(b))-1]
		db.fill(b, formats(b), n)
		m := markOf(token.KindService)
		began := time.Now()
		covered, err := db.store.CountCovered(b.Context(), m)
		must(b, err)
		_, err = db.store.AddMark(b.Context(), m, entryOf(m))
		must(b, err)
		took := time.Since(began)
		if covered != n {
			b.Fatalf("the mark covers %d tokens, want %d", covered, n)
		}
		report.set(figure{
			"P13", "mass revocation of " + human(n) + ", " + db.name,
			fmt.Sprintf("%.1f ms, one row", float64(took.Microseconds())/1e3), "under 100 ms",
		})
		for b.Loop() { // the figures are in the report
		}
	})
}

// restart starts the product again on its data folder.
func (p *process) restart(b *testing.B) {
	b.Helper()
	cmd := exec.Command(p.binary, "serve", "--dev", "--data", p.data, "--listen", p.addr)
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
	start(b, cmd)
	p.pid, p.cmd = cmd.Process.Pid, cmd
	waitReady(b, "http://"+p.addr+"/readyz")
}
