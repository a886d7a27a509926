package outbound_test

import (
	"context"
	"net"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// An address that never answers leaves time for the next one.
func TestASilentAddressLeavesTimeForTheNext(t *testing.T) {
	port, _ := listens(t, "127.0.0.1:0")
	silent(t, "127.0.0.2", port)
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
	defer cancel()
	conn, err := dialer("host.example", "127.0.0.2", "127.0.0.1").DialContext(ctx, "tcp", net.JoinHostPort("host.example", port))
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.Close()
}

// silent makes an address one that answers nothing any more: a listener that takes
// nobody in, with a full queue.
func silent(t *testing.T, address, port string) {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Close(fd) })
	number, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	at := &syscall.SockaddrInet4{Port: number}
	copy(at.Addr[:], net.ParseIP(address).To4())
	if err := syscall.Bind(fd, at); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Listen(fd, 0); err != nil {
		t.Fatal(err)
	}
	for range 16 {
		conn, err := net.DialTimeout("tcp", net.JoinHostPort(address, port), 200*time.Millisecond)
		if err != nil {
			return
		}
		t.Cleanup(func() { _ = conn.Close() })
	}
	t.Skip("the queue of a listener has no end here")
}
