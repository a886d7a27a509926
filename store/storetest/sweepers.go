package storetest

import (
	"sync"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

// sweepersAtOnce has two nodes sweep one mark in small steps, long after it was
// made. Both find the same rows first; the one that comes second moves none of
// them, and must not take that for the end.
func sweepersAtOnce(r *rig) {
	const all, step = 200, 10
	for i := range all {
		r.issued(numbered("ci", i))
	}
	r.settleAll()
	m := r.mark(token.Mark{NotBefore: start().Add(time.Second)}, start().Add(time.Second))
	now := start().Add(time.Hour)
	var sweepers sync.WaitGroup
	for range 2 {
		sweepers.Go(func() {
			for n := step; n == step; {
				var err error
				if n, err = r.store.Sweep(r.ctx, now, step); err != nil {
					r.Error(err)
				}
			}
		})
	}
	sweepers.Wait()
	r.same("good after a mass revocation", r.inState(now, token.StateActive, token.StateExpiring), []string{})
	for range 2 { // the first finds the last ones, the second finds none and ends the mark
		r.sweepAll(now)
	}
	r.same("revoked", len(r.inState(now, token.StateRevoked)), all)
	marks, err := r.store.Marks(r.ctx)
	r.must(err)
	r.same("marks", marks, []token.Mark{m})
}
