package proof_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/proof/journal"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
	"github.com/tokenwright/tokenwright/verify"
)

// TestRevokedStaysRevoked revokes tokens, half of them one by one and half of
// them by a mark, and then does to the server what made others forget it
// (figure R2): a restart, kill -9, new signing keys, a clock set back by a
// day. Not one of them may be good again.
func TestRevokedStaysRevoked(t *testing.T) {
	t.Parallel()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		staysRevoked(t, install(t))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		place := install(t)
		place.database = postgresDatabase(t, pgtest.Start(t))
		staysRevoked(t, place)
	})
}

func staysRevoked(t *testing.T, place *installation) {
	each := amount(1000, 10_000)
	place.config += fmt.Sprintf("kinds: {service: {max_per_owner: %d}}\n", 2*each)
	p := place.start()
	jwt := p.userToken("user:default/admin")
	one, many := issueMany(p, platform, each), issueMany(p, "group:default/data", each)
	control, raws := rawsOf(issueMany(p, platform, 1)), rawsOf(append(one, many...))
	revokeEach(p, jwt, one)
	_, err := p.admin().RevokeAll(t.Context(), api.RevokeAllRequest{Owner: "group:default/data", Reason: "all of them"})
	must(t, err)

	// none asks about all of them and about one that is good.
	none := func(p *process, when string) {
		t.Helper()
		good := 0
		for i, a := range newCaller(p, p.userToken("user:default/admin")).introspectBatch(t.Context(), append(control, raws...)) {
			switch {
			case i == 0 && a.Verdict != journal.Accepted:
				t.Errorf("%s the good token is refused", when)
			case i > 0 && a.Verdict != journal.Declined:
				good++
			}
		}
		if good > 0 {
			t.Fatalf("%s %d of %d revoked tokens are not refused", when, good, len(raws))
		}
	}
	none(p, "after the revocation")
	p.stop()
	p = place.start()
	none(p, "after a restart")
	p.kill()
	p = place.start()
	none(p, "after kill -9")
	place.run("", "keys", "rotate")
	none(p, "after new keys")
	p.stop()
	p = place.start()
	none(p, "after new keys and a restart")
	p.stop()
	noneWithClockBack(t, place, control[0], raws)
	t.Logf("%d revoked, 6 looks at each, none was good", len(raws))
}

// issueMany issues tokens through the admin socket.
func issueMany(p *process, group string, n int) []api.Issued {
	p.t.Helper()
	all, admin := make([]api.Issued, n), p.admin()
	inParallel(n, func(i int) {
		for deadline := time.Now().Add(patience); all[i].RawToken == ""; {
			issued, err := admin.Issue(p.t.Context(), api.IssueRequest{
				Kind: "service", Owner: group, Scopes: []string{held}, Description: "made by a test",
				Name: fmt.Sprintf("many-%d-%d", time.Now().UnixNano(), i),
			})
			if err != nil && (!errors.Is(err, token.ErrUnavailable) || time.Now().After(deadline)) {
				p.t.Errorf("issue: %v", err)
				return
			}
			all[i] = issued
		}
	})
	if p.t.Failed() {
		p.t.FailNow()
	}
	return all
}

// rawsOf gives the secrets of tokens.
func rawsOf(all []api.Issued) []string {
	raws := make([]string, len(all))
	for i, one := range all {
		raws[i] = one.RawToken
	}
	return raws
}

// inParallel does something n times, some at once.
func inParallel(n int, do func(i int)) {
	var next atomic.Int64
	var work sync.WaitGroup
	for range 8 * workers {
		work.Go(func() {
			for i := next.Add(1) - 1; int(i) < n; i = next.Add(1) - 1 {
				do(int(i))
			}
		})
	}
	work.Wait()
}

// revokeEach ends tokens one by one, through REST.
func revokeEach(p *process, jwt string, all []api.Issued) {
	p.t.Helper()
	c := newCaller(p, jwt)
	inParallel(len(all), func(i int) {
		got := insist(func() reply { return c.revoke(p.t.Context(), all[i].Token.ID) })
		// A conflict: an attempt without an answer had done it.
		if !got.acknowledged() && got.status != http.StatusConflict {
			p.t.Errorf("revoke answers %d: %s", got.status, got.body)
		}
	})
	if p.t.Failed() {
		p.t.FailNow()
	}
}

// noneWithClockBack serves the same records in this process, with a clock that
// shows yesterday.
func noneWithClockBack(t *testing.T, place *installation, control string, raws []string) {
	t.Helper()
	clock := tokentest.NewClock(time.Now().Add(-24 * time.Hour))
	opts := []tokentest.Option{
		tokentest.WithData(place.data), tokentest.WithClock(clock), tokentest.WithPublicURL("http://localhost"),
		tokentest.WithoutWaiting(),
	}
	if place.database != "" {
		opts = append(opts, tokentest.WithDatabase(place.database))
	}
	s := tokentest.Start(t, opts...)
	s.WaitStatus("/readyz", http.StatusServiceUnavailable) // a day back is an alarm (K-10)
	if _, err := s.Verifier().Verify(t.Context(), control, verify.Expect{}); err != nil {
		t.Errorf("with the clock back the good token is refused: %v", err)
	}
	for i, raw := range raws {
		if _, err := s.Verifier().Verify(t.Context(), raw, verify.Expect{}); !errors.Is(err, token.ErrRevoked) {
			t.Fatalf("with the clock back revoked token %d gives %v", i, err)
		}
	}
}

// TestRevokeRacesVerify asks about tokens for the first time at the moment of
// their revocation: a question that began after the acknowledgement must be
// refused, also where another read the record before the revocation and put it
// into the cache after it (row C-05, figure R1).
func TestRevokeRacesVerify(t *testing.T) {
	t.Parallel()
	s := tokentest.Start(t, tokentest.WithConfig("kinds: {service: {max_per_owner: 1000000}}"))
	r := &race{t: t, s: s}
	r.typical.Store(int64(time.Millisecond))
	rounds := amount(500, 100_000)
	inParallel(rounds, r.run)
	t.Logf("%d first questions were accepted and %d refused while a revocation was under way; none accepted after one; %d of %d rounds unavailable",
		r.accepted.Load(), r.refused.Load(), r.unavailable.Load(), rounds)
	if r.unavailable.Load() > int64(rounds/2) {
		t.Error("most changes were unavailable: nothing is shown")
	}
}

// race revokes tokens among questions about them.
type race struct {
	t           *testing.T
	s           *tokentest.Server
	typical     atomic.Int64 // how long a revocation takes, ns
	accepted    atomic.Int64
	refused     atomic.Int64
	unavailable atomic.Int64 // changes without an answer say nothing
}

// run revokes one token. The questions are spread over the time that takes.
func (r *race) run(i int) {
	issued, err := r.s.Authority().Issue(context.Background(), tokentest.Admin(), authority.Request{
		Kind: token.KindService, Name: fmt.Sprintf("race-%d", i), Description: "raced for", Owner: platform, Scopes: []string{held},
	})
	if r.gave(err) {
		return
	}
	raw := issued.Secret.Reveal()
	var asking sync.WaitGroup
	for range 3 {
		asking.Go(func() {
			<-time.After(time.Duration(rand.Int64N(r.typical.Load())))
			if r.ask(raw) == nil {
				r.accepted.Add(1)
			} else {
				r.refused.Add(1)
			}
		})
	}
	began := time.Now()
	_, err = r.s.Authority().Revoke(context.Background(), tokentest.Admin(), token.KindService, token.Revocation{TokenID: issued.Token.ID})
	r.typical.Store(max(1, int64(time.Since(began))))
	if r.gave(err) {
		asking.Wait()
		return
	}
	r.mustRefuse(raw, "right after the acknowledgement")
	asking.Wait()
	r.mustRefuse(raw, "after all who had read before it")
}

// gave reports whether a change gave an error. Being unavailable is the only
// one that is right.
func (r *race) gave(err error) bool {
	switch {
	case errors.Is(err, token.ErrUnavailable):
		r.unavailable.Add(1)
	case err != nil:
		r.t.Error(err)
	}
	return err != nil
}

func (r *race) mustRefuse(raw, when string) {
	if err := r.ask(raw); !errors.Is(err, token.ErrRevoked) && !errors.Is(err, token.ErrUnavailable) {
		r.t.Errorf("%s a revoked token gives %v", when, err)
	}
}

func (r *race) ask(raw string) error {
	_, err := r.s.Verifier().Verify(context.Background(), raw, verify.Expect{})
	return err
}
