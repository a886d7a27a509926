package web

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// clientAddress gives the address of the client: that of the peer, unless the
// peer is a trusted proxy. Then it is the right-most address of
// X-Forwarded-For that is not a trusted proxy itself: everything left of it
// was written by the client (row I-05). A word there that is no address ends
// the search at the last trusted hop.
func clientAddress(r *http.Request, trusted []netip.Prefix) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{} // the admin socket
	}
	address := plain(peer.Addr())
	if !isTrusted(address, trusted) {
		return address
	}
	for _, header := range slices.Backward(r.Header["X-Forwarded-For"]) {
		for _, hop := range slices.Backward(strings.Split(header, ",")) {
			next, err := netip.ParseAddr(strings.Trim(hop, " \t"))
			if err != nil {
				return address
			}
			if address = plain(next); !isTrusted(address, trusted) {
				return address
			}
		}
	}
	return address
}

func isTrusted(address netip.Addr, trusted []netip.Prefix) bool {
	return slices.ContainsFunc(trusted, func(p netip.Prefix) bool { return p.Contains(address) })
}

// plain gives one spelling per address: IPv4 in IPv6 is IPv4, and zones,
// which a client can choose freely, are dropped.
func plain(a netip.Addr) netip.Addr { return a.Unmap().WithZone("") }

func addressText(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}

// NetworkOf gives what a client can be held to: an IPv4 address, or the /64
// of an IPv6 address, of which it has all (row I-05). The zero Addr has the
// zero Prefix.
func NetworkOf(a netip.Addr) netip.Prefix {
	a, bits := plain(a), 32
	if a.Is6() {
		bits = 64
	}
	prefix, err := a.Prefix(bits)
	if err != nil {
		return netip.Prefix{} // no address: all such clients count as one
	}
	return prefix
}
