package bench_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/web"
)

// The environment variable that makes this test binary a bare server.
const bareVariable = "TOKENWRIGHT_BENCH_BARE"

// hotTokens is how many tokens the load presents in turn.
const hotTokens = 1000

// BenchmarkHTTP measures forward-auth (P4) and introspection (P5), cached
// tokens, beside a bare net/http handler with the same server settings that
// answers the same bytes. Servers run as processes of their own with one
// processor each; the load takes turns.
func BenchmarkHTTP(b *testing.B) {
	tw := startTokenwright(b)
	raws := tw.issue(b, hotTokens)
	forward := requests(raws, func(raw string) string {
		return "GET /forward-auth?scope=catalog:read HTTP/1.1\r\nHost: " + tw.addr + "\r\nAuthorization: Bearer " + raw + "\r\n\r\n"
	})
	introspect := requests(raws, func(raw string) string {
		body := "token=" + raw
		return fmt.Sprintf("POST /oauth2/introspect HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n"+
			"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s", tw.addr, tw.admin, len(body), body)
	})
	compare(b, tw, "P4", "forward-auth, hit", "at least 0.90", forward)
	compare(b, tw, "P5", "introspection, hit", "at least 0.75", introspect)
	for b.Loop() { // the figures are in the report
	}
}

// compare runs both servers in turn under the same requests.
func compare(b *testing.B, tw *process, id, what, target string, prepared [][]byte) {
	b.Helper()
	bare := startBare(b, sample(b, tw.addr, prepared[0]))
	var rates, cpus, twRates, twCPU []float64
	for range rounds {
		a := load{bare.addr, prepared, 64, "200"}.run(b, bare.pid, time.Second)
		t := load{tw.addr, prepared, 64, "200"}.run(b, tw.pid, time.Second)
		rates, cpus = append(rates, t.rate()/a.rate()), append(cpus, a.perRequest()/t.perRequest())
		twRates, twCPU = append(twRates, t.rate()), append(twCPU, t.perRequest())
	}
	report.set(figure{id, what + ", 64 connections", fmt.Sprintf(
		"%.2f of bare by rate, %.2f by CPU (%.0f/s, %.1f µs CPU a request)",
		median(rates), median(cpus), median(twRates), median(twCPU)), target})
}

func requests(raws []string, write func(raw string) string) [][]byte {
	out := make([][]byte, len(raws))
	for i, raw := range raws {
		out[i] = []byte(write(raw))
	}
	return out
}

// sample takes the answer that the bare server has to repeat: its headers and
// body.
func sample(b *testing.B, addr string, request []byte) string {
	b.Helper()
	conn, err := net.Dial("tcp", addr)
	must(b, err)
	defer conn.Close()
	_, err = conn.Write(request)
	must(b, err)
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	must(b, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	must(b, err)
	if answer.StatusCode != http.StatusOK {
		b.Fatalf("the server answered %s: %s", answer.Status, body)
	}
	answer.Header.Del("Date")
	text, err := json.Marshal(bareAnswer{answer.Header, string(body)})
	must(b, err)
	return string(text)
}

// bareAnswer is what the bare server repeats.
type bareAnswer struct {
	Header http.Header
	Body   string
}

// serveBare is the bare server's process: a handler that sets the headers and
// writes the body, and nothing else.
func serveBare(text string) error {
	var answer bareAnswer
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		return err
	}
	body := []byte(answer.Body)
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			_, _ = io.Copy(io.Discard, r.Body)
		}
		h := w.Header()
		for k, v := range answer.Header {
			h[k] = v
		}
		_, _ = w.Write(body)
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Fprintln(os.Stdout, listener.Addr())
	return web.NewServer(handler, slog.New(slog.DiscardHandler)).Serve(listener)
}

// process is a server under load.
type process struct {
	addr, admin string
	pid         int
	binary      string
	data        string
	cmd         *exec.Cmd
}

// end asks the process to stop and waits for it.
func (p *process) end() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return p.cmd.Wait()
}

func startBare(b *testing.B, answer string) *process {
	b.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), bareVariable+"="+answer, "GOMAXPROCS=1")
	out, err := cmd.StdoutPipe()
	must(b, err)
	start(b, cmd)
	addr, err := bufio.NewReader(out).ReadString('\n')
	must(b, err)
	return &process{addr: strings.TrimSpace(addr), pid: cmd.Process.Pid}
}

// startTokenwright builds the product and serves on an empty data folder, with
// further variables of the environment.
func startTokenwright(b *testing.B, env ...string) *process {
	b.Helper()
	folder, err := os.MkdirTemp("", "twbench") //nolint:usetesting // the socket's path must be short
	must(b, err)
	b.Cleanup(func() { _ = os.RemoveAll(folder) })
	p := &process{binary: filepath.Join(folder, "tokenwright"), data: filepath.Join(folder, "data")}
	build := exec.Command("go", "build", "-o", p.binary, "../cmd/tokenwright")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("building the product: %v\n%s", err, out)
	}
	p.addr = freeAddress(b)
	cmd := exec.Command(p.binary, "serve", "--dev", "--data", p.data, "--listen", p.addr)
	cmd.Env = append(append(os.Environ(), "GOMAXPROCS=1"), env...)
	cmd.Stderr = os.Stderr
	start(b, cmd)
	p.pid, p.cmd = cmd.Process.Pid, cmd
	waitReady(b, "http://"+p.addr+"/readyz")
	p.admin = strings.TrimSpace(p.run(b, "admin", "access-token", "--user", "user:default/admin", "--ttl", "1h"))
	return p
}

// run runs a command of the product against the server.
func (p *process) run(b *testing.B, args ...string) string {
	b.Helper()
	cmd := exec.Command(p.binary, args...)
	cmd.Env = append(os.Environ(), "TOKENWRIGHT_DATA="+p.data)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		b.Fatalf("tokenwright %s: %v\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return string(out)
}

// issue issues tokens over the REST API and gives their secrets.
func (p *process) issue(b *testing.B, n int) []string {
	b.Helper()
	raws := make([]string, n)
	for i := range raws {
		body := fmt.Sprintf(`{"name":"bench-%d","description":"bench","groupEntityRef":"platform",`+
			`"scopes":["catalog:read","catalog:write","techdocs:read","scaffolder:read","scaffolder:execute"]}`, i)
		raws[i] = p.create(b, body)
	}
	return raws
}

func (p *process) create(b *testing.B, body string) string {
	b.Helper()
	for {
		r, err := http.NewRequestWithContext(context.Background(), http.MethodPost,
			"http://"+p.addr+"/api/access-tokens/service", strings.NewReader(body))
		must(b, err)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+p.admin)
		answer, err := http.DefaultClient.Do(r)
		must(b, err)
		var created struct{ RawToken string }
		err = json.NewDecoder(answer.Body).Decode(&created)
		_ = answer.Body.Close()
		must(b, err)
		if answer.StatusCode == http.StatusTooManyRequests {
			time.Sleep(time.Second) //nolint:forbidigo // obeys the server's rate limit; nothing is waited for
			continue
		}
		if answer.StatusCode != http.StatusCreated {
			b.Fatalf("issue answered %s", answer.Status)
		}
		return created.RawToken
	}
}

// start starts a process and ends it with the benchmark, or with this process.
func start(b *testing.B, cmd *exec.Cmd) {
	b.Helper()
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	must(b, cmd.Start())
	b.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
}

func freeAddress(b *testing.B) string {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(b, err)
	defer l.Close()
	return l.Addr().String()
}

func waitReady(b *testing.B, url string) {
	b.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for time.Now().Before(deadline) {
		if answer, err := http.Get(url); err == nil {
			_ = answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return
			}
		}
		time.Sleep(20 * time.Millisecond) //nolint:forbidigo // polls a condition
	}
	b.Fatal("the server did not become ready")
}
