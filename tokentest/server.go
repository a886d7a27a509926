package tokentest

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/config"
	"github.com/tokenwright/tokenwright/internal/server"
	"github.com/tokenwright/tokenwright/verify"
)

// Server is a running Tokenwright.
type Server struct {
	// URL is the base of the public listener, "http://127.0.0.1:PORT".
	URL string
	// OpsURL is that of metrics and profiles, "" without WithOps.
	OpsURL string
	// Data is the folder with the admin socket, the keys and, by default, the
	// database.
	Data string

	t    testing.TB
	core *server.Server
	log  *record
	stop context.CancelFunc
	done chan error
	once sync.Once
	err  error
}

// Start starts a server and waits until it is ready. It is stopped when the
// test ends.
func Start(t testing.TB, opts ...Option) *Server {
	t.Helper()
	set := settings{flags: map[string]string{"listen": "127.0.0.1:0"}, env: map[string]string{}}
	for _, opt := range opts {
		opt(&set)
	}
	s := &Server{t: t, log: &record{}, done: make(chan error, 1)}
	cfg := set.load(t)
	s.Data = cfg.Data
	core, err := server.New(t.Context(), cfg, server.Options{
		Clock: set.clock, AnyClock: set.clock != nil,
		Log: slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		t.Fatalf("tokentest: the server does not start: %v\n%s", err, s.log.String())
	}
	s.core, s.URL, s.OpsURL = core, core.URL(), core.OpsURL()
	// The server outlives the test's own context, which ends before cleanup.
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	s.stop = stop
	go func() { s.done <- core.Serve(ctx) }()
	t.Cleanup(s.cleanup)
	if !set.unready {
		s.WaitReady()
	}
	return s
}

// load reads the configuration in the way of production, so that a fault in
// it is told in the same words.
func (set *settings) load(t testing.TB) *config.Config {
	t.Helper()
	if set.data == "" {
		set.data = filepath.Join(shortTempDir(t), "data")
	}
	set.flags["data"] = set.data
	if !set.strict {
		set.flags["dev"] = "true"
	}
	file := ""
	if set.yaml != "" {
		file = filepath.Join(t.TempDir(), "tokenwright.yaml")
		if err := os.WriteFile(file, []byte(set.yaml), 0o600); err != nil {
			t.Fatalf("tokentest: %v", err)
		}
	}
	cfg, _, err := config.Load(config.Sources{File: file, Flags: set.flags, Env: set.lookup})
	if err != nil {
		t.Fatalf("tokentest: the configuration is wrong:\n%v", err)
	}
	return cfg
}

// lookup is the environment of the server. A small cache is enough for a test,
// and the race detector shadows every byte of a large one.
func (set *settings) lookup(name string) (string, bool) {
	if name == "TOKENWRIGHT_VERIFY_CACHE_ENTRIES" && !strings.Contains(set.yaml, "cache_entries") {
		return "10000", true
	}
	value, ok := set.env[name]
	return value, ok
}

// shortTempDir gives a folder whose path is short enough for a Unix socket
// (104 bytes on some systems); t.TempDir contains the test's whole name.
func shortTempDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "tw") //nolint:usetesting // the socket's path must be short
	if err != nil {
		t.Fatalf("tokentest: %v", err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// Authority gives the verbs of the running server.
func (s *Server) Authority() *authority.Authority { return s.core.Authority() }

// Verifier gives the verifier of the running server.
func (s *Server) Verifier() *verify.Verifier { return s.core.Verifier() }

// Routes lists what the server has mounted, by pattern, then method.
func (s *Server) Routes() []Route {
	var list []Route
	for _, one := range s.core.Routes() {
		demands := one.Access.Demands()
		list = append(list, Route{
			one.Method, one.Pattern, one.Access.String(), demands.BoundTo, demands.SameOrigin, demands.TakesCodes, one.Deputies,
			one.Access.Credentials().Sessions,
		})
	}
	return list
}

// Route is one mounted route. Method "*" means every method.
type Route struct {
	Method, Pattern, Access string

	// BoundTo is the part of the path to which the CSRF value of a change
	// belongs; "" is that of the whole session.
	BoundTo string
	// SameOrigin: also strangers must come from a page of the server.
	SameOrigin bool
	// TakesCodes: the query may hold what looks like a token.
	TakesCodes bool
	// Deputies: back ends may act for the people they name.
	Deputies bool
	// Sessions: the login session of a browser is looked at.
	Sessions bool
}

// Handler gives what serves URL, without its listener: for tests with more
// requests than connections. The client's address is the request's RemoteAddr.
func (s *Server) Handler() http.Handler { return s.core.Handler() }

// RPCURL gives the base of the dedicated listener of the account RPC, or "".
func (s *Server) RPCURL() string { return s.core.RPCURL() }

// Socket gives the path of the admin socket.
func (s *Server) Socket() string { return filepath.Join(s.Data, "admin.sock") }

// LocalClient gives a client whose requests go through the admin socket,
// whatever host their URL names.
func (s *Server) LocalClient() *http.Client {
	var dialer net.Dialer
	return &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, "unix", s.Socket())
		},
	}}
}

// Logs gives what the server has logged so far.
func (s *Server) Logs() string { return s.log.String() }

// Stop ends the server as SIGTERM does and gives what its run ended with. A
// second call gives the same.
func (s *Server) Stop() error {
	s.once.Do(func() {
		s.stop()
		s.err = <-s.done
	})
	return s.err
}

func (s *Server) cleanup() {
	if err := s.Stop(); err != nil {
		s.t.Errorf("tokentest: the server ended with: %v", err)
	}
	if s.t.Failed() {
		s.t.Logf("log of the server:\n%s", s.log.String())
	}
}
