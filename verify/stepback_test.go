package verify_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/verify"
)

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
