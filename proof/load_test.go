package proof_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/time/rate"

	"github.com/tokenwright/tokenwright/proof/journal"
)

// rates bound a load, in requests a second; 0 means none of them.
type rates struct{ verify, issue, revoke int }

// standardLoad is that of the scoreboard, without what does not exist yet.
func standardLoad() rates { return rates{verify: 500, issue: 20, revoke: 20} }

// workers is how many requests of each sort may be under way at once.
const workers = 8

// load is what the clients of an installation do, and what they know. It goes
// on over restarts of the server.
type load struct {
	journal *journal.Journal

	mu     sync.Mutex
	tokens []owned
	made   atomic.Int64 // names given so far
}

// owned is a token and its secret.
type owned struct {
	*journal.Token
	raw string
}

func newLoad() *load { return &load{journal: journal.New(remoteBound)} }

// remoteBound is how long a revoked token may still be good on other nodes:
// the bound B of the scoreboard.
const remoteBound = 2 * time.Second

// run sends requests until ctx ends. Requests that are under way then are
// finished, unless the server is gone.
func (l *load) run(ctx context.Context, c *caller, r rates) {
	var work sync.WaitGroup
	for _, one := range []struct {
		perSecond int
		do        func(context.Context, *caller)
	}{{r.verify, l.verify}, {r.issue, l.issue}, {r.revoke, l.revoke}} {
		if one.perSecond == 0 {
			continue
		}
		limit := rate.NewLimiter(rate.Limit(one.perSecond), workers)
		for range workers {
			work.Go(func() {
				for limit.Wait(ctx) == nil {
					one.do(context.WithoutCancel(ctx), c)
				}
			})
		}
	}
	work.Wait()
}

// issue asks for a token under a new name.
func (l *load) issue(ctx context.Context, c *caller) {
	t := l.journal.Token(fmt.Sprintf("load-%06d", l.made.Add(1)))
	t.Ask()
	issued, got := c.issue(ctx, t.Name)
	switch {
	case got.acknowledged():
		t.Issued(issued.Token.ID, issued.Token.ExpiresAt)
		l.own(t, issued.RawToken)
	case got.declined():
		t.Refused()
	}
}

func (l *load) own(t *journal.Token, raw string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tokens = append(l.tokens, owned{t, raw})
}

// revoke ends some token that is still good. Repeating an unknown revocation
// is left to others: what became of it has to stay visible.
func (l *load) revoke(ctx context.Context, c *caller) {
	t, ok := l.pick(journal.Good)
	if !ok {
		return
	}
	t.Revoking()
	if got := c.revoke(ctx, t.ID()); got.acknowledged() {
		t.Revoked(c.node)
	}
}

// verify asks about some token, in both ways, now and then for more than it
// holds.
func (l *load) verify(ctx context.Context, c *caller) {
	t, ok := l.pick(-1)
	if !ok {
		return
	}
	scope := held
	if rand.IntN(10) == 0 {
		scope = beyond
	}
	if rand.IntN(2) == 0 {
		t.Verified(c.introspect(ctx, t.raw, scope))
	} else {
		t.Verified(c.forwardAuth(ctx, t.raw, scope))
	}
}

// pick draws a token of a standing, -1 for any. Newer ones are drawn more
// often: what changes is found among them.
func (l *load) pick(want journal.Standing) (owned, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for range 20 {
		if len(l.tokens) == 0 {
			break
		}
		i := len(l.tokens) - 1 - rand.IntN(min(len(l.tokens), 1+rand.IntN(len(l.tokens))))
		if t := l.tokens[i]; want < 0 || t.Standing() == want {
			return t, true
		}
	}
	return owned{}, false
}

// verifyAll asks about every token at once.
func (l *load) verifyAll(ctx context.Context, c *caller) {
	l.mu.Lock()
	tokens := append([]owned(nil), l.tokens...)
	l.mu.Unlock()
	raws := make([]string, len(tokens))
	for i, t := range tokens {
		raws[i] = t.raw
	}
	for i, a := range c.introspectBatch(ctx, raws) {
		tokens[i].Verified(a)
	}
}

// judge fails the test for every wrong answer so far, and gives the count.
func (l *load) judge(t testing.TB) journal.Tally {
	t.Helper()
	wrong, tally := l.journal.Check()
	report(t, wrong)
	return tally
}

// report fails the test for every wrong answer, the first few in words.
func report(t testing.TB, wrong []journal.Wrong) {
	t.Helper()
	for i, w := range wrong {
		if i == 10 {
			t.Errorf("and %d more", len(wrong)-i)
			break
		}
		t.Error(w)
	}
}

// count counts the tokens of some standings.
func (l *load) count(standings ...journal.Standing) int {
	n := 0
	for _, t := range l.journal.Tokens() {
		if slices.Contains(standings, t.Standing()) {
			n++
		}
	}
	return n
}
