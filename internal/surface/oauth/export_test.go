package oauth

import (
	"context"
	"crypto/tls"
	"net/http"
	"net/netip"
)

// Fetcher is a fetcher for tests.
type Fetcher struct{ *fetcher }

// NewFetcher makes one as the server does.
func NewFetcher() Fetcher { return Fetcher{newFetcher()} }

// Read gives the document at an address.
func (f Fetcher) Read(ctx context.Context, address string) ([]byte, error) {
	return f.read(ctx, address)
}

// Trust takes every address for a public one and any certificate for a good one.
func (f Fetcher) Trust() Fetcher {
	f.dialer.Public = func(netip.Addr) bool { return true }
	f.client.Transport.(*http.Transport).TLSClientConfig = &tls.Config{InsecureSkipVerify: true}
	return f
}

// Resolve answers for the names of hosts.
func (f Fetcher) Resolve(resolve func(host string) []netip.Addr) Fetcher {
	f.dialer.Resolve = func(_ context.Context, _, host string) ([]netip.Addr, error) { return resolve(host), nil }
	return f
}
