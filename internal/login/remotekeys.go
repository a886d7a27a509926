package login

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/token"
)

// How published keys are read and kept.
const (
	// keysFresh is how long keys are used without asking again.
	keysFresh = 5 * time.Minute
	// keysStale is how long they are used while the issuer does not answer.
	// Past it no token of the issuer is verified.
	keysStale = time.Hour
	// keysPause is the least time between two fetches: a flood of tokens
	// with unknown key ids must not become a flood at the issuer.
	keysPause = 10 * time.Second
	// keysDeadline bounds one fetch.
	keysDeadline = 5 * time.Second
)

// RemoteKeys are the published keys of one foreign issuer. They are read on
// first use, again when they are no longer fresh, and again when a token names
// a key that is not among them. It is safe for concurrent use.
type RemoteKeys struct {
	address string
	client  *http.Client
	clock   func() time.Time
	fetches singleflight.Group
	last    atomic.Pointer[reading]
}

// reading is what is known of the issuer's keys. It is never changed.
type reading struct {
	keys  jwt.KeySet
	got   time.Time // when keys were read; zero before the first time
	tried time.Time // when reading was last begun
	err   error     // of the last try
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
	r := &RemoteKeys{address: address, client: client, clock: clock}
	r.last.Store(&reading{})
	return r, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// FindKeys implements jwt.KeySource. While the issuer does not answer, keys
// read within the last hour are used; without such keys the answer is
// token.ErrUnavailable.
func (r *RemoteKeys) FindKeys(ctx context.Context, kid string) ([]jwt.Key, error) {
	now, last := r.clock(), r.last.Load()
	found, _ := last.keys.FindKeys(ctx, kid) // a KeySet never fails
	if len(found) > 0 && now.Sub(last.got) < keysFresh {
		return found, nil
	}
	if last.tried.IsZero() || now.Sub(last.tried) >= keysPause {
		var err error
		if last, err = r.refresh(ctx); err != nil {
			return nil, err
		}
		found, _ = last.keys.FindKeys(ctx, kid)
	}
	if last.err != nil && (len(found) == 0 || now.Sub(last.got) >= keysStale) {
		return nil, token.Unavailable(last.err)
	}
	return found, nil
}

// refresh reads the keys, once for all who wait, on a context of its own: a
// caller that goes away must not fail the others.
func (r *RemoteKeys) refresh(ctx context.Context) (*reading, error) {
	done := r.fetches.DoChan("", func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), keysDeadline)
		defer cancel()
		next := *r.last.Load()
		next.tried = r.clock()
		keys, err := r.fetch(ctx)
		if next.err = err; err == nil {
			next.keys, next.got = keys, next.tried
		}
		r.last.Store(&next)
		return nil, nil
	})
	select {
	case <-done:
		return r.last.Load(), nil
	case <-ctx.Done():
		return nil, token.Unavailable(ctx.Err())
	}
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
