package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/tokenwright/tokenwright/client"
	"github.com/tokenwright/tokenwright/token"
)

// The exit statuses.
const (
	exitDone        = 0
	exitFailed      = 1 // refused or failed; one plain line says why
	exitUsage       = 2
	exitUnreachable = 3
)

// Process is what a run of the program is given by its surroundings.
type Process struct {
	Args   []string // without the program's name
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
	// Env looks up an environment variable, as os.LookupEnv does.
	Env   func(name string) (value string, ok bool)
	Clock func() time.Time
}

// Main runs the program in its real surroundings and gives its exit status.
// SIGINT and SIGTERM end what it does in good order.
func Main() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return Run(ctx, Process{
		Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Env: os.LookupEnv, Clock: time.Now,
	})
}

// Run runs one command and gives its exit status.
func Run(ctx context.Context, p Process) int {
	a := &app{Process: p}
	root := a.rootCommand()
	root.SetArgs(p.Args)
	root.SetIn(p.Stdin)
	root.SetOut(p.Stdout)
	root.SetErr(p.Stderr)
	command, err := root.ExecuteContextC(ctx)
	return a.end(command, err)
}

// end says what went wrong, in one plain line, and gives the exit status.
func (a *app) end(command *cobra.Command, err error) int {
	if err == nil {
		return exitDone
	}
	status := exitFailed
	var wrongUse usageError
	switch {
	case errors.As(err, &wrongUse), !a.started:
		// Before a command has started, all errors are about how it was
		// called.
		status = exitUsage
	case errors.Is(err, client.ErrUnreachable) && !errors.Is(err, fs.ErrPermission):
		status = exitUnreachable
	}
	fmt.Fprintf(a.Stderr, "tokenwright: %s\n", plainLines(words(err)))
	if status == exitUsage {
		fmt.Fprintf(a.Stderr, "see: %s --help\n", command.CommandPath())
	}
	return status
}

// words says what a refusal means here, where the server tells nothing but
// its meaning.
func words(err error) string {
	var refused *client.Error
	if !errors.As(err, &refused) || refused.Problem.Detail != "" {
		return err.Error()
	}
	switch {
	case errors.Is(err, token.ErrUnauthenticated):
		return "the server does not accept this credential; get another one, by: tokenwright admin access-token"
	case errors.Is(err, token.ErrDenied):
		return "the permission for this is missing; see who has which role, by: tokenwright admin list"
	case errors.Is(err, token.ErrUnavailable):
		return "the server cannot do this now; see what is wrong, by: tokenwright doctor"
	}
	return err.Error()
}

// usageError is wrong use that a command found itself.
type usageError struct{ message string }

func (e usageError) Error() string { return e.message }

func wrongUse(format string, args ...any) error { return usageError{fmt.Sprintf(format, args...)} }
