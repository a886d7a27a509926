package proof_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/proof/journal"
	"github.com/tokenwright/tokenwright/tokentest"
)

// maxGrowth is how much more memory the server may use after all bad requests
// than it did after the first of them (figure F3).
const maxGrowth = 64 << 20

// TestBadRequests sends hostile requests over raw sockets to every mounted
// route (rows H-*, I-02, I-03, I-08, figure F3). None may be a fault of the
// server, none that had to be refused may succeed, the process must live and
// its memory must not grow with them.
func TestBadRequests(t *testing.T) {
	t.Parallel()
	place := install(t)
	p := place.start()
	good := issueMany(p, platform, 1)[0].RawToken
	c := newCaller(p, p.userToken("user:default/admin"))
	chance := dice(t)
	e := enemy{
		routes: mounted(t), admin: c.jwt, nobody: p.userToken("user:default/bob"), good: good,
		targets: corpus(t, "paths.txt"), strings: naughty(t), headers: headerLines(corpus(t, "headers.tsv")),
	}
	for _, name := range corpus(t, "names.txt") {
		e.strings = append(e.strings, unescape(name))
	}
	a := &assault{t: t, p: p, seen: map[string]int{}, told: map[string]int{}}

	requests := amount(20_000, 1_000_000)
	a.send(&e, chance, requests/20)
	before := residentMemory(t, p.cmd.Process.Pid)
	a.send(&e, chance, requests-requests/20)
	after := residentMemory(t, p.cmd.Process.Pid)
	if after-before > maxGrowth {
		t.Errorf("the server uses %d MiB, and used %d MiB before", after>>20, before>>20)
	}

	if answer := c.introspect(t.Context(), good, held); answer.Verdict != journal.Accepted {
		t.Errorf("a good token has the verdict %d afterwards", answer.Verdict)
	}
	if strings.Contains(string(p.said.all()), "panic") {
		t.Errorf("something panicked:\n%s", p.said.tail())
	}
	p.stop()
	w := place.witness()
	defer w.dismiss()
	for _, one := range w.partial() {
		t.Error(one)
	}
	a.report(before, after)
}

// mounted lists the routes of a server like the one under test.
func mounted(t *testing.T) []tokentest.Route {
	t.Helper()
	s := tokentest.Start(t)
	defer func() { must(t, s.Stop()) }()
	routes := s.Routes()
	if len(routes) < 20 {
		t.Fatalf("only %d routes are mounted", len(routes))
	}
	return routes
}

// headerLines reads name and value of each line.
func headerLines(lines []string) [][2]string {
	var list [][2]string
	for _, line := range lines {
		name, value, _ := strings.Cut(line, "\t")
		list = append(list, [2]string{unescape(name), unescape(value)})
	}
	return list
}

// assault sends requests and judges the answers.
type assault struct {
	t *testing.T
	p *process

	mu   sync.Mutex
	seen map[string]int // by class and status
	told map[string]int // faults by class, of which the first few are shown
}

// send sends n requests, each on a connection of its own.
func (a *assault) send(e *enemy, chance *rand.Rand, n int) {
	a.t.Helper()
	var work sync.WaitGroup
	const connections = 4 * workers
	for range connections {
		own := *e
		own.chance = rand.New(rand.NewPCG(chance.Uint64(), chance.Uint64()))
		work.Go(func() {
			for range n / connections {
				a.one(own.next(), own.chance)
			}
		})
	}
	work.Wait()
	a.p.alive()
}

// one sends a request and judges its answer.
func (a *assault) one(h hostile, chance *rand.Rand) {
	status, body, err := a.exchange(h, chance)
	if err != nil {
		a.fault(h, err.Error())
		return
	}
	a.mu.Lock()
	a.seen[fmt.Sprintf("%s %d", h.class, status)]++
	a.mu.Unlock()
	switch {
	case status >= 500 && !byNetHTTP(status, body):
		a.fault(h, fmt.Sprintf("answered %d %.300q", status, body))
	case status >= 200 && status < 300 && (h.right == nil || !h.right(body)):
		a.fault(h, fmt.Sprintf("answered %d %.300q", status, body))
	}
}

// fault fails the test and shows the first few requests of a class.
func (a *assault) fault(h hostile, what string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.told[h.class]++; a.told[h.class] <= 3 {
		a.t.Errorf("%s: %s\n%.600q", h.class, what, h.bytes)
	} else {
		a.t.Fail()
	}
}

// byNetHTTP reports whether net/http gave the answer itself, before any of our
// code ran: 501 to a transfer coding that it does not know, and 505 to another
// version of HTTP. No server in Go can answer otherwise.
func byNetHTTP(status int, body []byte) bool {
	return status == http.StatusNotImplemented && bytes.Contains(body, []byte("transfer encoding")) ||
		status == http.StatusHTTPVersionNotSupported && bytes.Contains(body, []byte("protocol version"))
}

// exchange sends a request from an address of its own, so that limits by
// address do not answer in the place of what is under test. A connection that
// is closed without an answer has status 0.
func (a *assault) exchange(h hostile, chance *rand.Rand) (status int, body []byte, err error) {
	dialer := net.Dialer{LocalAddr: loopbackAddress(chance), Timeout: patience}
	conn, err := dialer.DialContext(context.Background(), "tcp", strings.TrimPrefix(a.p.url, "http://"))
	if err != nil {
		return 0, nil, err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return 0, nil, err
	}
	go func() {
		// A server that has heard enough may close while more is sent.
		_, _ = conn.Write(h.bytes)
		if tcp, ok := conn.(*net.TCPConn); ok && h.cut {
			_ = tcp.CloseWrite()
		}
	}()
	reader := bufio.NewReader(conn)
	for {
		response, err := http.ReadResponse(reader, nil)
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			return 0, nil, fmt.Errorf("no answer within %s", patience)
		case err != nil:
			return 0, nil, nil // a connection that is closed without an answer is one
		case response.StatusCode == http.StatusContinue:
			continue
		}
		body, _ = io.ReadAll(io.LimitReader(response.Body, 1<<20))
		return response.StatusCode, body, nil
	}
}

// report prints how each class was answered.
func (a *assault) report(before, after int64) {
	var lines []string
	for what, n := range a.seen {
		lines = append(lines, fmt.Sprintf("%s: %d", what, n))
	}
	slices.Sort(lines)
	a.t.Logf("memory %d MiB, then %d MiB; class, status, count:\n%s", before>>20, after>>20, strings.Join(lines, "\n"))
}
