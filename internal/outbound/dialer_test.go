package outbound_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
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
