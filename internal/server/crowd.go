package server

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/tokenwright/tokenwright/internal/web"
)

const (
	// lastPlaces is the share of all places, one in so many, that only
	// clients without any connection get: who opens many cannot take the last
	// ones from a probe that opens one.
	lastPlaces = 8
	// spareFiles are left for the database, the admin socket, the listener of
	// metrics and the process itself.
	spareFiles = 256
)

// Why a connection was not let in.
const (
	crowdedAddress = "address"
	crowdedAll     = "all"
)

// crowd lets in only so many connections at a time, in all and from one client
// network (row I-04). One more is closed before a byte of it is read: whoever
// floods pays for each attempt with a connection, and the server with almost
// nothing. One crowd stands before every door that strangers can knock at.
type crowd struct {
	max, maxPerNetwork int
	// exempt are the trusted proxies, which bring many clients: they count
	// among all and not by address.
	exempt  []netip.Prefix
	refused func(network netip.Prefix, why string)

	mu   sync.Mutex
	all  int
	held map[netip.Prefix]int
}

// crowded is a listener whose connections are those of a crowd.
type crowded struct {
	*net.TCPListener

	crowd *crowd
}

// Accept implements net.Listener.
func (l crowded) Accept() (net.Conn, error) {
	c := l.crowd
	for {
		conn, err := l.AcceptTCP()
		if err != nil {
			return nil, err
		}
		network := networkOf(conn.RemoteAddr())
		if why := c.enter(network); why != "" {
			c.refused(network, why)
			_ = conn.Close() // nothing was read, so nothing can be lost
			continue
		}
		return &place{TCPConn: conn, leave: sync.OnceFunc(func() { c.leave(network) })}, nil
	}
}

// enter takes a place, or says why there is none.
func (c *crowd) enter(network netip.Prefix) (why string) {
	exempt := slices.ContainsFunc(c.exempt, func(p netip.Prefix) bool { return p.Contains(network.Addr()) })
	c.mu.Lock()
	defer c.mu.Unlock()
	held := c.held[network]
	switch {
	case !exempt && held >= c.maxPerNetwork:
		return crowdedAddress
	case c.all >= c.max, held > 0 && c.all >= c.max-c.max/lastPlaces:
		return crowdedAll
	}
	c.all++
	c.held[network] = held + 1
	return ""
}

func (c *crowd) leave(network netip.Prefix) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all--
	if c.held[network]--; c.held[network] == 0 {
		delete(c.held, network)
	}
}

// count gives how many connections are open.
func (c *crowd) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.all
}

// place is a connection that was let in. The TCP connection is embedded and
// not hidden behind net.Conn: net/http closes its half of it by itself, which
// keeps an early answer from being lost.
type place struct {
	*net.TCPConn

	leave func()
}

// Close implements net.Conn.
func (p *place) Close() error {
	p.leave()
	return p.TCPConn.Close()
}

// networkOf gives the client network of a connection.
func networkOf(remote net.Addr) netip.Prefix {
	peer, err := netip.ParseAddrPort(remote.String())
	if err != nil {
		return netip.Prefix{} // all such count as one
	}
	return web.NetworkOf(peer.Addr())
}

// admitOnly puts the limits of connections before the doors that strangers can
// knock at.
func (s *Server) admitOnly(doors ...*door) error {
	c := &crowd{
		max: s.cfg.Limits.Connections, maxPerNetwork: s.cfg.Limits.ConnectionsPerAddress,
		exempt: s.cfg.TrustedProxies, held: map[netip.Prefix]int{},
	}
	if room := openFiles() - spareFiles; room < c.max {
		c.max = max(room, 1)
		s.log.Warn("fewer connections than limits.connections are let in: the process may not open more files",
			slog.Int("configured", s.cfg.Limits.Connections), slog.Int("let_in", c.max))
	}
	c.refused = s.turnedAway(s.metrics.crowd(c.count))
	for _, d := range doors {
		tcp, ok := d.listener.(*net.TCPListener)
		if !ok {
			return fmt.Errorf("server: the listener of %s is a %T and not one of TCP", d.name, d.listener)
		}
		d.listener = crowded{tcp, c}
	}
	return nil
}

// turnedAway counts connections that were not let in and tells of one a
// minute: a flood must not become one of the log.
func (s *Server) turnedAway(count func(why string)) func(netip.Prefix, string) {
	seldom := rate.Sometimes{Interval: time.Minute}
	return func(network netip.Prefix, why string) {
		count(why)
		seldom.Do(func() {
			s.log.WarnContext(context.Background(), "connections are turned away",
				slog.String("why", why), slog.String("from", network.String()))
		})
	}
}
