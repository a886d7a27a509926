package server_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/tokentest"
)

// connect opens a connection from a loopback address and asks for the health
// once, so that the server has counted it. ok is false when it was closed
// instead of answered.
func connect(t *testing.T, s *tokentest.Server, from string) (conn net.Conn, ok bool) {
	t.Helper()
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: 5 * time.Second}
	conn, err := dialer.DialContext(t.Context(), "tcp", strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		t.Skipf("this system cannot connect from %s: %v", from, err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprintf(conn, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
		return conn, false
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return conn, false
	}
	_ = resp.Body.Close()
	return conn, resp.StatusCode == http.StatusOK
}

// crowdOf holds n connections from an address, all of which must be let in.
func crowdOf(t *testing.T, s *tokentest.Server, from string, n int) []net.Conn {
	t.Helper()
	var held []net.Conn
	for i := range n {
		conn, ok := connect(t, s, from)
		if !ok {
			t.Fatalf("connection %d from %s was closed", i+1, from)
		}
		held = append(held, conn)
	}
	return held
}

// turnedAway asserts that one more connection is closed without an answer.
func turnedAway(t *testing.T, s *tokentest.Server, from string) {
	t.Helper()
	if _, ok := connect(t, s, from); ok {
		t.Errorf("one more connection from %s was let in", from)
	}
}

// metric gives the value of a metric as text, or "".
func metric(t *testing.T, s *tokentest.Server, name string) string {
	t.Helper()
	for line := range strings.Lines(ask(t, http.DefaultClient, http.MethodGet, s.OpsURL+"/metrics", "", "").body) {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// TestI04EveryDoorCountsForOneCrowd: the listener of the account RPC takes its
// connections from the same descriptors.
func TestI04EveryDoorCountsForOneCrowd(t *testing.T) {
	s := tokentest.Start(t, tokentest.WithConfig(
		"limits: {connections_per_address: 8}\nkinds: {workspace: {rpc_listen: '127.0.0.1:0'}}"))
	crowdOf(t, s, "127.0.0.2", 8)
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP("127.0.0.2")}}
	client := http.Client{Transport: &http.Transport{DialContext: dialer.DialContext}}
	resp, err := client.Post(s.RPCURL(), "application/json", strings.NewReader(`{"method":"x"}`))
	if err == nil {
		_ = resp.Body.Close()
		t.Errorf("a ninth connection was let in by the other door: %d", resp.StatusCode)
	}
}

func TestI04OneAddressCannotTakeEveryConnection(t *testing.T) {
	s := tokentest.Start(t, tokentest.WithOps(), tokentest.WithConfig("limits: {connections_per_address: 8}"))
	held := crowdOf(t, s, "127.0.0.2", 8)
	turnedAway(t, s, "127.0.0.2")
	turnedAway(t, s, "127.0.0.2")
	if _, ok := connect(t, s, "127.0.0.3"); !ok {
		t.Error("another address was closed out")
	}
	local(t, s, http.MethodGet, "/api/admin/v1/status", "")
	if n := metric(t, s, `tokenwright_connections_refused_total{limit="address"}`); n != "2" {
		t.Errorf("%q refused connections are counted, want 2", n)
	}
	if told := strings.Count(s.Logs(), "connections are turned away"); told != 1 {
		t.Errorf("the log tells of it %d times, want once a minute", told)
	}
	_ = held[0].Close()
	until(t, 10*time.Second, "let in again after one has left", func() bool {
		_, ok := connect(t, s, "127.0.0.2")
		return ok
	})
}

func TestI04TheLastPlacesAreForClientsThatHaveNone(t *testing.T) {
	s := tokentest.Start(t, tokentest.WithConfig("limits: {connections: 16}"))
	crowdOf(t, s, "127.0.0.2", 13)
	// Whether one is left depends on what the start of the server has kept.
	until(t, 10*time.Second, "fourteen places are taken", func() bool {
		_, ok := connect(t, s, "127.0.0.2")
		return !ok
	})
	crowdOf(t, s, "127.0.0.3", 1) // a probe
	turnedAway(t, s, "127.0.0.3")
	local(t, s, http.MethodGet, "/api/admin/v1/status", "")
}

func TestI04ATrustedProxyIsNotHeldToTheLimitOfAnAddress(t *testing.T) {
	s := tokentest.Start(t, tokentest.WithConfig("trusted_proxies: [127.0.0.2]\nlimits: {connections_per_address: 2}"))
	crowdOf(t, s, "127.0.0.2", 5)
	crowdOf(t, s, "127.0.0.3", 2)
	turnedAway(t, s, "127.0.0.3")
}

// However a connection ends, its place is free again.
func TestI04EveryConnectionGivesItsPlaceBack(t *testing.T) {
	s := tokentest.Start(t, tokentest.WithOps(), tokentest.WithConfig("limits: {connections_per_address: 4}"))
	ends := []func(net.Conn){
		func(c net.Conn) { _ = c.Close() },
		func(c net.Conn) { _ = c.(*net.TCPConn).SetLinger(0); _ = c.Close() },
		func(c net.Conn) { _, _ = c.Write([]byte("GET /x HTTP/1.1\r\nHost: ")); _ = c.Close() },
		func(c net.Conn) { _, _ = c.Write([]byte("nonsense\r\n\r\n")); _ = c.Close() },
		func(c net.Conn) {
			_, _ = c.Write([]byte("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
			_ = c.(*net.TCPConn).CloseWrite()
		},
	}
	for range 10 {
		for _, end := range ends {
			until(t, 10*time.Second, "a free place", func() bool {
				conn, ok := connect(t, s, "127.0.0.2")
				if ok {
					end(conn)
				}
				return ok
			})
		}
	}
	http.DefaultClient.CloseIdleConnections()
	until(t, 10*time.Second, "no connection is counted any more", func() bool {
		return metric(t, s, "tokenwright_connections") == "0"
	})
}
