package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	superuser = "app"
	// patience bounds every wait for the server.
	patience = 60 * time.Second
	// socketRoom is what is left of the 108 bytes of a socket's path for the
	// folder it stands in.
	socketRoom = 108 - len("/.s.PGSQL.5432") - 1
)

// Options say how a cluster differs from the fast, careless default.
type Options struct {
	// Durable keeps fsync, synchronous commit and full page writes on: for
	// tests that kill the server and look at what is left.
	Durable bool
	// Settings are further server parameters, such as "log_statement=all".
	Settings []string
}

// Cluster is one running PostgreSQL server with its own folder.
type Cluster struct {
	folder    string
	programs  string
	owner     account
	arguments []string
	broom     *broom
	server    *server // nil while it does not run
	pause     *pause  // nil while it is not paused
	template  template
}

// New starts a cluster for one test and ends it with the test.
func New(t testing.TB, options Options) *Cluster {
	t.Helper()
	c, err := create(options)
	if errors.Is(err, errAbsent) {
		absent(t, err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// URL is the address of a database of the cluster, as pgx reads it.
func (c *Cluster) URL(database string) string {
	address := url.URL{
		Scheme: "postgres", User: url.User(superuser), Path: "/" + database,
		RawQuery: url.Values{"host": {c.folder}}.Encode(),
	}
	return address.String()
}

// Log is what the server has written about itself.
func (c *Cluster) Log(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile(c.logFile())
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func (c *Cluster) logFile() string { return filepath.Join(c.folder, "server.log") }
func (c *Cluster) data() string    { return filepath.Join(c.folder, "data") }

// create makes the folder and the cluster in it, and starts the server.
func create(options Options) (*Cluster, error) {
	folderOfPrograms, err := programs()
	if err != nil {
		return nil, err
	}
	owner, err := serverAccount()
	if err != nil {
		return nil, err
	}
	c := &Cluster{programs: folderOfPrograms, owner: owner}
	if c.folder, err = newFolder(owner, options); err != nil {
		return nil, err
	}
	if c.broom, err = sweepLater(c.folder); err != nil {
		return nil, errors.Join(err, os.Remove(c.folder))
	}
	c.arguments = c.serverArguments(options)
	if err := c.initialise(); err != nil {
		return nil, errors.Join(err, c.close())
	}
	if err := c.start(); err != nil {
		return nil, errors.Join(err, c.close())
	}
	return c, nil
}

// newFolder makes a folder that the server's account owns and whose path
// leaves room for the socket. Making and dropping databases is mostly work on
// some hundred files, so what need not last stands in memory where it can.
func newFolder(owner account, options Options) (string, error) {
	parent := os.TempDir()
	if !options.Durable && roomInMemory() {
		parent = memory
	}
	folder, err := os.MkdirTemp(parent, "pgtest")
	if err != nil {
		return "", fmt.Errorf("pgtest: %w", err)
	}
	if len(folder) > socketRoom {
		return "", errors.Join(os.Remove(folder), fmt.Errorf(
			"pgtest: %s is too long a path for a Unix socket; set TMPDIR to a shorter one", folder))
	}
	if err := owner.give(folder); err != nil {
		return "", errors.Join(os.Remove(folder), err)
	}
	return folder, nil
}

func (c *Cluster) serverArguments(options Options) []string {
	settings := []string{"listen_addresses=", "unix_socket_directories=" + c.folder, "shared_buffers=32MB", "max_connections=200", "max_wal_size=128MB"}
	if !options.Durable {
		settings = append(settings, "fsync=off", "synchronous_commit=off", "full_page_writes=off")
	}
	arguments := []string{"-D", c.data()}
	for _, setting := range append(settings, options.Settings...) {
		arguments = append(arguments, "-c", setting)
	}
	return arguments
}

func (c *Cluster) initialise() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	initdb := exec.CommandContext(ctx, filepath.Join(c.programs, "initdb"),
		"-D", c.data(), "-U", superuser, "-A", "trust", "--no-locale", "-E", "UTF8", "--no-sync")
	initdb.Dir = c.folder
	c.owner.run(initdb)
	if output, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("pgtest: initdb: %w\n%s", err, output)
	}
	return nil
}

// start runs the server and waits until it answers.
func (c *Cluster) start() error {
	started, err := c.launch()
	if err != nil {
		return err
	}
	c.server = started
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		conn, err := pgx.Connect(ctx, c.URL("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-tick.C:
		case <-started.exited:
			return fmt.Errorf("pgtest: the server ended at its start:\n%s", c.tail())
		case <-ctx.Done():
			return fmt.Errorf("pgtest: the server does not answer: %w\n%s", err, c.tail())
		}
	}
}

// tail is the end of the server's log, for the message of a failure.
func (c *Cluster) tail() string {
	text, err := os.ReadFile(c.logFile())
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-4096):])
}

// close ends the server at once and removes the folder.
func (c *Cluster) close() error {
	err := c.release()
	if c.server != nil {
		err = errors.Join(err, c.server.end(immediate))
	}
	return errors.Join(err, os.RemoveAll(c.folder), c.broom.putAway())
}
