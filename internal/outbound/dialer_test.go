package outbound_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"testing"

	"github.com/tokenwright/tokenwright/internal/outbound"
)

func TestWhatIsPublic(t *testing.T) {
	for address, public := range map[string]bool{
		"1.1.1.1": true, "2606:4700::1111": true,
		"0.1.2.3": false, "10.1.2.3": false, "100.64.0.1": false, "127.0.0.2": false, "169.254.1.1": false, "172.16.0.1": false,
		"192.168.0.1": false, "198.18.0.1": false, "224.0.0.1": false, "255.255.255.255": false, "::": false, "::1": false,
		"::ffff:1.1.1.1": false, "::1.1.1.1": false, "64:ff9b::101:101": false, "2002:101:101::": false, "fc00::1": false,
		"fe80::1": false, "fec0::1": false, "ff02::1": false, "2001:db8::1": false,
		"168.63.129.16": false, "168.63.129.15": true, // Azure's host agent, and a neighbour
		"169.254.169.254": false, "169.254.170.2": false, "100.100.100.200": false, "192.0.0.192": false, // other clouds
		"fd00:ec2::254": false, "fd20:ce::254": false, "::ffff:168.63.129.16": false,
	} {
		if outbound.IsPublic(netip.MustParseAddr(address)) != public {
			t.Errorf("%s: %v, want %v", address, !public, public)
		}
	}
}

// G-01, PEER-22: what a name means is judged and dialled in one.
func TestOnlyPublicAndAdmittedHostsAreReached(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	d := outbound.Dialer{
		Admitted: []string{"admitted.example", "nothing.example"},
		Resolve: func(_ context.Context, _, host string) ([]netip.Addr, error) {
			asked++
			return map[string][]netip.Addr{
				"private.example":  {netip.MustParseAddr("127.0.0.1")},
				"mixed.example":    {netip.MustParseAddr("1.1.1.1"), netip.MustParseAddr("127.0.0.1")},
				"admitted.example": {netip.MustParseAddr("127.0.0.1")},
			}[host], nil
		},
	}
	for host, reached := range map[string]bool{
		"private.example": false, "mixed.example": false, "nothing.example": false,
		"admitted.example": true, "Admitted.Example": false, // this one has no address
	} {
		conn, err := d.DialContext(t.Context(), "tcp", net.JoinHostPort(host, port))
		if (err == nil) != reached || err != nil && !errors.Is(err, outbound.ErrAddress) {
			t.Errorf("%s: %v, want it reached: %v", host, err, reached)
		}
		if err == nil {
			_ = conn.Close()
		}
	}
	if asked != 5 {
		t.Errorf("5 names were resolved %d times", asked)
	}
}

// A host is reached although its first address is not: one of IPv6 on a machine
// without it, or a machine that is being replaced.
func TestEveryAddressOfAHostIsTriedInTurn(t *testing.T) {
	port, reached := listens(t, "127.0.0.1:0")
	for name, test := range map[string]struct {
		addresses []string
		reached   bool
	}{
		"the first is deaf":            {[]string{"127.0.0.2", "127.0.0.3", "127.0.0.1"}, true},
		"the first is of another sort": {[]string{"::1", "127.0.0.1"}, true},
		"none hears":                   {[]string{"127.0.0.2", "127.0.0.3"}, false},
		"one too many is not tried":    {append(slices.Repeat([]string{"127.0.0.2"}, 8), "127.0.0.1"), false},
	} {
		d := dialer("host.example", test.addresses...)
		conn, err := d.DialContext(t.Context(), "tcp", net.JoinHostPort("host.example", port))
		if (err == nil) != test.reached {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil {
			_ = conn.Close()
			<-reached
		}
	}
}

// G-01: one address that may not be dialled is not skipped for the sake of another.
func TestAHostWithOneAddressWithinIsNotDialledAtAll(t *testing.T) {
	port, reached := listens(t, "127.0.0.1:0")
	d := dialer("host.example", "127.0.0.1", "127.0.0.2")
	d.Public = func(a netip.Addr) bool { return a == netip.MustParseAddr("127.0.0.1") }
	d.Admitted = nil
	if _, err := d.DialContext(t.Context(), "tcp", net.JoinHostPort("host.example", port)); !errors.Is(err, outbound.ErrAddress) {
		t.Errorf("%v", err)
	}
	select {
	case <-reached:
		t.Error("its public address was dialled")
	default:
	}
}

// listens listens at an address, and tells of whoever connects.
func listens(t *testing.T, address string) (port string, reached <-chan struct{}) {
	t.Helper()
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	came := make(chan struct{}, 16)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_ = conn.Close()
			came <- struct{}{}
		}
	}()
	t.Cleanup(func() { _ = listener.Close() })
	_, port, err = net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port, came
}

// dialer knows one host, which is admitted, by its addresses.
func dialer(host string, addresses ...string) *outbound.Dialer {
	var list []netip.Addr
	for _, one := range addresses {
		list = append(list, netip.MustParseAddr(one))
	}
	return &outbound.Dialer{
		Admitted: []string{host},
		Resolve:  func(context.Context, string, string) ([]netip.Addr, error) { return list, nil },
	}
}
