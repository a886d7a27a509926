package server_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/tokenwright/tokenwright/internal/config"
	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/internal/server"
	"github.com/tokenwright/tokenwright/tokentest"
)

// configure gives a configuration as flags make it.
func configure(t *testing.T, flags map[string]string) *config.Config {
	t.Helper()
	if flags["listen"] == "" {
		flags["listen"] = "127.0.0.1:0"
	}
	database, named := flags["database"] // as a variable: a flag takes no password
	delete(flags, "database")
	env := func(name string) (string, bool) { return database, named && name == "TOKENWRIGHT_DATABASE" }
	cfg, _, err := config.Load(config.Sources{Flags: flags, Env: env})
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// refused starts a server that must not start, and gives why it does not.
func refused(t *testing.T, flags map[string]string) string {
	t.Helper()
	err := server.Run(t.Context(), configure(t, flags), server.Options{Log: slog.New(slog.DiscardHandler)})
	if err == nil {
		t.Fatal("the server started")
	}
	return err.Error()
}

// newData gives the path of a data folder that does not exist yet, short
// enough for a socket in it.
func newData(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "tw") //nolint:usetesting // the socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return filepath.Join(dir, "data")
}

func TestASecondServerOnTheSameDataRefusesToStart(t *testing.T) {
	first := tokentest.Start(t)
	if why := refused(t, map[string]string{"data": first.Data}); !strings.Contains(why, "another process") {
		t.Errorf("it says: %s", why)
	}
	first.WaitReady()
}

func TestASecondServerOnTheSameDataRefusesToStartWithPostgreSQLToo(t *testing.T) {
	url := database(t, pgtest.Start(t))
	first := tokentest.Start(t, tokentest.WithDatabase(url))
	why := refused(t, map[string]string{"data": first.Data, "database": url})
	if !strings.Contains(why, "another server runs on the data folder") {
		t.Errorf("it says: %s", why)
	}
	local(t, first, http.MethodGet, "/api/admin/v1/users", "")
}

func TestWhatTheServerMakesBelongsToItsUserAlone(t *testing.T) {
	s := tokentest.Start(t)
	for name, want := range map[string]os.FileMode{
		"": 0o700, "admin.sock": 0o600, server.KeyFileName: 0o600, "tokenwright.db": 0o600,
	} {
		info, err := os.Stat(filepath.Join(s.Data, name))
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%q has mode %04o, want %04o", name, got, want)
		}
	}
}

func TestADataFolderThatOthersReachIsRefused(t *testing.T) {
	data := newData(t)
	if err := os.Mkdir(data, 0o755); err != nil {
		t.Fatal(err)
	}
	if why := refused(t, map[string]string{"data": data}); !strings.Contains(why, "chmod 700") {
		t.Errorf("it does not say how to mend it: %s", why)
	}
}

func TestAKeyFileIsNeverReplaced(t *testing.T) {
	for name, spoil := range map[string]func(path string) error{
		"missing":  os.Remove,
		"empty":    func(path string) error { return os.Truncate(path, 0) },
		"cut":      func(path string) error { return os.Truncate(path, 20) },
		"too open": func(path string) error { return os.Chmod(path, 0o644) },
		"a folder": func(path string) error { _ = os.Remove(path); return os.Mkdir(path, 0o700) },
		"a dangling link": func(path string) error {
			_ = os.Remove(path)
			return os.Symlink(path+".gone", path)
		},
		"another key": func(path string) error {
			return os.WriteFile(path, []byte(strings.Repeat("A", 43)+"=\n"), 0o600)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := tokentest.Start(t)
			if err := s.Stop(); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(s.Data, server.KeyFileName)
			if err := spoil(path); err != nil {
				t.Fatal(err)
			}
			before, _ := os.ReadFile(path)
			why := refused(t, map[string]string{"data": s.Data})
			if !strings.Contains(why, "key") {
				t.Errorf("it does not name the key: %s", why)
			}
			if after, _ := os.ReadFile(path); string(after) != string(before) {
				t.Error("the key file was replaced")
			}
		})
	}
}

func TestWhatWasIssuedSurvivesARestart(t *testing.T) {
	s := tokentest.Start(t)
	kept, ended := s.Issue(platform, "kept", "catalog:read"), s.Issue(platform, "ended", "catalog:read")
	s.Revoke(ended)
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	again := tokentest.Start(t, tokentest.WithData(s.Data))
	if err := check(again, kept); err != nil {
		t.Errorf("a good token is refused after a restart: %v", err)
	}
	if err := check(again, ended); err == nil {
		t.Error("a revoked token is good after a restart")
	}
}

func TestAnEndingContextStopsTheServerAndFinishesRequests(t *testing.T) {
	s := tokentest.Start(t)
	const body = `{"name":"late","description":"d","groupEntityRef":"group:default/platform","scopes":["catalog:read"]}`
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	answers := bufio.NewReader(conn)
	_, err = fmt.Fprintf(conn, "POST /api/access-tokens/service HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"+
		"Content-Length: %d\r\nExpect: 100-continue\r\nAuthorization: Bearer %s\r\n\r\n", len(body), s.UserToken("user:default/admin"))
	if err != nil {
		t.Fatal(err)
	}
	// The handler asks for the body, so the request is under way.
	if ready, err := http.ReadResponse(answers, nil); err != nil || ready.StatusCode != http.StatusContinue {
		t.Fatalf("the body is not asked for: %v, %v", ready, err)
	}
	stopped := make(chan error, 1)
	go func() { stopped <- s.Stop() }()
	until(t, 5*time.Second, "the server says that it stops", func() bool {
		return strings.Contains(s.Logs(), "stopping")
	})
	if _, err := io.WriteString(conn, body); err != nil {
		t.Fatal(err)
	}
	if answer, err := http.ReadResponse(answers, nil); err != nil || answer.StatusCode != http.StatusCreated {
		t.Errorf("the request under way was answered %v, %v", answer, err)
	}
	select {
	case err := <-stopped:
		if err != nil {
			t.Errorf("the stop failed: %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the server did not stop within ten seconds")
	}
	if _, err := os.Stat(s.Socket()); !os.IsNotExist(err) {
		t.Errorf("the admin socket was left behind: %v", err)
	}
}

func TestAStopEndsEveryGoroutine(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	ctx, cancel := context.WithCancel(t.Context())
	s, err := server.New(ctx, configure(t, map[string]string{"data": newData(t)}), server.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx) }()
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

func TestTheFirstAdministratorIsOfferedALinkUntilSomebodySignedIn(t *testing.T) {
	s := tokentest.Start(t)
	link := offered(s)
	if !strings.HasPrefix(link, s.URL+"/sign-in/") {
		t.Fatalf("the log offers %q", link)
	}
	if got := ask(t, http.DefaultClient, http.MethodPost, link, "", ""); got.status != http.StatusOK {
		t.Fatalf("the link is answered %d: %s", got.status, got.body)
	}
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	again := tokentest.Start(t, tokentest.WithData(s.Data))
	if link := offered(again); link != "" {
		t.Errorf("a link is offered after an administrator signed in: %s", link)
	}
}

// A log that is kept holds no link; it says how to get one.
func TestALogHoldsNoSignInLink(t *testing.T) {
	if info, err := os.Stderr.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
		t.Skip("the standard error of this test is a terminal")
	}
	s := tokentest.Start(t, tokentest.WithoutDemonstration())
	if link := offered(s); link != "" || !strings.Contains(s.Logs(), "tokenwright admin link") {
		t.Errorf("the log: %s", s.Logs())
	}
}

// offered gives the link that the log of a server offers, or "".
func offered(s *tokentest.Server) string {
	_, rest, _ := strings.Cut(s.Logs(), " link=")
	link, _, _ := strings.Cut(rest, "\n")
	return link
}
