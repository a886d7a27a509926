package verify

import (
	"math"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

// never is a value of heard: the log was not heard yet.
const never = math.MinInt64

// since gives a time in nanoseconds after the start. With the system's clock
// it is monotonic: setting the clock back does not prolong a lease (C-11).
func (v *Verifier) since(now time.Time) int64 { return int64(now.Sub(v.started)) }

// leased reports whether cached records may be used at now.
func (v *Verifier) leased(now time.Time) bool {
	heard := v.heard.Load()
	return heard != never && v.since(now)-heard < int64(v.opts.Lease)
}

// Ready reports whether the log was heard within the lease.
func (v *Verifier) Ready() bool { return v.leased(v.opts.Clock()) }

// Heard says that everything the log held at the given time was applied. Pass
// the time at which the reading began, not when it ended.
func (v *Verifier) Heard(at time.Time) {
	now := v.since(at)
	for {
		old := v.heard.Load()
		if old >= now || v.heard.CompareAndSwap(old, now) {
			return
		}
	}
}

// Apply takes over a change. When it returns no record from before the change
// is used any more: call it after the commit and before the change is
// acknowledged. It does no I/O.
func (v *Verifier) Apply(change token.Change) {
	if change.Mark != nil {
		v.addMark(*change.Mark)
	}
	v.cache.forget(change)
}

// Load replaces the not-before marks, for example at start.
func (v *Verifier) Load(marks []token.Mark) {
	v.marks.Store(newMarkSet(marks))
	v.cache.forget(token.Change{Keys: true})
}

func (v *Verifier) addMark(m token.Mark) {
	for {
		old := v.marks.Load()
		if v.marks.CompareAndSwap(old, old.with(m)) {
			return
		}
	}
}
