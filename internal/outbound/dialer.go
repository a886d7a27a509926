package outbound

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
)

// ErrAddress says that a host has an address that is not public. It does not say
// which: the answer may reach whoever named the host.
var ErrAddress = errors.New("outbound: the host is not a public one")

// Dialer connects to public addresses. The zero value does so, by the name
// servers of the system.
type Dialer struct {
	// Admitted are hosts that may have other addresses, in lower case.
	Admitted []string
	// Public says which addresses may be connected to; nil means IsPublic.
	Public func(netip.Addr) bool
	// Resolve gives the addresses of a host; nil means the system's resolver.
	Resolve func(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// DialContext connects to a host that has public addresses and no others. It is
// for http.Transport.
func (d *Dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	resolve, public := d.Resolve, d.Public
	if resolve == nil {
		resolve = net.DefaultResolver.LookupNetIP
	}
	if public == nil {
		public = IsPublic
	}
	list, err := resolve(ctx, "ip", host)
	if err != nil {
		return nil, err
	}
	refused := slices.ContainsFunc(list, func(a netip.Addr) bool { return !public(a) })
	if len(list) == 0 || refused && !slices.Contains(d.Admitted, strings.ToLower(host)) {
		return nil, ErrAddress
	}
	var dialer net.Dialer
	return dialer.DialContext(ctx, network, net.JoinHostPort(list[0].String(), port))
}
