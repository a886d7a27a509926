package login

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/internal/outbound"
	"github.com/tokenwright/tokenwright/token"
)

// How published keys are read and kept.
const (
	// keysFresh is how long keys are used without the issuer's word that they
	// still are its keys.
	keysFresh = 5 * time.Minute
	// keysAhead is the age at which they are read again beside the requests
	// that use them, so that a busy issuer's keys never stop being fresh.
	keysAhead = keysFresh - 30*time.Second
	// keysStale is how long they are used while the issuer does not answer.
	// Past it no token of the issuer is verified.
	keysStale = time.Hour
	// keysPause is the least time between two fetches: a flood of tokens
	// with unknown key ids must not become a flood at the issuer.
	keysPause = 10 * time.Second
	// keysDeadline bounds one fetch, and the wait of a token for it while no
	// key of the issuer is held.
	keysDeadline = 5 * time.Second
	// keysPatience bounds that wait while keys are held.
	keysPatience = time.Second
)

// RemoteKeys are the published keys of one foreign issuer. They are read on
// first use, again before they stop being fresh, and again when a token names
// a key that is not among them. It is safe for concurrent use.
//
// An issuer that answers slowly or not at all does not stall its tokens: a
// known key is waited for once, when it was not used for so long that it is no
// longer fresh, and for a second at the most. Whoever names an unknown key
// waits no longer, and causes no more than one fetch in ten seconds.
type RemoteKeys struct {
	address string
	client  *http.Client
	clock   func() time.Time

	mu     sync.Mutex
	last   reading
	flight chan struct{} // closed when the fetch under way ends; nil when none is
}

// reading is what is known of the issuer's keys.
type reading struct {
	keys  jwt.KeySet
	got   time.Time // when keys were read; zero before the first time
	tried time.Time // when reading was last begun
	err   error     // of the last try that has ended
}

// NewRemoteKeys makes RemoteKeys for the address of a key set: https, or http
// on a loopback address. Redirects are not followed, so a key comes from where
// the operator said or from nowhere.
func NewRemoteKeys(address string, clock func() time.Time) (*RemoteKeys, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" {
		return nil, token.Invalid("the address of a key set must be an https URL without user and fragment")
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
		return nil, token.Invalid("the address of a key set must be https; http is for loopback addresses alone")
	}
	client := &http.Client{
		Timeout:       keysDeadline,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return &RemoteKeys{address: address, client: client, clock: clock}, nil
}

// OnlyPublic lets the keys be read from public addresses alone, and from the
// hosts named, which may have others: what a name means is up to whoever runs
// its name servers, and this server may reach what they cannot (PEER-22). Call
// it before the first use.
//
// A host that is loopback by its name is this machine, as the operator wrote. And
// where the environment names a proxy for the address, it is the proxy that
// connects, and that decides to what.
func (r *RemoteKeys) OnlyPublic(admitted []string) *RemoteKeys {
	u, err := url.Parse(r.address)
	if err != nil || loopback(u.Hostname()) {
		return r
	}
	if proxy, err := http.ProxyFromEnvironment(&http.Request{URL: u}); err != nil || proxy != nil {
		return r
	}
	dialer := &outbound.Dialer{Admitted: admitted}
	r.client.Transport = &http.Transport{
		DialContext: dialer.DialContext, ForceAttemptHTTP2: true,
		TLSHandshakeTimeout: keysDeadline, IdleConnTimeout: time.Minute, MaxResponseHeaderBytes: 16 << 10,
	}
	return r
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// FindKeys implements jwt.KeySource. While the issuer does not answer, keys
// read within the last hour are used; without such keys the answer is
// token.ErrUnavailable.
func (r *RemoteKeys) FindKeys(ctx context.Context, kid string) ([]jwt.Key, error) {
	now := r.clock()
	known, flight := r.look(ctx, kid, now)
	if patience := known.patience(kid, now); flight != nil && patience > 0 {
		if err := await(ctx, flight, patience); err != nil {
			return nil, err
		}
		known, flight = r.look(ctx, kid, now)
	}
	found := known.find(kid)
	switch {
	case len(found) > 0 && known.usable(now):
		return found, nil
	case known.err != nil:
		return nil, token.Unavailable(known.err)
	case flight != nil || !known.usable(now):
		return nil, token.Unavailable(errors.New("read the keys of an issuer: it has not answered yet"))
	}
	return nil, nil // it has answered, and has no such key
}

// look gives what is known, and the fetch that is under way, if any: it begins
// one when it is time.
func (r *RemoteKeys) look(ctx context.Context, kid string, now time.Time) (reading, chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	wanted := len(r.last.find(kid)) == 0 || now.Sub(r.last.got) >= keysAhead
	paused := !r.last.tried.IsZero() && now.Sub(r.last.tried) < keysPause
	if wanted && !paused && r.flight == nil {
		r.last.tried = now
		r.flight = make(chan struct{})
		// On a context of its own: a caller that goes away must not fail
		// the others.
		go r.refresh(context.WithoutCancel(ctx), now)
	}
	return r.last, r.flight
}

// refresh reads the keys and ends the flight.
func (r *RemoteKeys) refresh(ctx context.Context, now time.Time) {
	ctx, cancel := context.WithTimeout(ctx, keysDeadline)
	defer cancel()
	keys, err := r.fetch(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.last.err = err; err == nil {
		r.last.keys, r.last.got = keys, now
	}
	close(r.flight)
	r.flight = nil
}

func (k reading) find(kid string) []jwt.Key {
	found, _ := k.keys.FindKeys(context.Background(), kid) // a KeySet never fails
	return found
}

// usable reports whether keys were read within the last hour.
func (k reading) usable(now time.Time) bool { return !k.got.IsZero() && now.Sub(k.got) < keysStale }

// patience is how long a fetch is waited for. Keys that are fresh are used at
// once. Those that are not may have been withdrawn, so the issuer is asked
// first; but once it has failed to answer they are used at once again.
func (k reading) patience(kid string, now time.Time) time.Duration {
	switch known := len(k.find(kid)) > 0; {
	case !k.usable(now):
		return keysDeadline
	case known && (now.Sub(k.got) < keysFresh || k.err != nil):
		return 0
	}
	return keysPatience
}

// await waits for a fetch to end, for so long at the most.
func await(ctx context.Context, flight <-chan struct{}, patience time.Duration) error {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-flight:
	case <-timer.C:
	case <-ctx.Done():
		return token.Unavailable(ctx.Err())
	}
	return nil
}

func (r *RemoteKeys) fetch(ctx context.Context) (jwt.KeySet, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.address, nil)
	if err != nil {
		return jwt.KeySet{}, err
	}
	req.Header.Set("Accept", "application/json")
	resp, err := r.client.Do(req)
	if err != nil {
		return jwt.KeySet{}, fmt.Errorf("read the keys of an issuer: %w", err)
	}
	defer func() { _ = resp.Body.Close() }() // nothing was written
	if resp.StatusCode != http.StatusOK {
		return jwt.KeySet{}, fmt.Errorf("read the keys of an issuer: %s answers %d", r.address, resp.StatusCode)
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, jwt.MaxKeySetLength+1))
	if err != nil {
		return jwt.KeySet{}, fmt.Errorf("read the keys of an issuer: %w", err)
	}
	if len(data) > jwt.MaxKeySetLength {
		return jwt.KeySet{}, errors.New("read the keys of an issuer: the answer is too long")
	}
	keys, err := jwt.ParseJWKS(data)
	if err != nil {
		return jwt.KeySet{}, fmt.Errorf("read the keys of an issuer: %s: %w", r.address, err)
	}
	return jwt.NewKeySet(keys)
}
