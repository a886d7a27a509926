package verify

import (
	"sync"
	"sync/atomic"
	"time"
)

// instant is a point in time on the clocks of a verifier.
type instant struct {
	mono int64 // ns since the verifier's start; never set back (C-11)
	// wall is µs since 1970, and never before what it was at any earlier
	// verification: expiries are judged by it (K-10).
	wall int64
	// told is the same as the system says it, which may have been set back.
	told int64
}

// time gives the time by which expiries are judged, in UTC.
func (i instant) time() time.Time { return time.UnixMicro(i.wall).UTC() }

// clock reads the time for one verification.
//
// time.Now reads two clocks of the system, which costs half as much as a
// SHA-256. Unless it is given a clock, the verifier reads the monotonic one
// alone and adds how far the wall clock is from it. That distance changes only
// when somebody sets or slews the wall clock, so it is measured again every few
// milliseconds: a clock that was set is followed within anchorLife of running
// time, and a slew of 500 ppm amounts to 5 µs by then.
//
// This is no ticking clock that another goroutine moves: every verification
// reads the time itself, so a process that was stopped and goes on sees at
// once that its lease has run out.
//
// # A clock that is set back
//
// Expired is a state that nothing leaves: a token that was refused for its age
// must not be good again because somebody set the clock back (K-10). So the
// clock keeps a high-water mark of the wall time. While the system says an
// earlier time, the mark is the time; it stands still until the system has
// caught up.
type clock struct {
	read    func() time.Time
	system  bool // read is the system's clock
	started time.Time
	anchor  atomic.Pointer[anchor]
	measure sync.Mutex // orders anchors
}

// anchor says what the wall clock shows when the monotonic clock is known. It
// is immutable, and of use for a few milliseconds.
type anchor struct {
	ahead int64 // wall clock minus monotonic clock, in µs
	mark  int64 // the latest wall time before this anchor, in µs since 1970
	// until bounds its use, in ns on the monotonic clock. Whoever reads the
	// clock at or past it makes the next anchor, so no time that this one ever
	// gives lies behind last.
	until int64
}

const anchorLife = int64(10 * time.Millisecond)

func newClock(read func() time.Time) *clock {
	c := &clock{read: read, system: read == nil}
	if c.system {
		c.read = time.Now
	}
	c.started = c.read()
	c.anchor.Store(&anchor{})
	return c
}

func (c *clock) now() instant {
	if c.system {
		mono := int64(time.Since(c.started)) // reads the monotonic clock alone
		if a := c.anchor.Load(); mono < a.until {
			return a.at(mono)
		}
	}
	return c.reanchor()
}

// reanchor reads both clocks and measures the distance between them.
func (c *clock) reanchor() instant {
	c.measure.Lock()
	defer c.measure.Unlock()
	now, former := c.at(c.read()), c.anchor.Load()
	next := anchor{ahead: now.told - now.mono/1000, mark: former.last(), until: now.mono}
	if c.system {
		next.until += anchorLife
	}
	c.replace(former, next)
	return next.at(now.mono)
}

// raise puts the mark at a time, unless it lies behind it already.
func (c *clock) raise(at time.Time) {
	c.measure.Lock()
	defer c.measure.Unlock()
	former := c.anchor.Load()
	next := *former
	next.mark = max(next.mark, at.UnixMicro())
	c.replace(former, next)
}

// replace stores an anchor if it says anything new. The caller holds the lock.
func (c *clock) replace(former *anchor, next anchor) {
	if next != *former {
		kept := next // only what is kept is allocated
		c.anchor.Store(&kept)
	}
}

// at gives the instant of a time that was read from the verifier's clock.
func (c *clock) at(t time.Time) instant {
	micros := t.UnixMicro()
	return instant{int64(t.Sub(c.started)), micros, micros}
}

func (a *anchor) at(mono int64) instant {
	told := mono/1000 + a.ahead
	return instant{mono, max(told, a.mark), told}
}

// last is the latest wall time that the anchor can have given.
func (a *anchor) last() int64 { return max(a.until/1000+a.ahead, a.mark) }

// Reached says that the time was at already, before this verifier began: pass
// the time of the newest entry of the log. What had expired by then stays
// expired, though the clock was set back while the process was away.
func (v *Verifier) Reached(at time.Time) { v.clock.raise(at) }

// Now gives the time by which expiries are judged, in UTC and whole microseconds.
// It never goes back, so whatever else expires in a program should be judged by
// it too. It stands still while the wall clock is behind: measure no intervals
// with it.
func (v *Verifier) Now() time.Time { return v.clock.now().time() }

// Behind gives how far the wall clock is behind the latest time that it ever
// showed or that [Verifier.Reached] told of; 0 as long as it runs forward.
// Meanwhile expiries are judged by that latest time, so that nothing that
// expired is good again. A clock that is minutes behind was set by mistake: raise
// an alarm, and send no requests here.
func (v *Verifier) Behind() time.Duration {
	now := v.clock.now()
	return time.Duration(now.wall-now.told) * time.Microsecond
}
