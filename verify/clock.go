package verify

import (
	"sync/atomic"
	"time"
)

// instant is a point in time on both clocks.
type instant struct {
	mono int64 // ns since the verifier's start; never set back (C-11)
	wall int64 // µs since 1970, as expiries are stated
}

// time gives the wall clock's side, in UTC.
func (i instant) time() time.Time { return time.UnixMicro(i.wall).UTC() }

// clock reads the time for one verification.
//
// time.Now reads two clocks of the system, which costs half as much as a
// SHA-256. Unless it is given a clock, the verifier reads the monotonic one
// alone and adds how far the wall clock is from it. That distance changes only
// when somebody sets or slews the wall clock, so it is measured again every few
// milliseconds: a clock that was set is followed within reanchorAfter of
// running time, and a slew of 500 ppm amounts to 5 µs by then.
//
// This is no ticking clock that another goroutine moves: every verification
// reads the time itself, so a process that was stopped and goes on sees at
// once that its lease has run out.
type clock struct {
	read    func() time.Time // nil: the system's clock
	started time.Time
	ahead   atomic.Int64 // wall clock minus monotonic clock, in µs
	due     atomic.Int64 // when to measure it again, in ns since started
}

const reanchorAfter = int64(10 * time.Millisecond)

func newClock(read func() time.Time) *clock {
	c := &clock{read: read}
	if read == nil {
		c.started = time.Now()
		return c
	}
	c.started = read()
	return c
}

func (c *clock) now() instant {
	if c.read != nil {
		return c.at(c.read())
	}
	mono := int64(time.Since(c.started)) // reads the monotonic clock alone
	if mono >= c.due.Load() {
		c.anchor()
	}
	return instant{mono, mono/1000 + c.ahead.Load()}
}

// anchor measures the distance between the clocks. Two goroutines may do so at
// once: both measure the same.
func (c *clock) anchor() {
	now := c.at(time.Now())
	c.ahead.Store(now.wall - now.mono/1000)
	c.due.Store(now.mono + reanchorAfter)
}

// at gives the instant of a time that was read from the verifier's clock.
func (c *clock) at(t time.Time) instant {
	return instant{int64(t.Sub(c.started)), t.UnixMicro()}
}
