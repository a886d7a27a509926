package web

import (
	"crypto/sha256"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/maypok86/otter/v2"
	"golang.org/x/time/rate"

	"github.com/tokenwright/tokenwright/token"
)

// maxRateKeys bounds the memory of rates. A key that is pushed out begins
// anew with a full rate.
const maxRateKeys = 100_000

// How many bad credentials a minute, and how many requests by pages of other
// sites, are recorded in the audit log, from one address and from all. The others are refused just the same.
const (
	recordsPerAddress = 60
	recordsInAll      = 600
)

// refusalsPerPrincipal is how many refusals a minute one known principal can
// cause on one surface. Each is a durable record, and any good token can cause
// them (rows I-06, I-07); past it the answer is that there are too many
// requests, which is recorded nowhere.
const refusalsPerPrincipal = 600

// limiter counts requests per minute by principal and by client address.
type limiter struct {
	clock   func() time.Time
	rates   *otter.Cache[rateKey, *rate.Limiter]
	windows *otter.Cache[rateKey, *window]
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
	windows, err := otter.New(&otter.Options[rateKey, *window]{MaximumSize: maxRateKeys})
	if err != nil {
		return nil, fmt.Errorf("web: windows: %w", err)
	}
	return &limiter{clock, rates, windows}, nil
}

// allowPrincipal counts a request of somebody known. Whoever can open the admin
// socket can stop the server as well, and is not counted.
func (l *limiter) allowPrincipal(r *Request, limits Limits) error {
	switch {
	case r.Local:
		return nil
	case limits.PerWindow > 0:
		return l.allowWindow(r.writer.Header(), rateKey{base: r.surface.Base, perMinute: limits.PerWindow, principal: principalKey(r)})
	case limits.PerPrincipal <= 0:
		return nil
	}
	return l.allow(rateKey{base: r.surface.Base, perMinute: limits.PerPrincipal, principal: principalKey(r)})
}

// principalKey names a principal by type and ref: a service and a person may
// be called alike.
func principalKey(r *Request) string { return string(r.Principal.Type) + " " + r.Principal.Ref }

// allowRefusal takes one refusal of the principal.
func (l *limiter) allowRefusal(r *Request) error { return l.allow(refusalKey(r)) }

// mayBeRefused looks whether the principal has a refusal left and takes none:
// for routes whose handler decides, and records.
func (l *limiter) mayBeRefused(r *Request) error {
	counter, known := l.rates.GetIfPresent(refusalKey(r))
	if known && counter.TokensAt(l.clock()) < 1 {
		return &limitError{time.Second, refusalsPerPrincipal}
	}
	return nil
}

// Identify tells who asks, for a handler of a public route that has found it out
// by itself; the log and the limits go by it from then on. The error, of meaning
// token.ErrLimited, says that this principal was refused too often a moment ago.
func (r *Request) Identify(who token.Principal) error {
	who.RequestID, who.Address = r.ID, addressText(r.Address)
	r.Principal = who
	return r.limiter.mayBeRefused(r)
}

// CountRefusal counts a refusal that the handler has recorded and that its
// answer does not show by its status. See [Request.Identify].
func (r *Request) CountRefusal() { _ = r.limiter.allowRefusal(r) }

func refusalKey(r *Request) rateKey {
	return rateKey{base: "refusals " + r.surface.Base, perMinute: refusalsPerPrincipal, principal: principalKey(r)}
}

// allowAddress counts a client by its trusted address, IPv6 by /64: a client
// has all addresses of one (row I-05). The admin socket has none.
func (l *limiter) allowAddress(r *Request, limits Limits) error {
	if r.Local || limits.PerAddress <= 0 {
		return nil
	}
	return l.allow(rateKey{base: r.surface.Base, perMinute: limits.PerAddress, address: NetworkOf(r.Address)})
}

// allowVisitor counts whoever uses a public route, by the trusted address.
func (l *limiter) allowVisitor(r *Request, limits Limits) error {
	if limits.PerWindow <= 0 || r.Local {
		return l.allowAddress(r, limits)
	}
	return l.allowWindow(r.writer.Header(), rateKey{base: r.surface.Base, perMinute: limits.PerWindow, address: NetworkOf(r.Address)})
}

// mayRecord reports whether a bad credential may still be recorded.
func (l *limiter) mayRecord(r *Request) bool { return l.mayRecordAs("records", r) }

// mayRecordForeign reports whether what another site made a browser send may
// still be recorded. It is counted apart from bad credentials: a page must not be
// able to hide somebody's guesses behind it.
func (l *limiter) mayRecordForeign(r *Request) bool { return l.mayRecordAs("foreign pages", r) }

func (l *limiter) mayRecordAs(base string, r *Request) bool {
	return l.allow(rateKey{base: base, perMinute: recordsPerAddress, address: NetworkOf(r.Address)}) == nil &&
		l.allow(rateKey{base: base, perMinute: recordsInAll}) == nil
}

// allow takes one request from a counter that holds one minute's worth and is
// filled evenly.
func (l *limiter) allow(key rateKey) error {
	if key.perMinute <= 0 {
		return nil
	}
	return takeOne(l.counter(key), l.clock())
}

// counter gives the counter of a key, a full one at first.
func (l *limiter) counter(key rateKey) *rate.Limiter {
	counter, _ := l.rates.ComputeIfAbsent(key, func() (*rate.Limiter, bool) {
		return rate.NewLimiter(rate.Limit(float64(key.perMinute)/60), key.perMinute), false
	})
	return counter
}

func takeOne(counter *rate.Limiter, now time.Time) error {
	reservation := counter.ReserveN(now, 1)
	if wait := reservation.DelayFrom(now); wait > 0 {
		reservation.CancelAt(now)
		return &limitError{wait, counter.Burst()}
	}
	return nil
}

// Count takes one request of somebody whom the handler has recognised and who is
// no principal, from wherever they ask; name is who, or what is counted. Call it when they have
// proved who they are. The error is of meaning token.ErrLimited.
func (r *Request) Count(name string, perMinute int) error {
	return r.count(rateKey{perMinute: perMinute, principal: accountKey(name)})
}

// CountHere is Count for somebody who has not proved who they are: each network
// has a count of its own, so that none can use up another's.
func (r *Request) CountHere(name string, perMinute int) error {
	return r.count(rateKey{perMinute: perMinute, principal: accountKey(name), address: NetworkOf(r.Address)})
}

func (r *Request) count(key rateKey) error {
	if r.Local {
		return nil
	}
	key.base = "counted " + r.surface.Base
	return r.limiter.allow(key)
}

// accountKey is of one length, however long the name is that a stranger sent. Letter
// case and surrounding space make no difference.
func accountKey(account string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(strings.TrimSpace(account))))
	return string(sum[:])
}
