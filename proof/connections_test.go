package proof_test

import (
	"bufio"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/api"
)

// dial opens a connection to a server, from an address of its own where the
// system has several ("" = any).
func (v visitor) dial(from string) net.Conn {
	v.t.Helper()
	dialer := net.Dialer{Timeout: patience}
	if from != "" {
		dialer.LocalAddr = &net.TCPAddr{IP: net.ParseIP(from)}
	}
	conn, err := dialer.DialContext(v.t.Context(), "tcp", strings.TrimPrefix(v.s.URL, "http://"))
	if err != nil {
		v.t.Skipf("cannot connect from %q: %v", from, err)
	}
	v.t.Cleanup(func() { _ = conn.Close() })
	must(v.t, conn.SetDeadline(time.Now().Add(10*patience)))
	return conn
}

// status reads the status of the next answer on a connection; 0 when it was
// closed instead.
func status(conn net.Conn) int {
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0
	}
	_ = response.Body.Close()
	return response.StatusCode
}

// Rows I-01 and T-20: whoever sends or reads slowly is given up after a while,
// and nobody else waits for them.
func TestI01SlowClientsHoldUpNobodyAndAreGivenUp(t *testing.T) {
	t.Parallel()
	v := visit(t)
	admin := v.s.UserToken("user:default/admin")
	service := "POST /api/access-tokens/service HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + authorized(admin) + "\r\n"
	slow := map[string]struct {
		sent string
		want int
	}{
		"nothing":         {"", 0},
		"half a line":     {"GET /heal", http.StatusBadRequest}, // net/http's own answer
		"headers":         {"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-A: b\r\n", 0},
		"a body":          {service + "Content-Length: 100\r\n\r\n{", http.StatusRequestTimeout},
		"a chunked body":  {service + "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"na", http.StatusRequestTimeout},
		"a form":          {"POST /oauth2/revoke HTTP/1.1\r\nHost: localhost\r\n" + typeForm + "\r\nContent-Length: 100\r\n\r\ntoken=", http.StatusRequestTimeout},
		"an unread list":  {strings.Repeat("GET "+api.Base+"/audit/export HTTP/1.1\r\nHost: localhost\r\n"+authorized(admin)+"\r\n\r\n", 100), http.StatusOK},
		"an unwanted one": {"GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n", http.StatusOK},
	}
	held := map[string][]net.Conn{}
	for name, s := range slow {
		for range amount(8, 125) {
			conn := v.dial("")
			_, err := conn.Write([]byte(s.sent))
			must(t, err)
			held[name] = append(held[name], conn)
		}
	}
	for range 100 {
		if got := v.json(http.MethodGet, "/api/access-tokens/service?limit=1", admin, ""); got.status != http.StatusOK {
			t.Fatalf("a good request beside them: %d %s", got.status, got.body)
		}
	}
	for name, conns := range held {
		for _, conn := range conns {
			if got := status(conn); got != slow[name].want {
				t.Errorf("slow with %s: %d, want %d", name, got, slow[name].want)
			}
		}
	}
}

// Row I-03: heads have a size, however it is filled.
func TestI03LargeHeadsAreRefused(t *testing.T) {
	t.Parallel()
	v := visit(t)
	for name, lines := range map[string]string{
		"one huge header": "X: " + strings.Repeat("a", 1<<20) + "\r\n",
		"10,000 headers":  strings.Repeat("X: 1\r\n", 10_000),
		"1,000 cookies":   strings.Repeat("Cookie: session=0123456789abcdef\r\n", 1000),
		"one long cookie": "Cookie: " + strings.Repeat("a=b; ", 5000) + "\r\n",
		"17 KiB":          "X: " + strings.Repeat("a", 17<<10) + "\r\n",
	} {
		conn := v.dial("")
		go func() { _, _ = conn.Write([]byte("GET /healthz HTTP/1.1\r\nHost: localhost\r\n" + lines + "\r\n")) }()
		if got := status(conn); got != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("%s: %d", name, got)
		}
	}
	conn := v.dial("")
	_, err := conn.Write([]byte("GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: " + strings.Repeat("a", 15<<10) + "\r\n\r\n"))
	must(t, err)
	if got := status(conn); got != http.StatusOK {
		t.Errorf("15 KiB: %d", got)
	}
}

// Row I-04: a crowd of connections from one address leaves room for others, and
// for whoever runs the server. HTTP/2, whose streams could be reset by the
// thousand, is not spoken.
func TestI04ACrowdOfConnectionsLeavesRoom(t *testing.T) {
	t.Parallel()
	v := visit(t)
	letIn := 0
	for range amount(1100, 5000) {
		if conn := v.dial("127.0.0.9"); conn != nil {
			letIn++
		}
	}
	if letIn < 1100 {
		t.Fatalf("only %d connections were tried", letIn)
	}
	if got := v.send(http.MethodGet, "/readyz", http.Header{}, ""); got.status != http.StatusOK {
		t.Errorf("another address: %d %s", got.status, got.body)
	}
	response, err := v.s.LocalClient().Get("http://admin" + api.Base + "/status")
	must(t, err)
	if _ = response.Body.Close(); response.StatusCode != http.StatusOK {
		t.Errorf("the admin socket: %d", response.StatusCode)
	}
	last := v.dial("127.0.0.9")
	_, _ = last.Write([]byte("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"))
	if got := status(last); got != 0 {
		t.Errorf("one connection more than one address may have: %d", got)
	}
	for name, preface := range map[string]string{
		"with knowledge": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00",
		"by an upgrade":  "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n",
	} {
		conn := v.dial("")
		_, err := conn.Write([]byte(preface))
		must(t, err)
		if got := status(conn); got == http.StatusSwitchingProtocols || name == "with knowledge" && got < 400 {
			t.Errorf("HTTP/2 %s: %d", name, got)
		}
	}
}

// Row I-04: the limits hold for the program as users run it, and its
// descriptors are no reason to end it.
func TestI04TheProgramLivesThroughACrowd(t *testing.T) {
	t.Parallel()
	place := install(t)
	place.config = "limits: {requests_per_minute: 1000000, connections: 64, connections_per_address: 32}\n"
	p := place.start()
	var crowd []net.Conn
	for range 500 {
		conn, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
		must(t, err)
		crowd = append(crowd, conn)
	}
	if out := place.run("", "user", "list"); !strings.Contains(out, "user:default/admin") {
		t.Errorf("the admin socket answers %q", out)
	}
	for _, conn := range crowd {
		_ = conn.Close()
	}
	until(t, "answers again", func() bool { return p.status("/readyz") == http.StatusOK })
	p.stop()
}
