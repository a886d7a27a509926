package examples_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/tokentest"
)

const (
	platform = "group:default/platform"
	patience = 20 * time.Second
)

// application records what a proxy lets through to it.
type application struct {
	address string

	mu   sync.Mutex
	seen []*http.Request
}

func newApplication(t *testing.T) *application {
	t.Helper()
	a := &application{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // trailers come after the body
		a.mu.Lock()
		a.seen = append(a.seen, r)
		a.mu.Unlock()
		_, _ = fmt.Fprintf(w, "served %s %s", r.Method, r.RequestURI)
	}))
	t.Cleanup(server.Close)
	a.address = server.Listener.Addr().String()
	return a
}

// take gives the requests seen since the last call.
func (a *application) take() []*http.Request {
	a.mu.Lock()
	defer a.mu.Unlock()
	seen := a.seen
	a.seen = nil
	return seen
}

// authority starts Tokenwright with the configuration of an example.
func authority(t *testing.T, example string) *tokentest.Server {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(example, "tokenwright.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return tokentest.Start(t, tokentest.WithConfig(string(text)))
}

// speak sends bytes to an address and gives the status and head of the answer;
// status 0 means that the connection was closed without one. It comes from
// 127.0.0.2, so that a claim to be 127.0.0.1 can be told from the truth.
func speak(t *testing.T, address, request string) (status int, head http.Header) {
	t.Helper()
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}, Timeout: patience}
	conn, err := dialer.DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Error(err)
		return 0, nil
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(patience))
	if _, err := io.WriteString(conn, request); err != nil {
		return 0, nil // the answer came before the request was read
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0, nil
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, resp.Header
}

// get asks a proxy for a path and gives the answer with its body.
func get(t *testing.T, p proxy, method, path, bearer string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, "http://"+p.address+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if bearer != "" {
		req.Header.Set("Authorization", "Bearer "+bearer)
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

// corpus reads a list of hostile input, or skips the test where it is absent.
func corpus(t *testing.T, name string) []string {
	t.Helper()
	path := filepath.Join("..", "..", "shared", "corpora", name)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Skipf("shared/corpora/%s not found: list test not run", name)
	}
	lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	if strings.HasPrefix(lines[0], "# ") {
		lines = lines[1:]
	}
	if len(lines) == 0 {
		t.Fatalf("%s holds no case", path)
	}
	return lines
}
