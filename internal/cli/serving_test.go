package cli_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

const patience = 30 * time.Second

// serving is a server that a script has started.
type serving struct {
	command *exec.Cmd
	ended   chan error
}

// servers holds the server of each script that runs.
type servers struct{ byScript sync.Map }

func (s *servers) of(ts *testscript.TestScript) *serving {
	one, _ := s.byScript.Load(ts)
	server, _ := one.(*serving)
	return server
}

// serve starts `tokenwright serve` and waits until GET /readyz answers 200.
// Everything it says goes to serve.log.
func (s *servers) serve(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("usage: serve [FLAG…]")
	}
	program, err := exec.LookPath("tokenwright")
	ts.Check(err)
	command := exec.Command(program, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)
	command.Dir = ts.MkAbs(".")
	command.Env = []string{
		"HOME=" + ts.Getenv("HOME"), "PATH=" + ts.Getenv("PATH"), "GOCOVERDIR=" + ts.Getenv("GOCOVERDIR"),
		"TOKENWRIGHT_DATA=" + ts.Getenv("TOKENWRIGHT_DATA"),
		// The race detector shadows every byte of a large cache.
		"TOKENWRIGHT_VERIFY_CACHE_ENTRIES=10000",
	}
	said, err := command.StderrPipe()
	ts.Check(err)
	ts.Check(command.Start())
	one := &serving{command: command, ended: make(chan error, 1)}
	ts.Defer(func() {
		_ = command.Process.Kill() // it may have ended by itself
		<-one.ended
	})
	addresses := make(chan string, 1)
	go func() {
		one.follow(bufio.NewScanner(said), ts.MkAbs("serve.log"), addresses)
		one.ended <- command.Wait()
		close(one.ended)
	}()
	select {
	case address := <-addresses:
		ts.Setenv("URL", "http://"+address)
		waitReady(ts, "http://"+address)
	case <-one.ended:
		ts.Fatalf("the server has ended:\n%s", ts.ReadFile("serve.log"))
	case <-time.After(patience):
		ts.Fatalf("the server says no address:\n%s", ts.ReadFile("serve.log"))
	}
	s.byScript.Store(ts, one)
}

// follow keeps what the server says and finds the address of its public door.
func (*serving) follow(lines *bufio.Scanner, path string, addresses chan<- string) {
	log, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return
	}
	defer log.Close()
	for lines.Scan() {
		fmt.Fprintln(log, lines.Text())
		var line struct{ Msg, Door, Address string }
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "listening" && line.Door == "public" {
			addresses <- line.Address
		}
	}
}

func waitReady(ts *testscript.TestScript, url string) {
	deadline := time.After(patience)
	for {
		response, err := http.Get(url + "/readyz")
		if err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return
			}
		}
		select {
		case <-deadline:
			ts.Fatalf("the server does not become ready:\n%s", ts.ReadFile("serve.log"))
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// stop ends the server as a supervisor does.
func (s *servers) stop(ts *testscript.TestScript, neg bool, args []string) {
	one := s.of(ts)
	if neg || len(args) > 0 || one == nil {
		ts.Fatalf("usage: stop, after serve")
	}
	ts.Check(one.command.Process.Signal(syscall.SIGTERM))
	select {
	case err := <-one.ended:
		if err != nil {
			ts.Fatalf("SIGTERM must end it with exit status 0: %v\n%s", err, ts.ReadFile("serve.log"))
		}
	case <-time.After(10 * time.Second):
		ts.Fatalf("SIGTERM must end it within 10 s:\n%s", ts.ReadFile("serve.log"))
	}
}
