package bench_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// load is a closed loop of keep-alive connections that send prepared requests
// and read the answers. It does as little as it can itself, so that what is
// measured is the server.
type load struct {
	addr        string
	requests    [][]byte // each connection goes through all, from its own place
	connections int
	wantStatus  string // "200"
}

// outcome is what a load saw in its time.
type outcome struct {
	requests int
	elapsed  time.Duration
	cpu      time.Duration // of the server's process
}

func (o outcome) rate() float64       { return float64(o.requests) / o.elapsed.Seconds() }
func (o outcome) perRequest() float64 { return o.cpu.Seconds() * 1e6 / float64(o.requests) }

// run keeps the load up for a time against a process.
func (l load) run(tb testing.TB, pid int, d time.Duration) outcome {
	tb.Helper()
	var wg sync.WaitGroup
	counts := make([]int, l.connections)
	faults := make(chan error, l.connections)
	before, began := cpuOf(tb, pid), time.Now()
	for i := range l.connections {
		wg.Go(func() {
			n, err := l.connection(i, began.Add(d))
			counts[i] = n
			if err != nil {
				faults <- err
			}
		})
	}
	wg.Wait()
	o := outcome{elapsed: time.Since(began), cpu: cpuOf(tb, pid) - before}
	for _, n := range counts {
		o.requests += n
	}
	select {
	case err := <-faults:
		tb.Fatal(err)
	default:
	}
	return o
}

func (l load) connection(offset int, until time.Time) (int, error) {
	conn, err := net.Dial("tcp", l.addr)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	r := bufio.NewReaderSize(conn, 8192)
	for n := 0; ; n++ {
		if n%64 == 0 && time.Now().After(until) {
			return n, nil
		}
		if _, err := conn.Write(l.requests[(offset*7919+n)%len(l.requests)]); err != nil {
			return n, err
		}
		if err := l.answer(r); err != nil {
			return n, err
		}
	}
}

// answer reads one answer with a Content-Length.
func (l load) answer(r *bufio.Reader) error {
	status, err := r.ReadSlice('\n')
	if err != nil {
		return err
	}
	if !bytes.Contains(status, []byte(" "+l.wantStatus+" ")) {
		return fmt.Errorf("answered %q, want %s", bytes.TrimSpace(status), l.wantStatus)
	}
	length := 0
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return err
		}
		if len(line) <= 2 {
			break
		}
		if rest, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(rest))); err != nil {
				return err
			}
		}
	}
	_, err = io.CopyN(io.Discard, r, int64(length))
	return err
}

// cpuOf gives the processor time a process has used: fields 14 and 15 of
// /proc/PID/stat, in ticks of 10 ms.
func cpuOf(tb testing.TB, pid int) time.Duration {
	tb.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		tb.Skip("needs /proc to read a process's processor time: ", err)
	}
	fields := strings.Fields(string(raw[bytes.LastIndexByte(raw, ')')+2:]))
	user, err := strconv.Atoi(fields[11])
	if err != nil {
		tb.Fatal(err)
	}
	system, err := strconv.Atoi(fields[12])
	if err != nil {
		tb.Fatal(err)
	}
	return time.Duration(user+system) * 10 * time.Millisecond
}

// median gives the middle of an odd number of figures.
func median(list []float64) float64 {
	sorted := append([]float64(nil), list...)
	for i := 1; i < len(sorted); i++ {
		for k := i; k > 0 && sorted[k] < sorted[k-1]; k-- {
			sorted[k], sorted[k-1] = sorted[k-1], sorted[k]
		}
	}
	return sorted[len(sorted)/2]
}
