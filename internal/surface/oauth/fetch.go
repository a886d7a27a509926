package oauth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/tokenwright/tokenwright/internal/oauth"
	"github.com/tokenwright/tokenwright/internal/outbound"
)

// Limits of reading somebody else's document (G-01).
const (
	fetchDeadline = 5 * time.Second // with the wait for a turn
	maxFetches    = 2               // at one time; one of one host
)

// fetcher reads documents from the network. Whoever names an address makes this
// server connect to it, so it connects to public addresses alone; it follows no
// redirect and uses no proxy (PER-44). A host that answers slowly holds one slot:
// what others ask of it waits for that one, not for the slots of all.
type fetcher struct {
	client *http.Client
	slots  chan struct{}
	dialer *outbound.Dialer // tests put another in its place

	mu sync.Mutex
	// hosts has the slot of each host. They are those of the configuration, so
	// none is ever dropped.
	hosts map[string]chan struct{}
}

func newFetcher() *fetcher {
	f := &fetcher{slots: make(chan struct{}, maxFetches), dialer: &outbound.Dialer{}, hosts: map[string]chan struct{}{}}
	f.client = &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     &http.Transport{DialContext: f.dialer.DialContext, DisableKeepAlives: true, MaxResponseHeaderBytes: 16 << 10},
	}
	return f
}

// read gives the document at an address.
func (f *fetcher) read(ctx context.Context, address string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchDeadline)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	done, err := f.turn(ctx, req.URL.Host)
	if err != nil {
		return nil, err
	}
	defer done()
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

// turn waits until a document of a host may be read: for the host first, so that one
// at most of each stands in the queue of all.
func (f *fetcher) turn(ctx context.Context, host string) (done func(), err error) {
	own := f.slotOf(host)
	select {
	case own <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	select {
	case f.slots <- struct{}{}:
		return func() { <-f.slots; <-own }, nil
	case <-ctx.Done():
		<-own
		return nil, ctx.Err()
	}
}

func (f *fetcher) slotOf(host string) chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	slot, known := f.hosts[host]
	if !known {
		slot = make(chan struct{}, 1)
		f.hosts[host] = slot
	}
	return slot
}
