package cli_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/cli"
)

// ran is what a run of the program gave.
type ran struct {
	status         int
	stdout, stderr string
}

// run runs one command in this process.
func run(t *testing.T, env map[string]string, args ...string) ran {
	t.Helper()
	var stdout, stderr bytes.Buffer
	status := cli.Run(t.Context(), cli.Process{
		Args: args, Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr,
		Env:   func(name string) (string, bool) { value, ok := env[name]; return value, ok },
		Clock: time.Now,
	})
	return ran{status, stdout.String(), stderr.String()}
}
