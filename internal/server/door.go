package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

const (
	socketName = "admin.sock"
	// maxSocketPath is what the least generous system takes for the path of
	// a Unix socket.
	maxSocketPath = 103
	dialDeadline  = time.Second
)

// door is one listener and what serves it.
type door struct {
	name     string
	listener net.Listener
	server   *http.Server
}

// serve serves until the door is shut.
func (d door) serve() error {
	err := d.server.Serve(d.listener)
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("the %s listener: %w", d.name, err)
}

// shut takes no more connections and waits for the requests under way; when
// ctx ends first they are cut off.
func (d door) shut(ctx context.Context) error {
	err := d.server.Shutdown(ctx)
	if err != nil {
		err = errors.Join(fmt.Errorf("the %s listener was cut off: %w", d.name, err), d.server.Close())
	}
	return err
}

// listenTCP listens on an address of the configuration.
func listenTCP(ctx context.Context, key, address string) (net.Listener, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("%s: cannot listen on %s: %w", key, address, err)
	}
	return listener, nil
}

// listenAdmin listens on the admin socket. The folder keeps others out until
// the socket has its mode.
func listenAdmin(ctx context.Context, folder string) (net.Listener, error) {
	path, err := filepath.Abs(filepath.Join(folder, socketName))
	if err != nil {
		return nil, fmt.Errorf("the admin socket: %w", err)
	}
	if len(path) > maxSocketPath {
		return nil, fmt.Errorf("the path of the admin socket %s is longer than %d bytes; choose a shorter data folder", path, maxSocketPath)
	}
	if err := removeStale(ctx, path); err != nil {
		return nil, err
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "unix", path)
	if err != nil {
		return nil, fmt.Errorf("the admin socket: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("the admin socket: %w", err), listener.Close())
	}
	return listener, nil
}

// removeStale removes the socket that a killed server left behind. One that
// somebody answers belongs to a running server and is left alone.
func removeStale(ctx context.Context, path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("the admin socket: %w", err)
	}
	if info.Mode().Type() != fs.ModeSocket {
		return fmt.Errorf("the admin socket: %s exists and is not a socket; move it away", path)
	}
	dialer := net.Dialer{Timeout: dialDeadline}
	if conn, err := dialer.DialContext(ctx, "unix", path); err == nil {
		return errors.Join(fmt.Errorf("another server runs on the data folder %s; stop it first", filepath.Dir(path)), conn.Close())
	}
	if err := os.Remove(path); err != nil {
		return fmt.Errorf("the admin socket: %w", err)
	}
	return nil
}

// localKey finds the principal of a connection of the admin socket.
type localKey struct{}

// withLocal notes who is at the other end of a connection of the admin
// socket. A connection whose user cannot be told gets nobody.
func withLocal(ctx context.Context, conn net.Conn) context.Context {
	uid, ok := peerUser(conn)
	if !ok {
		return ctx
	}
	id := strconv.FormatUint(uint64(uid), 10)
	name := "uid-" + id
	if known, err := user.LookupId(id); err == nil {
		name = known.Username
	}
	return context.WithValue(ctx, localKey{}, token.Principal{Type: token.PrincipalLocal, Ref: "local:" + name})
}

// localPrincipal gives who withLocal noted.
func localPrincipal(ctx context.Context) token.Principal {
	who, _ := ctx.Value(localKey{}).(token.Principal)
	return who
}

// address names a door for the log.
func (d door) address() slog.Attr { return slog.String("address", d.listener.Addr().String()) }
