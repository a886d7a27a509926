package web

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/maypok86/otter/v2"
	"golang.org/x/time/rate"
)

// maxRateKeys bounds the memory of rates. A key that is pushed out begins
// anew with a full rate.
const maxRateKeys = 100_000

// How many bad credentials a minute are recorded in the audit log, from one
// address and from all. The others are refused just the same.
const (
	recordsPerAddress = 60
	recordsInAll      = 600
)

// limiter counts requests per minute by principal and by client address.
type limiter struct {
	clock func() time.Time
	rates *otter.Cache[rateKey, *rate.Limiter]
}

// rateKey names a counter. The limit is part of it, so surfaces with equal
// limits and one base share a counter and others do not.
type rateKey struct {
	base      string
	perMinute int
	principal string
	address   netip.Prefix
}

func newLimiter(clock func() time.Time) (*limiter, error) {
	rates, err := otter.New(&otter.Options[rateKey, *rate.Limiter]{MaximumSize: maxRateKeys})
	if err != nil {
		return nil, fmt.Errorf("web: rates: %w", err)
	}
	return &limiter{clock, rates}, nil
}

func (l *limiter) allowPrincipal(r *Request, limits Limits) error {
	// Type and ref: a service and a person may be called alike.
	who := string(r.Principal.Type) + " " + r.Principal.Ref
	return l.allow(rateKey{base: r.surface.Base, perMinute: limits.PerPrincipal, principal: who})
}

// allowAddress counts a client by its trusted address, IPv6 by /64: a client
// has all addresses of one (row I-05). The admin socket has none.
func (l *limiter) allowAddress(r *Request, limits Limits) error {
	if r.Local {
		return nil
	}
	return l.allow(rateKey{base: r.surface.Base, perMinute: limits.PerAddress, address: networkOf(r.Address)})
}

// mayRecord reports whether a bad credential may still be recorded.
func (l *limiter) mayRecord(r *Request) bool {
	return l.allow(rateKey{base: "records", perMinute: recordsPerAddress, address: networkOf(r.Address)}) == nil &&
		l.allow(rateKey{base: "records", perMinute: recordsInAll}) == nil
}

// allow takes one request from a counter that holds one minute's worth and is
// filled evenly.
func (l *limiter) allow(key rateKey) error {
	if key.perMinute <= 0 {
		return nil
	}
	counter, _ := l.rates.ComputeIfAbsent(key, func() (*rate.Limiter, bool) {
		return rate.NewLimiter(rate.Limit(float64(key.perMinute)/60), key.perMinute), false
	})
	now := l.clock()
	reservation := counter.ReserveN(now, 1)
	if wait := reservation.DelayFrom(now); wait > 0 {
		reservation.CancelAt(now)
		return &limitError{wait}
	}
	return nil
}
