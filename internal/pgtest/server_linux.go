package pgtest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

// How a server is told to end.
const (
	fast      = syscall.SIGINT  // breaks connections with a word, writes a checkpoint
	immediate = syscall.SIGQUIT // like a crash that nobody has to clean up after
)

// account is the user the server runs as. PostgreSQL refuses to run as root.
type account struct{ credential *syscall.Credential } // nil = the user of the test

// serverAccount is "postgres" for tests that run as root.
func serverAccount() (account, error) {
	if os.Geteuid() != 0 {
		return account{}, nil
	}
	found, err := user.Lookup("postgres")
	if err != nil {
		return account{}, fmt.Errorf("%w: tests run as root and there is no user postgres", errAbsent)
	}
	uid, err := strconv.ParseUint(found.Uid, 10, 32)
	if err != nil {
		return account{}, fmt.Errorf("pgtest: %w", err)
	}
	gid, err := strconv.ParseUint(found.Gid, 10, 32)
	if err != nil {
		return account{}, fmt.Errorf("pgtest: %w", err)
	}
	return account{&syscall.Credential{Uid: uint32(uid), Gid: uint32(gid), Groups: []uint32{}}}, nil
}

// give makes the account the owner of a file or folder.
func (a account) give(name string) error {
	if a.credential == nil {
		return nil
	}
	if err := os.Chown(name, int(a.credential.Uid), int(a.credential.Gid)); err != nil {
		return fmt.Errorf("pgtest: %w", err)
	}
	return nil
}

// run makes a command run as the account, out of reach of the terminal's
// Ctrl-C, and end when the thread that started it ends.
func (a account) run(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: a.credential, Pdeathsig: immediate, Setpgid: true}
}

// server is a running server process.
type server struct {
	process *os.Process
	exited  chan struct{} // closed when the process has ended
}

// launch runs the server. Its starter is a goroutine that keeps its thread to
// itself until the server has ended: the kernel reports the death of a thread,
// not of a process, and an idle thread may go earlier.
func (c *Cluster) launch() (*server, error) {
	log, err := os.OpenFile(c.logFile(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("pgtest: %w", err)
	}
	cmd := exec.Command(filepath.Join(c.programs, "postgres"), c.arguments...) //nolint:noctx // it lives as long as the cluster, and end ends it
	cmd.Dir, cmd.Stdout, cmd.Stderr = c.folder, log, log
	c.owner.run(cmd)
	begun, exited := make(chan error), make(chan struct{})
	go func() {
		runtime.LockOSThread()
		defer close(exited)
		defer log.Close() // the server wrote to its own copy of it
		err := cmd.Start()
		begun <- err
		if err == nil {
			_ = cmd.Wait() // a killed server is what some tests want
		}
	}()
	if err := <-begun; err != nil {
		return nil, fmt.Errorf("pgtest: %w", err)
	}
	return &server{cmd.Process, exited}, nil
}

// end tells the server to end and waits until it has, with all its children.
func (s *server) end(how syscall.Signal) error {
	children := s.children()
	if err := s.process.Signal(how); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("pgtest: %w", err)
	}
	if how == syscall.SIGKILL {
		for _, pid := range children {
			// One that has ended by itself in the meantime is as good.
			_ = syscall.Kill(pid, how)
		}
	}
	deadline := time.After(patience)
	select {
	case <-s.exited:
	case <-deadline:
		return fmt.Errorf("pgtest: the server did not end within %s of %s", patience, how)
	}
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		if !anyAlive(children) {
			return nil
		}
		select {
		case <-tick.C:
		case <-deadline:
			return fmt.Errorf("pgtest: processes of the server did not end within %s of %s", patience, how)
		}
	}
}
