package examples_test

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestTheWalkWorksAsWritten does what the README of each example says: it
// starts both servers and types the commands. Only ports and the way to the
// program differ.
func TestTheWalkWorksAsWritten(t *testing.T) {
	program := filepath.Join(t.TempDir(), "tokenwright")
	if out, err := exec.Command("go", "build", "-o", program, "../cmd/tokenwright").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, f := range fronts() {
		t.Run(f.name, func(t *testing.T) {
			tool(t, f.name)
			tool(t, "curl")
			w := newWalk(t, f.example, program)
			blocks := w.blocks(t, filepath.Join(f.example, "README.md"))
			if len(blocks) != 3 {
				t.Fatalf("the README has %d blocks of commands, and not server, proxy, client", len(blocks))
			}
			w.background(t, blocks[0], w.tokenwright)
			w.background(t, blocks[1], w.front)
			w.client(t, blocks[2])
		})
	}
}

// walk is a folder that looks like the root of the repository.
type walk struct {
	folder             string
	tokenwright, front string // addresses
	replace            *strings.Replacer
}

func newWalk(t *testing.T, example, program string) walk {
	t.Helper()
	folder, err := os.MkdirTemp("", "tw") //nolint:usetesting // the socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	w := walk{folder: folder, tokenwright: freeAddress(t), front: freeAddress(t)}
	app := freeAddress(t)
	w.replace = strings.NewReplacer(
		"127.0.0.1:7080", w.tokenwright, "127.0.0.1:8080", w.front, "127.0.0.1:8081", app,
		"http://:8080", "http://:"+port(w.front), "http://:8081", "http://:"+port(app),
		"go run ./cmd/tokenwright", program, "\ndaemon off;", asRoot()+"\ndaemon off;",
	)
	entries, err := os.ReadDir(example)
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(folder, "examples", example)
	if err := os.MkdirAll(copied, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if entry.IsDir() {
			continue // left by nginx
		}
		data, err := os.ReadFile(filepath.Join(example, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(copied, entry.Name()), []byte(w.replace.Replace(string(data))), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// blocks gives the blocks of commands of a page.
func (w walk) blocks(t *testing.T, page string) []string {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var blocks []string
	for _, m := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		blocks = append(blocks, w.replace.Replace(m[1]))
	}
	return blocks
}

func (w walk) shell(script string) *exec.Cmd {
	command := exec.Command("sh", "-e", "-c", script)
	command.Dir = w.folder
	command.Env = append(os.Environ(), "HOME="+w.folder, "XDG_CONFIG_HOME="+w.folder, "XDG_DATA_HOME="+w.folder,
		"TOKENWRIGHT_LISTEN="+w.tokenwright)
	return command
}

// background runs a server until the test ends, and waits until it listens.
func (w walk) background(t *testing.T, script, address string) {
	t.Helper()
	var output bytes.Buffer
	command := w.shell("exec " + script)
	command.Stdout, command.Stderr = &output, &output
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	t.Cleanup(func() {
		_ = command.Process.Signal(syscall.SIGTERM)
		<-ended
	})
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		if conn, err := net.Dial("tcp", address); err == nil {
			_ = conn.Close()
			return
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("%s: %v\n%s", script, err, output.String())
		case <-time.After(10 * time.Millisecond):
		}
	}
	t.Fatalf("%s does not listen on %s", script, address)
}

// client types the commands and compares the statuses with those that the page
// promises behind them.
func (w walk) client(t *testing.T, script string) {
	t.Helper()
	out, err := w.shell(script).Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	promised := regexp.MustCompile(`(?m)^curl .*# (\d{3})`).FindAllStringSubmatch(script, -1)
	got := regexp.MustCompile(`HTTP/1\.1 (\d{3}) `).FindAllStringSubmatch(string(out), -1)
	if len(promised) < 5 || len(got) != len(promised) {
		t.Fatalf("%d answers are promised and %d came:\n%s", len(promised), len(got), out)
	}
	for i := range promised {
		if got[i][1] != promised[i][1] {
			t.Errorf("answer %d is %s: %s", i+1, got[i][1], promised[i][0])
		}
	}
	if !strings.Contains(string(out), "X-Auth-Subject: service-token:group:default/platform:") || strings.Contains(string(out), "X-Auth-Subject: admin") {
		t.Errorf("the application was told something else:\n%s", out)
	}
	if !strings.Contains(string(out), "token.revoked") || !strings.Contains(string(out), "access.refused") {
		t.Errorf("the log does not show what happened:\n%s", out)
	}
}
