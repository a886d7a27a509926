package tokentest

import (
	"sync"
	"time"
)

// Clock is a clock that stands still until it is moved. It is safe for
// concurrent use.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock gives a clock that shows at. A zero time means the present, cut to
// whole seconds.
func NewClock(at time.Time) *Clock {
	if at.IsZero() {
		at = time.Now().Truncate(time.Second)
	}
	return &Clock{now: at.UTC()}
}

// Now gives the time that the clock shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the clock on, or back when d is negative.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}
