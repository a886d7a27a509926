package web

import (
	"fmt"
	"math"
	"net/http"
	"sync"
	"time"
)

// windowLength is how long a fixed window of requests is open.
const windowLength = time.Minute

// window counts requests from the first one on for a fixed time, and then
// anew. Around its end twice as many come through as within it: that is what
// the header of the answers promises, so it is kept only where a contract asks
// for that header.
type window struct {
	mu   sync.Mutex
	ends time.Time
	used int
}

// take takes one request of limit, and tells how many are left and how long
// the window stays open. ok is false when there was none left.
func (w *window) take(now time.Time, limit int) (left int, reset time.Duration, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	// Also when the clock was set back behind the window's beginning.
	if !now.Before(w.ends) || w.ends.Sub(now) > windowLength {
		w.ends, w.used = now.Add(windowLength), 0
	}
	if w.used < limit {
		w.used++
		ok = true
	}
	return limit - w.used, w.ends.Sub(now), ok
}

// allowWindow takes one request from the window of a key, and tells the client
// what is left of it, in the words of draft-ietf-httpapi-ratelimit-headers-07.
func (l *limiter) allowWindow(h http.Header, key rateKey) error {
	counter, _ := l.windows.ComputeIfAbsent(key, func() (*window, bool) { return &window{}, false })
	left, reset, ok := counter.take(l.clock(), key.perMinute)
	h.Set("RateLimit", fmt.Sprintf("limit=%d, remaining=%d, reset=%.0f", key.perMinute, left, math.Ceil(reset.Seconds())))
	h.Set("RateLimit-Policy", fmt.Sprintf("%d;w=%.0f", key.perMinute, windowLength.Seconds()))
	if !ok {
		return &limitError{reset, key.perMinute}
	}
	return nil
}
