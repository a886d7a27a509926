package examples_test

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// proxy is a running reverse proxy from an example.
type proxy struct {
	address string // of its listener
	backend string // of its own stand-in for the application
}

// settings say what a proxy stands before. An empty application means its own
// stand-in.
type settings struct {
	tokenwright, application string
	edit                     func(config string) string // a change to its configuration, or nil
}

func startNginx(t *testing.T, set settings) proxy {
	t.Helper()
	command := tool(t, "nginx")
	edit := set.edit
	set.edit = func(config string) string {
		if edit != nil {
			config = edit(config)
		}
		return asRoot() + config
	}
	folder, p := install(t, "nginx", "nginx.conf", set)
	start(t, p, exec.Command(command, "-e", "stderr", "-p", folder, "-c", "nginx.conf"))
	return p
}

// asRoot gives the line that a configuration of nginx needs when root runs it:
// its workers would otherwise give up root and could not enter the folder.
func asRoot() string {
	if os.Getuid() == 0 {
		return "user root;"
	}
	return ""
}

func startCaddy(t *testing.T, set settings) proxy {
	t.Helper()
	command := tool(t, "caddy")
	folder, p := install(t, "caddy", "Caddyfile", set)
	run := exec.Command(command, "run", "--config", "Caddyfile", "--adapter", "caddyfile")
	run.Dir = folder
	run.Env = append(os.Environ(), "HOME="+folder, "XDG_CONFIG_HOME="+folder, "XDG_DATA_HOME="+folder)
	start(t, p, run)
	return p
}

// tool finds a program. Where everything has to be tested a missing one is a
// failure.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	if os.Getenv("TOKENWRIGHT_REQUIRE") == "1" {
		t.Fatalf("%s is not installed, and TOKENWRIGHT_REQUIRE=1 demands it", name)
	}
	t.Skipf("%s is not installed: the example with it was not tested", name)
	return ""
}

// install copies an example and puts free ports in place of the written ones.
func install(t *testing.T, example, config string, set settings) (folder string, p proxy) {
	t.Helper()
	folder = t.TempDir()
	if err := os.CopyFS(folder, os.DirFS(example)); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, config)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	p = proxy{address: freeAddress(t), backend: freeAddress(t)}
	if set.application == "" {
		set.application = p.backend
	}
	text := string(data)
	for _, change := range [][2]string{
		// First where the stand-in listens, then where it is looked for.
		{"listen 127.0.0.1:8081", "listen " + p.backend},
		{"http://:8081", "http://:" + port(p.backend)},
		{"listen 127.0.0.1:8080", "listen " + p.address},
		{"http://:8080", "http://:" + port(p.address)},
		{"127.0.0.1:8081", set.application},
		{"127.0.0.1:7080", set.tokenwright},
	} {
		text = strings.ReplaceAll(text, change[0], change[1])
	}
	if set.edit != nil {
		text = set.edit(text)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return folder, p
}

// replace changes one place of a configuration, which must be there.
func replace(t *testing.T, config, old, replacement string) string {
	t.Helper()
	if strings.Count(config, old) != 1 {
		t.Fatalf("%q stands %d times in the configuration", old, strings.Count(config, old))
	}
	return strings.Replace(config, old, replacement, 1)
}

func port(address string) string {
	_, port, _ := net.SplitHostPort(address)
	return port
}

// freeAddress gives a loopback address that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// start runs a proxy until the test ends, and waits until it listens.
func start(t *testing.T, p proxy, command *exec.Cmd) {
	t.Helper()
	var output bytes.Buffer
	command.Stdout, command.Stderr = &output, &output
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	t.Cleanup(func() {
		_ = command.Process.Signal(syscall.SIGTERM)
		<-ended
		if t.Failed() {
			text := output.String()
			t.Logf("end of the output of %s:\n%s", command.Path, text[max(0, len(text)-2000):])
		}
	})
	deadline := time.Now().Add(patience)
	for time.Now().Before(deadline) {
		if conn, err := net.Dial("tcp", p.address); err == nil {
			_ = conn.Close()
			return
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("%s ended: %v\n%s", command.Path, err, output.String())
		case <-time.After(10 * time.Millisecond):
		}
	}
	t.Fatalf("%s does not listen on %s", command.Path, p.address)
}
