package server_test

import (
	"errors"
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
)

// cable is a TCP connection to a database that can be cut: connections stay
// open and nothing passes any more, as when a switch dies.
type cable struct {
	listener net.Listener
	network  string
	address  string

	mu  sync.Mutex
	cut chan struct{} // closed while the cable is cut; nil while it is whole
	all []net.Conn
}

// newCable lays a cable to the database of a URL whose host is a folder with a
// Unix socket, and gives the URL that goes through it.
func newCable(t *testing.T, database string) (*cable, string) {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := query.Get("port")
	if port == "" {
		port = "5432"
	}
	c := &cable{listener: listener, network: "unix", address: query.Get("host") + "/.s.PGSQL." + port}
	t.Cleanup(c.close)
	go c.accept()
	query.Del("host")
	query.Del("port")
	query.Set("sslmode", "disable")
	u.Host, u.RawQuery = listener.Addr().String(), query.Encode()
	return c, u.String()
}

func (c *cable) accept() {
	for {
		near, err := c.listener.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial(c.network, c.address)
		if err != nil {
			_ = near.Close()
			continue
		}
		c.mu.Lock()
		c.all = append(c.all, near, far)
		c.mu.Unlock()
		go c.carry(near, far)
		go c.carry(far, near)
	}
}

// carry copies until an end closes. While the cable is cut it holds back what
// it read, and what it held back arrives when the cable is mended.
func (c *cable) carry(to, from net.Conn) {
	defer to.Close()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		c.wait()
		if n > 0 {
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			if !errors.Is(err, io.EOF) {
				_ = from.Close()
			}
			return
		}
	}
}

func (c *cable) wait() {
	c.mu.Lock()
	mended := c.cut
	c.mu.Unlock()
	if mended != nil {
		<-mended
	}
}

// Cut lets nothing pass until Mend.
func (c *cable) Cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cut = make(chan struct{})
}

// Mend lets everything pass again.
func (c *cable) Mend() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cut != nil {
		close(c.cut)
		c.cut = nil
	}
}

func (c *cable) close() {
	c.Mend()
	_ = c.listener.Close()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, conn := range c.all {
		_ = conn.Close()
	}
}
