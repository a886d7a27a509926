package oauth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/tokenwright/tokenwright/internal/oauth"
	"github.com/tokenwright/tokenwright/internal/outbound"
)

// Limits of reading somebody else's document (G-01).
const (
	fetchDeadline = 10 * time.Second
	maxFetches    = 2 // at one time
)

// fetcher reads documents from the network. Whoever names an address makes this
// server connect to it, so it connects to public addresses alone; it follows no
// redirect and uses no proxy (PER-44).
type fetcher struct {
	client *http.Client
	slots  chan struct{}
	dialer *outbound.Dialer // tests put another in its place
}

func newFetcher() *fetcher {
	f := &fetcher{slots: make(chan struct{}, maxFetches), dialer: &outbound.Dialer{}}
	f.client = &http.Client{
		Timeout:       fetchDeadline,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     &http.Transport{DialContext: f.dialer.DialContext, DisableKeepAlives: true, MaxResponseHeaderBytes: 16 << 10},
	}
	return f
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
