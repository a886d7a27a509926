package verify

import (
	"math"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

// never is a value of heard: the log was not heard yet.
const never = math.MinInt64

// leased reports whether cached records may be used at now. Both clocks must
// say so: setting the wall clock back does not prolong a lease (C-11), and
// neither does a machine that slept, during which the monotonic clock of some
// systems stands still.
func (v *Verifier) leased(now instant) bool {
	heard := v.heard.Load()
	return heard != never && now.mono-heard < int64(v.opts.Lease) &&
		now.told-v.heardWall.Load() < v.opts.Lease.Microseconds()
}

// Ready reports whether the log was heard within the lease.
func (v *Verifier) Ready() bool { return v.leased(v.clock.now()) }

// Heard says that everything the log held at the given time was applied. Pass
// the time at which the reading began, not when it ended, as the verifier's
// clock gave it.
func (v *Verifier) Heard(at time.Time) { v.heardAt(v.clock.at(at)) }

// heardAt keeps the latest time. Between the two stores a reader may see the
// new one beside the former wall time, and ask the source once more.
func (v *Verifier) heardAt(at instant) {
	for {
		old := v.heard.Load()
		if old >= at.mono {
			return
		}
		if v.heard.CompareAndSwap(old, at.mono) {
			v.heardWall.Store(at.told)
			return
		}
	}
}

// Apply takes over a change. When it returns no record from before the change
// is used any more: call it after the commit and before the change is
// acknowledged. It does no I/O.
func (v *Verifier) Apply(change token.Change) {
	var marks []token.Mark
	if change.Mark != nil {
		marks = []token.Mark{*change.Mark}
	}
	v.cache.forget(change, v.adding(marks))
}

// Load adds the not-before marks of a snapshot, and forgets everything that was
// cached before it.
func (v *Verifier) Load(marks []token.Mark) {
	v.cache.forget(token.Change{Keys: true}, v.adding(marks))
}

// adding gives what puts marks into force in an epoch. Changes are ordered by
// the cache, so nothing is lost between reading the set and replacing it.
func (v *Verifier) adding(marks []token.Mark) func(epoch uint32) {
	return func(epoch uint32) {
		if len(marks) > 0 {
			v.marks.Store(v.marks.Load().with(marks, epoch))
		}
	}
}
