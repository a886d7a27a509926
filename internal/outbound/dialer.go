package outbound

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"
)

const (
	// oneAddress is how long one address of a host may take to answer.
	oneAddress = 5 * time.Second
	// maxAddresses is how many addresses of a host are tried: whoever answers for
	// a name must not choose whom this server calls by the thousand.
	maxAddresses = 8
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

// DialContext connects to a host that has public addresses and no others, at the
// first of them that answers. It is for http.Transport.
func (d *Dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	list, err := d.permitted(ctx, host)
	if err != nil {
		return nil, err
	}
	var faults error
	for i, one := range list {
		conn, err := dial(ctx, network, net.JoinHostPort(one.String(), port), len(list)-i)
		if err == nil {
			return conn, nil
		}
		faults = errors.Join(faults, err)
		if ctx.Err() != nil {
			break
		}
	}
	return nil, faults
}

// permitted gives the addresses of a host, each of which may be connected to. One
// that may not be refuses the host as a whole: who wrote it there wants it dialled.
func (d *Dialer) permitted(ctx context.Context, host string) ([]netip.Addr, error) {
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
	return list[:min(len(list), maxAddresses)], nil
}

// dial connects to one of n addresses that are left. It takes at most its share of
// the time that there is, so that one which never answers leaves time for the next:
// an address of IPv6 on a machine without it, for instance.
func dial(ctx context.Context, network, address string, n int) (net.Conn, error) {
	if until, bounded := ctx.Deadline(); bounded && n > 1 {
		share, cancel := context.WithTimeout(ctx, time.Until(until)/time.Duration(n))
		defer cancel()
		ctx = share
	}
	dialer := net.Dialer{Timeout: oneAddress}
	return dialer.DialContext(ctx, network, address)
}
