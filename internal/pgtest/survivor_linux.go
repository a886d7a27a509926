package pgtest

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
)

// survivor is a small shell process that reads one line from this process and
// then acts. Its input ends with this process in whatever way that ends, so it
// does what this process can no longer do.
type survivor struct {
	cmd   *exec.Cmd
	input io.WriteCloser
}

// waitForEnd starts a survivor. It stands outside the process group, where no
// Ctrl-C meant for the tests reaches it.
func waitForEnd(script string, arguments ...string) (*survivor, error) {
	cmd := exec.Command("/bin/sh", append([]string{"-c", script, "sh"}, arguments...)...) //nolint:noctx // it ends when its input does
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Dir = "/"
	cmd.Stderr = os.Stderr
	input, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("pgtest: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("pgtest: %w", err)
	}
	return &survivor{cmd, input}, nil
}

// finish says the line, ends the input and waits for the survivor.
func (s *survivor) finish(line string) error {
	_, err := io.WriteString(s.input, line)
	if err := errors.Join(err, s.input.Close(), s.cmd.Wait()); err != nil {
		return fmt.Errorf("pgtest: %w", err)
	}
	return nil
}

// broom removes the folder of a cluster whose test process was killed. It
// leaves the server, which ends at the same moment, the time to do so.
type broom survivor

func sweepLater(folder string) (*broom, error) {
	s, err := waitForEnd(`read -r _ || { sleep 1; rm -rf -- "$1"; }`, folder)
	return (*broom)(s), err
}

// putAway tells the broom that there is nothing left to sweep.
func (b *broom) putAway() error { return (*survivor)(b).finish("swept\n") }
