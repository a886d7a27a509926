package proof_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/textproto"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/pgtest"
)

// stopLimit is how long a stop may take.
const stopLimit = 10 * time.Second

// half is a request of which the server has the head and half the body.
type half struct {
	conn    net.Conn
	answers *bufio.Reader
	rest    string
}

// halfAsked begins to ask about a token.
func halfAsked(t *testing.T, p *process) half {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
	must(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	const body = "token=bsat_half"
	_, err = fmt.Fprintf(conn, "POST /oauth2/revoke HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"+
		"Content-Length: %d\r\nExpect: 100-continue\r\n\r\n", len(body))
	must(t, err)
	// The server wants the body: the request is under way, and not only on it.
	answers := textproto.NewReader(bufio.NewReader(conn))
	line, err := answers.ReadLine()
	must(t, err)
	if line != "HTTP/1.1 100 Continue" {
		t.Fatalf("before the body: %s", line)
	}
	_, err = answers.ReadLine()
	must(t, err)
	_, err = io.WriteString(conn, body[:8])
	must(t, err)
	return half{conn, answers.R, body[8:]}
}

// finish sends the rest and gives the status of the answer.
func (h half) finish(t *testing.T) int {
	t.Helper()
	_, err := h.conn.Write([]byte(h.rest))
	must(t, err)
	must(t, h.conn.SetReadDeadline(time.Now().Add(stopLimit)))
	answer, err := http.ReadResponse(h.answers, nil)
	must(t, err)
	must(t, answer.Body.Close())
	return answer.StatusCode
}

// signal sends SIGTERM and waits until the server has taken note of it.
func (p *process) signal() {
	p.t.Helper()
	must(p.t, p.cmd.Process.Signal(syscall.SIGTERM))
	until(p.t, "it takes nothing more", func() bool {
		conn, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
		if err == nil {
			_ = conn.Close()
		}
		return err != nil
	})
}

// endsWell waits for the end of the process after a signal.
func (p *process) endsWell(since time.Time) {
	p.t.Helper()
	select {
	case <-p.ended:
	case <-time.After(stopLimit + time.Second):
		p.t.Fatalf("it does not end\n%s", p.said.tail())
	}
	if took := time.Since(since); took > stopLimit {
		p.t.Errorf("it ended after %s", took)
	}
	if p.err != nil {
		p.t.Errorf("it ended badly: %v\n%s", p.err, p.said.tail())
	}
}

// TestARequestUnderWayIsAnsweredAtTheStop sends SIGTERM, once and twice, in the
// middle of a request: supervisors repeat themselves, and the second signal must
// not cut off what the first one lets finish.
func TestARequestUnderWayIsAnsweredAtTheStop(t *testing.T) {
	t.Parallel()
	for name, signals := range map[string]int{"one signal": 1, "two signals": 2} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := install(t).start()
			request := halfAsked(t, p)
			began := time.Now()
			for range signals {
				p.signal()
			}
			p.alive()
			if status := request.finish(t); status != http.StatusOK {
				t.Errorf("the request under way is answered %d", status)
			}
			p.endsWell(began)
		})
	}
}

// TestAClientThatNeverEndsDoesNotHoldTheStop leaves a request half sent.
func TestAClientThatNeverEndsDoesNotHoldTheStop(t *testing.T) {
	t.Parallel()
	p := install(t).start()
	halfAsked(t, p)
	began := time.Now()
	p.signal()
	p.endsWell(began)
}

// TestADatabaseThatDoesNotAnswerDoesNotHoldTheStop pauses PostgreSQL with a use
// still to be written.
func TestADatabaseThatDoesNotAnswerDoesNotHoldTheStop(t *testing.T) {
	t.Parallel()
	cluster := pgtest.New(t, pgtest.Options{})
	place := install(t)
	place.database = postgresDatabase(t, cluster)
	p := place.start()
	used := issueMany(p, platform, 1)[0]
	newCaller(p, p.userToken("user:default/admin")).introspect(t.Context(), used.RawToken, held)
	cluster.Pause(t)
	t.Cleanup(func() { cluster.Resume(t) })
	began := time.Now()
	p.signal()
	p.endsWell(began)
}
