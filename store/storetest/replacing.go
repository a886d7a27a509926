package storetest

import (
	"errors"
	"sync/atomic"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
)

// replaceBehaviours are those of tokens whose rotation makes another record.
func replaceBehaviours() []behaviour {
	return []behaviour{
		{"a replacement is as old as what it replaces", replacementKeepsAge},
		{"who rotates while a mark is made comes out of it with nothing", rotatorUnderMark},
		{"of a chain of replacements with overlaps two are good", chainOfReplacements},
	}
}

func replacementKeepsAge(r *rig) {
	former := r.issued("one", workspaceToken)
	rep := replacement(former, time.Hour)
	r.must(r.replace(former, rep))
	fresh := r.find(rep.New.Token.ID)
	r.same("created", fresh.CreatedAt, former.CreatedAt)
	r.mark(token.Mark{Workspace: "acme", NotBefore: start()}, rep.At)
	for _, id := range []string{former.ID, fresh.ID} {
		ended := r.find(id)
		r.refused(ended.Check(rep.At), token.ErrRevoked)
	}
}

// rotatorUnderMark has a thief rotate without a pause while everything in the
// workspace is revoked. Whichever came first, nothing of the chain is good then:
// a mark that comes second covers the replacement, and one that comes first ends
// the token that would be replaced. On a database where transactions overlap they
// do so here in some of the rounds.
func rotatorUnderMark(r *rig) {
	var ticks atomic.Int64
	now := func() time.Time { return start().Add(time.Duration(ticks.Add(1)) * time.Microsecond) }
	for range 30 {
		last := r.issued("stolen", workspaceToken, at(now()))
		var marked atomic.Bool
		rotating, done := make(chan struct{}), make(chan error)
		go func() {
			for n := 0; ; n++ {
				if n == 2 {
					close(rotating)
				}
				after := marked.Load()
				rep := replacement(last, 0)
				rep.At = now()
				rep.New.Token.CreatedAt, rep.OverlapEndsAt = rep.At, rep.At
				if err := r.replace(last, rep); err != nil || after {
					done <- err
					return
				}
				last = rep.New.Token
			}
		}()
		<-rotating
		until := now()
		r.mark(token.Mark{Workspace: "acme", NotBefore: until}, until)
		marked.Store(true)
		if err := <-done; !errors.Is(err, token.ErrAlreadyRevoked) {
			r.Fatalf("a rotation after the mark: %v, want %v", err, token.ErrAlreadyRevoked)
		}
		ended := r.find(last.ID)
		r.refused(ended.Check(now()), token.ErrRevoked)
	}
}

func chainOfReplacements(r *rig) {
	chain := []token.Token{r.issued("one", workspaceToken)}
	var now time.Time
	for i := range 5 {
		last := chain[len(chain)-1]
		rep := replacement(last, 7*24*time.Hour)
		rep.At = rep.At.Add(time.Duration(i) * time.Minute)
		r.must(r.replace(last, rep))
		chain, now = append(chain, rep.New.Token), rep.At
	}
	for i, one := range chain {
		found := r.find(one.ID)
		if i >= len(chain)-2 {
			r.must(found.Check(now))
			continue
		}
		r.refused(found.Check(now), token.ErrRevoked)
		// Verifiers on other nodes read it from the log, also who did it.
		told := r.history(audit.Query{TokenID: one.ID})[0]
		r.same("entry", told.Action, audit.TokenRevoked)
		r.same("actor", told.Actor, admin().Ref)
		r.same("reason", told.Reason, "replaced by rotation")
		r.same("owner", told.Owner, alice)
	}
}
