package proof_test

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/client"
)

// installation is a data folder and the way a server is started on it. It
// outlives its processes.
type installation struct {
	t        testing.TB
	data     string
	database string // "" = SQLite in the data folder
	config   string // YAML
	args     []string
	// wrap, when set, changes the command before it is started.
	wrap func(*exec.Cmd)
	// apart is true when the server sees another file system in its data
	// folder than this process does.
	apart bool
}

// manyRequests lifts the limit of requests a minute, which is not under test
// here and would be the first to say no.
const manyRequests = "limits: {requests_per_minute: 1000000}\n"

// install gives an empty installation.
func install(t testing.TB) *installation {
	t.Helper()
	return &installation{t: t, data: filepath.Join(shortFolder(t), "data"), config: manyRequests}
}

// command gives the command that serves the installation. A fixed public URL
// keeps the issuer, and so every access JWT, the same on whatever port it
// listens.
func (i *installation) command() *exec.Cmd {
	i.t.Helper()
	file := filepath.Join(filepath.Dir(i.data), "tokenwright.yaml")
	must(i.t, os.WriteFile(file, []byte(i.config), 0o600))
	args := append([]string{
		"serve", "--dev", "--config", file, "--data", i.data, "--listen", "127.0.0.1:0", "--public-url", "http://localhost",
	}, i.args...)
	if i.database != "" {
		args = append(args, "--database", i.database)
	}
	cmd := exec.Command(built.path(i.t), args...)
	cmd.Env = cleanEnvironment()
	cmd.Dir = filepath.Dir(i.data)
	cmd.SysProcAttr = dieWithParent()
	if i.wrap != nil {
		i.wrap(cmd)
	}
	return cmd
}

// cleanEnvironment leaves out what would configure the program.
func cleanEnvironment() []string {
	var env []string
	for _, pair := range os.Environ() {
		if !strings.HasPrefix(pair, "TOKENWRIGHT_") {
			env = append(env, pair)
		}
	}
	return env
}

// process is a running server.
type process struct {
	*installation
	cmd   *exec.Cmd
	said  *logbook
	url   string
	took  time.Duration // from its start until it was ready
	ended chan struct{}
	err   error // what it ended with, once ended is closed
}

// launch starts the server and does not wait for anything.
func (i *installation) launch() *process {
	i.t.Helper()
	p := &process{installation: i, cmd: i.command(), said: &logbook{listening: make(chan string, 1)}, ended: make(chan struct{})}
	p.cmd.Stderr = p.said
	must(i.t, p.cmd.Start())
	go func() {
		p.err = p.cmd.Wait()
		close(p.ended)
	}()
	i.t.Cleanup(p.kill)
	return p
}

// start starts the server and waits until it is ready.
func (i *installation) start() *process {
	i.t.Helper()
	began := time.Now()
	p := i.launch()
	select {
	case address := <-p.said.listening:
		p.url = "http://" + address
	case <-p.ended:
		i.t.Fatalf("the server ended at its start: %v\n%s", p.err, p.said.tail())
	case <-time.After(patience):
		i.t.Fatalf("the server does not listen\n%s", p.said.tail())
	}
	until(i.t, "ready", func() bool { return p.status("/readyz") == http.StatusOK })
	p.took = time.Since(began)
	return p
}

// folder gives the path by which this process reaches the data folder.
func (p *process) folder() string {
	if p.apart {
		return filepath.Join("/proc/"+strconv.Itoa(p.cmd.Process.Pid)+"/root", p.data)
	}
	return p.data
}

// status gives the status of a GET without a credential, or 0.
func (p *process) status(path string) int {
	response, err := http.Get(p.url + path)
	if err != nil {
		return 0
	}
	_ = response.Body.Close()
	return response.StatusCode
}

// kill ends the process as a power switch would.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended by itself
	<-p.ended
}

// stop ends the process in good order.
func (p *process) stop() {
	p.t.Helper()
	must(p.t, p.cmd.Process.Signal(syscall.SIGTERM))
	select {
	case <-p.ended:
		if p.err != nil {
			p.t.Fatalf("the server ended badly: %v\n%s", p.err, p.said.tail())
		}
	case <-time.After(patience):
		p.t.Fatalf("the server does not stop\n%s", p.said.tail())
	}
}

// alive fails the test when the process has ended.
func (p *process) alive() {
	p.t.Helper()
	select {
	case <-p.ended:
		p.t.Fatalf("the server has ended: %v\n%s", p.err, p.said.tail())
	default:
	}
}

// admin gives a client on the admin socket.
func (p *process) admin() *client.Client {
	p.t.Helper()
	c, err := client.New(client.Options{Socket: filepath.Join(p.folder(), "admin.sock")})
	must(p.t, err)
	p.t.Cleanup(c.Close)
	return c
}

// userToken gives an access JWT of a user, good for an hour.
func (p *process) userToken(ref string) string {
	p.t.Helper()
	made, err := p.admin().MakeAccessToken(p.t.Context(), ref, time.Hour)
	must(p.t, err)
	return made.AccessToken
}

// run runs a command of the program against the installation, and gives its
// standard output.
func (i *installation) run(input string, args ...string) string {
	i.t.Helper()
	return i.runIn(i.data, input, args...)
}

// runIn is run with another path to the data folder.
func (i *installation) runIn(folder, input string, args ...string) string {
	i.t.Helper()
	cmd := exec.Command(built.path(i.t), args...)
	cmd.Env = append(cleanEnvironment(), "TOKENWRIGHT_DATA="+folder)
	cmd.Stdin = strings.NewReader(input)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		i.t.Fatalf("tokenwright %s: %v\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return string(out)
}
