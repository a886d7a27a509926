package examples_test

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/peer"
)

// The nine cells of the documented example, between three processes that know
// of each other by their secrets alone.
func TestThreeDeploymentsTrustEachOtherOneWay(t *testing.T) {
	program := filepath.Join(t.TempDir(), "peer")
	if out, err := exec.Command("go", "build", "-o", program, "./peer").CombinedOutput(); err != nil {
		t.Fatalf("build the example: %v\n%s", err, out)
	}
	for name, set := range map[string]struct {
		secrets [3]string // of catalog, scaffolder and search
		flags   []string
	}{
		"the documented secrets, which are short": {
			[3]string{"my-secret-key-catalog", "my-secret-key-scaffolder", "my-secret-key-search"}, []string{"-allow-short-keys"},
		},
		"secrets of 32 bytes": {
			[3]string{peer.GenerateSecret().Reveal(), peer.GenerateSecret().Reveal(), peer.GenerateSecret().Reveal()}, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			names := []string{"catalog", "scaffolder", "search"}
			lists := map[string][]string{"catalog": names, "scaffolder": {"scaffolder"}, "search": {"search"}}
			folder := t.TempDir()
			keys := func(of []string) []string {
				args := append([]string{}, set.flags...)
				for _, one := range of {
					args = append(args, "-key", one+"="+filepath.Join(folder, one))
				}
				return args
			}
			for i, one := range names {
				if err := os.WriteFile(filepath.Join(folder, one), []byte(set.secrets[i]+"\n"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			urls := map[string]string{}
			for _, one := range names {
				urls[one] = deployment(t, program, keys(lists[one])...)
			}
			for _, from := range names {
				for _, to := range names {
					out, err := exec.Command(program, append(keys([]string{from}), "-call", urls[to])...).Output()
					if err != nil {
						t.Fatalf("%s calls %s: %v", from, to, err)
					}
					want := "401 "
					if to == "catalog" || to == from {
						want = "200 hello, " + from + "\n"
					}
					if !strings.HasPrefix(string(out), want) {
						t.Errorf("%s calls %s: %q, want %q", from, to, out, want)
					}
				}
			}
		})
	}
}

// deployment starts one process and gives its URL.
func deployment(t *testing.T, program string, args ...string) string {
	t.Helper()
	command := exec.Command(program, args...)
	var complaints bytes.Buffer
	command.Stderr = &complaints
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	url, found := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	if err != nil || !found {
		t.Fatalf("the deployment says %q, %v\n%s", line, err, complaints.String())
	}
	return url
}
