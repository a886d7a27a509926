package oauth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/tokenwright/tokenwright/internal/oauth"
)

// Limits of reading somebody else's document (G-01).
const (
	fetchDeadline = 10 * time.Second
	maxFetches    = 2 // at one time
)

var errAddress = errors.New("oauth: the host of a client's document is not a public one")

// fetcher reads documents from the network. Whoever names an address makes this
// server connect to it, so it connects to public addresses alone: the name is
// resolved once, all of its addresses are judged, and one of those is dialled,
// so that a name cannot mean another machine a moment later. It follows no
// redirect and uses no proxy (PER-44).
type fetcher struct {
	client *http.Client
	slots  chan struct{}
	// isPublic and resolve are what they say; tests put others in their place.
	isPublic func(netip.Addr) bool
	resolve  func(ctx context.Context, network, host string) ([]netip.Addr, error)
}

func newFetcher() *fetcher {
	f := &fetcher{slots: make(chan struct{}, maxFetches), isPublic: isPublic, resolve: net.DefaultResolver.LookupNetIP}
	f.client = &http.Client{
		Timeout:       fetchDeadline,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     &http.Transport{DialContext: f.dial, DisableKeepAlives: true, MaxResponseHeaderBytes: 16 << 10},
	}
	return f
}

// dial connects to a host that has public addresses and no others.
func (f *fetcher) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	list, err := f.resolve(ctx, "ip", host)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, errAddress
	}
	for _, one := range list {
		if !f.isPublic(one) {
			return nil, errAddress
		}
	}
	var dialer net.Dialer
	return dialer.DialContext(ctx, network, net.JoinHostPort(list[0].String(), port))
}

// read gives the document at an address.
func (f *fetcher) read(ctx context.Context, address string) ([]byte, error) {
	select {
	case f.slots <- struct{}{}:
		defer func() { <-f.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json")
	resp, err := f.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }() // it was read as far as it counts
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("oauth: the document is answered with %d", resp.StatusCode)
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, oauth.MaxDocument+1))
	if err == nil && len(data) > oauth.MaxDocument {
		err = errors.New("oauth: the document is too long")
	}
	return data, err
}

// isPublic reports whether an address belongs to the network at large: not to
// this machine or network, to no other sort of receiver, and not to a block
// that stands for other addresses.
func isPublic(a netip.Addr) bool {
	if !a.IsValid() || a.Is4In6() || a.Zone() != "" || !a.IsGlobalUnicast() || a.IsPrivate() {
		return false
	}
	for _, block := range [...]string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15",
		"198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "fec0::/10",
	} {
		if netip.MustParsePrefix(block).Contains(a) {
			return false
		}
	}
	return true
}
