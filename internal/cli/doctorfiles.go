package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"

	"github.com/tokenwright/tokenwright/internal/config"
)

// lookAtFolder judges the data folder: whoever can open its files can sign
// tokens (row B-10).
func (d *diagnosis) lookAtFolder(path string) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		d.bad("data folder", path+" does not exist", "start the server once, or name the folder with --data")
		return
	case err != nil:
		d.bad("data folder", err.Error(), "run doctor as the user who runs the server")
		return
	case !info.IsDir():
		d.bad("data folder", path+" is not a folder", "name a folder with --data")
		return
	case info.Mode().Perm()&0o077 != 0:
		d.bad("data folder", fmt.Sprintf("others can reach %s: its mode is %04o", path, info.Mode().Perm()), "chmod 700 "+path)
		return
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		d.bad("data folder", err.Error(), "run doctor as the user who runs the server")
		return
	}
	wide := false
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil {
			continue // gone since it was listed: nobody can open it
		}
		if mode := info.Mode().Perm(); mode&0o077 != 0 && info.Mode()&fs.ModeSymlink == 0 {
			wide = true
			file := filepath.Join(path, entry.Name())
			d.bad("data folder", fmt.Sprintf("others may open %s: its mode is %04o", file, mode), "chmod go= "+file)
		}
	}
	if !wide {
		d.good("data folder", path+", and no file in it, can be opened by others")
	}
}

// lookAtDatabaseFile judges who can reach a database file that is not in the
// data folder. The server refuses to start on one that others may open.
func (d *diagnosis) lookAtDatabaseFile(cfg *config.Config) {
	path := cfg.Database.Path
	if cfg.Database.Driver == config.DriverPostgres || path == "" || filepath.Dir(path) == filepath.Clean(cfg.Data) {
		return
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		d.bad("database file", path+" does not exist", "start the server once, or name the file with --database sqlite:PATH")
	case err != nil:
		d.bad("database file", err.Error(), "run doctor as the user who runs the server")
	case info.Mode().Perm()&0o077 != 0:
		d.bad("database file", fmt.Sprintf("others may open %s: its mode is %04o", path, info.Mode().Perm()), "chmod 600 "+path)
	}
}

// lookAtAddresses judges whether listen, public_url and trusted_proxies can
// be true together.
func (d *diagnosis) lookAtAddresses(cfg *config.Config) {
	public, err := url.Parse(cfg.PublicURL)
	if cfg.PublicURL == "" || err != nil {
		return // unset with port 0; a bad one is a fault of the configuration
	}
	host, _, err := net.SplitHostPort(cfg.Listen)
	if err != nil {
		return
	}
	behindProxy := public.Scheme == "https"
	switch {
	case !behindProxy && !onlyHere(public.Hostname()):
		d.bad("addresses", "public_url is plain http: tokens travel readable on the network",
			"put a proxy with TLS in front and set public_url to its https address")
	case !onlyHere(host) && onlyHere(public.Hostname()):
		d.bad("addresses", "the server listens on "+cfg.Listen+", but its links lead to "+cfg.PublicURL,
			"set public_url to the address under which others reach it")
	case behindProxy && len(cfg.TrustedProxies) == 0:
		d.bad("addresses", "public_url is https, so there is a proxy in front, but trusted_proxies is empty: "+
			"the log shows the proxy's address for every client, and forward-auth does not see the original request",
			"set trusted_proxies to the addresses of the proxy, such as [127.0.0.1/32]")
	default:
		d.good("addresses", "listen, public_url and trusted_proxies go together")
	}
}

// onlyHere reports whether a host means this machine alone.
func onlyHere(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.IsLoopback()
}
