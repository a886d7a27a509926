package verify_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/verify"
)

// TestExpiredIsAbsorbing is row K-10: what was refused for its age is never good
// again, wherever it was known from, when the clock is set back.
func TestExpiredIsAbsorbing(t *testing.T) {
	for name, how := range map[string]func(*world){
		"known from the cache":  func(*world) {},
		"known from the source": func(w *world) { w.v.Apply(token.Change{Keys: true}) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, func(o *verify.Options) { o.Lease, o.CacheTTL = 24*time.Hour, 24*time.Hour })
			raw, record := w.issue()
			w.want("before its expiry", raw, nil)
			how(w)
			w.clock.move(record.ExpiresAt.Sub(start))
			w.want("at its expiry", raw, token.ErrExpired)
			for _, back := range []time.Duration{time.Microsecond, time.Second, 30 * time.Minute} {
				w.clock.move(-back)
				w.want("set back by "+back.String(), raw, token.ErrExpired)
				if _, _, err := w.v.Inspect(t.Context(), raw); err == nil {
					t.Errorf("set back by %v: Inspect finds it good", back)
				}
			}
		})
	}
}

// TestAClockThatWasSetBackStandsStill: the time by which expiries are judged
// does not run ahead of the clock for ever, but until the clock has caught up.
func TestAClockThatWasSetBackStandsStill(t *testing.T) {
	w := newWorld(t, func(o *verify.Options) { o.Lease, o.CacheTTL = 24*time.Hour, 24*time.Hour })
	raw, record := w.issue()
	w.clock.move(record.ExpiresAt.Sub(start) - time.Minute)
	w.want("a minute before its expiry", raw, nil)
	w.clock.move(-10 * time.Minute)
	w.want("the clock was set back", raw, nil)
	if behind := w.v.Behind(); behind != 10*time.Minute {
		t.Errorf("behind by %v, want 10 min", behind)
	}
	w.clock.move(10 * time.Minute)
	w.want("the clock has caught up", raw, nil)
	if behind := w.v.Behind(); behind != 0 {
		t.Errorf("caught up, and behind by %v", behind)
	}
	w.clock.move(time.Minute)
	w.want("at its expiry", raw, token.ErrExpired)
}

// TestWhatTheLogReachedBeforeARestartCounts: a verifier that has just begun has
// seen no time yet, but the log has.
func TestWhatTheLogReachedBeforeARestartCounts(t *testing.T) {
	w := newWorld(t)
	raw, record := w.issue()
	w.v.Reached(record.ExpiresAt.Add(-time.Microsecond))
	w.want("the log ends before its expiry", raw, nil)
	w.v.Reached(record.ExpiresAt)
	w.v.Reached(start) // an earlier time takes nothing back
	w.want("the log saw its expiry", raw, token.ErrExpired)
	if want := record.ExpiresAt.Sub(start); w.v.Behind() != want {
		t.Errorf("behind by %v, want %v", w.v.Behind(), want)
	}
}

// TestAClockThatStepsBackDuringALookUpMakesNoProof: a token had expired when its
// record was read, and by the clock it has not when the look-up is answered.
// Expired is a state that nothing leaves (standing rule 12).
func TestAClockThatStepsBackDuringALookUpMakesNoProof(t *testing.T) {
	var ahead atomic.Bool
	w := newWorld(t, func(o *verify.Options) {
		o.Clock = func() time.Time {
			if ahead.CompareAndSwap(true, false) {
				return start.Add(48 * time.Hour)
			}
			return start
		}
	})
	raw, _ := w.issue()
	w.source.after = func(context.Context) { ahead.Store(true) }
	w.want("expired by the time it was read", raw, token.ErrExpired)
}
