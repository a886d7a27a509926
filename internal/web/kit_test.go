package web_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// The credentials of these tests and whose they are.
const (
	alices  = "good-alice"
	bobs    = "good-bob"
	robots  = "good-robot"
	noNames = "good-nobody"
)

// site is a running server of the mux under test. Its guard knows a fixed set
// of credentials; alice and the robot hold every permission, bob none.
type site struct {
	t       *testing.T
	mux     *web.Mux
	address string
	log     *lockedBuffer

	mu       sync.Mutex
	now      time.Time
	refusals []web.Refusal
	logFails error // what recording a refusal gives
}

type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// start serves surfaces on a real listener. change may alter the options.
func start(t *testing.T, change func(*web.Options), surfaces ...web.Surface) *site {
	t.Helper()
	s := &site{t: t, log: &lockedBuffer{}, now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	opts := s.options()
	if change != nil {
		change(&opts)
	}
	mux, err := web.NewMux(opts)
	if err != nil {
		t.Fatal(err)
	}
	for _, surface := range surfaces {
		if err := mux.Mount(surface); err != nil {
			t.Fatal(err)
		}
	}
	s.mux = mux
	s.address = s.serve("tcp", "127.0.0.1:0", mux)
	return s
}

func (s *site) options() web.Options {
	return web.Options{
		Clock: s.clock, Log: slog.New(slog.NewJSONHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Guard: web.Guard{Authenticate: authenticate, Allow: allow, Refused: s.refused},
	}
}

func (s *site) serve(network, address string, handler http.Handler) string {
	s.t.Helper()
	listener, err := net.Listen(network, address)
	if err != nil {
		s.t.Fatal(err)
	}
	server := web.NewServer(handler, slog.New(slog.NewJSONHandler(s.log, nil)))
	go func() { _ = server.Serve(listener) }()
	s.t.Cleanup(func() { _ = server.Close() })
	return listener.Addr().String()
}

func (s *site) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *site) advance(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
}

func (s *site) refused(_ context.Context, r web.Refusal) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refusals = append(s.refusals, r)
	return s.logFails
}

func (s *site) recorded() []web.Refusal {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]web.Refusal(nil), s.refusals...)
}

func authenticate(_ context.Context, c web.Credential) (token.Principal, error) {
	switch c.Bearer.Reveal() {
	case alices:
		return token.Principal{Type: token.PrincipalUser, Ref: "user:default/alice"}, nil
	case bobs:
		return token.Principal{Type: token.PrincipalUser, Ref: "user:default/bob"}, nil
	case robots:
		return token.Principal{Type: token.PrincipalService, Ref: "service-token:group:default/a:robot"}, nil
	case noNames:
		return token.Principal{}, nil
	case "expired":
		return token.Principal{}, token.ErrExpired
	case "revoked":
		return token.Principal{}, token.ErrRevoked
	case "unavailable":
		return token.Principal{}, token.Unavailable(nil)
	}
	return token.Principal{}, token.ErrUnknown
}

func allow(_ context.Context, by token.Principal, _ string) error {
	if by.Ref == "user:default/bob" {
		return token.ErrPermission
	}
	return nil
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
	closed bool
}

// raw sends bytes as they are and reads one answer. What is not valid in a
// request cannot be sent by a client library.
func (s *site) raw(request string) answer {
	s.t.Helper()
	conn, err := net.Dial("tcp", s.address)
	if err != nil {
		s.t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := io.WriteString(conn, request); err != nil {
		s.t.Fatal(err)
	}
	method, _, _ := strings.Cut(request, " ")
	resp, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		s.t.Fatalf("no answer to %.120q: %v", request, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(body), resp.Close}
}

// send sends a request line's method and target with headers "Name: value".
func (s *site) send(method, target string, headers ...string) answer {
	s.t.Helper()
	lines := append([]string{method + " " + target + " HTTP/1.1", "Host: " + s.address}, headers...)
	return s.raw(strings.Join(lines, "\r\n") + "\r\nConnection: close\r\n\r\n")
}

// post sends a body with a content type as alice.
func (s *site) post(target, contentType, body string, headers ...string) answer {
	s.t.Helper()
	headers = append(headers, as(alices), "Content-Length: "+itoa(len(body)))
	if contentType != "" {
		headers = append(headers, "Content-Type: "+contentType)
	}
	lines := append([]string{"POST " + target + " HTTP/1.1", "Host: x"}, headers...)
	return s.raw(strings.Join(lines, "\r\n") + "\r\nConnection: close\r\n\r\n" + body)
}

func as(credential string) string { return "Authorization: Bearer " + credential }

// echo answers with what the handler was given.
func echo(w http.ResponseWriter, r *web.Request) error {
	return web.WriteJSON(w, http.StatusOK, seen{
		Method: r.Method, Path: r.Path(), Who: r.Principal.Ref, Address: r.Address, ID: r.ID, Value: r.PathValue("id"),
	})
}

type seen struct {
	Method, Path, Who, ID, Value string
	Address                      netip.Addr
}

func (a answer) seen(t *testing.T) seen {
	t.Helper()
	var out seen
	if err := json.Unmarshal([]byte(a.body), &out); err != nil || a.status != http.StatusOK {
		t.Fatalf("answer %d %q is not an echo: %v", a.status, a.body, err)
	}
	return out
}

// corpus gives the lines of a shared list, or skips the test.
func corpus(t *testing.T, name string) []string {
	t.Helper()
	dir, err := os.Getwd()
	for err == nil {
		if _, statErr := os.Stat(filepath.Join(dir, "go.mod")); statErr == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
	path := filepath.Join(dir, "..", "shared", "corpora", name)
	data, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		t.Skipf("shared/corpora/%s not found: list test not run", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	if len(lines) > 0 && strings.HasPrefix(lines[0], "# ") {
		lines = lines[1:]
	}
	if len(lines) == 0 {
		t.Fatalf("%s holds no case", name)
	}
	return lines
}
