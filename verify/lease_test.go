package verify_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/verify"
)

// TestPastTheLeaseTheCacheIsBypassed is row C-04 and SVC-28.
func TestPastTheLeaseTheCacheIsBypassed(t *testing.T) {
	w := newWorld(t)
	raw, _ := w.issue()
	w.want("first", raw, nil)
	w.clock.move(verify.DefaultLease - time.Microsecond)
	w.want("within the lease", raw, nil)
	w.wantReads("within the lease", 1)
	if !w.v.Ready() {
		t.Error("not ready within the lease")
	}

	w.clock.move(time.Microsecond)
	if w.v.Ready() {
		t.Error("ready past the lease")
	}
	w.source.change(raw, func(t *token.Token) { t.RevokedAt = start }) // on another node; the log is not heard
	w.want("revoked elsewhere", raw, token.ErrRevoked)
	w.want("refusals are not remembered either", raw, token.ErrRevoked)
	w.wantReads("past the lease", 3)

	w.source.set(errors.New("connection refused"))
	w.want("the source is away too", raw, token.ErrUnavailable)
	if err := w.verify(raw); errors.Is(err, token.ErrUnauthenticated) {
		t.Errorf("%v", err)
	}

	w.source.set(nil)
	w.source.change(raw, func(t *token.Token) { t.RevokedAt = time.Time{} })
	w.want("what is read past the lease", raw, nil)
	w.hear()
	reads := w.source.count()
	w.source.set(errors.New("connection refused"))
	other, _ := w.issue()
	w.want("a token it has not seen", other, token.ErrUnavailable)
	if w.source.count() == reads {
		t.Error("nothing was asked")
	}
}

func TestNothingIsCachedBeforeTheLogWasHeard(t *testing.T) {
	clock := &fakeClock{}
	source := &memorySource{records: map[token.Digest]token.Token{}}
	v, err := verify.New(verify.Options{Formats: formats(t), Source: source, Clock: clock.now, CacheTTL: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t, source, clock, v}
	raw, _ := w.issue()
	if v.Ready() {
		t.Error("ready before the log was heard")
	}
	w.want("first", raw, nil)
	w.want("second", raw, nil)
	w.wantReads("before the log was heard", 2)
	w.hear()
	w.want("then", raw, nil)
	w.want("then", raw, nil)
	w.wantReads("after", 3)
}

func TestALeaseIsNeverShortenedByALateReader(t *testing.T) {
	w := newWorld(t)
	w.clock.move(3 * time.Second)
	w.hear()
	w.v.Heard(start) // a slower reading that began earlier
	w.clock.move(verify.DefaultLease - time.Microsecond)
	if !w.v.Ready() {
		t.Error("the lease went back")
	}
}

// script is a feed that a test writes.
type script struct {
	marks    []token.Mark
	position int64
	log      []token.Change // the change at index i is at position i+1
	fail     error
	waits    int
	// turn, when set, runs in each Wait, and may change the script.
	turn func(s *script) error
}

func (s *script) Snapshot(context.Context) ([]token.Mark, int64, error) {
	return s.marks, s.position, s.fail
}

// Changes gives two changes at a time, so that readers have to come back.
func (s *script) Changes(_ context.Context, from int64) ([]token.Change, int64, error) {
	if s.fail != nil {
		return nil, from, s.fail
	}
	if from > int64(len(s.log)) {
		return nil, int64(len(s.log)), nil
	}
	to := min(from+2, int64(len(s.log)))
	return s.log[from:to], to, nil
}

func (s *script) Wait(ctx context.Context) error {
	s.waits++
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.turn(s)
}

func TestFollowAppliesTheLogAndKeepsTheLease(t *testing.T) {
	w := newWorld(t)
	var raws []string
	var changes []token.Change
	for range 7 {
		raw, record := w.issue()
		w.want("before", raw, nil)
		raws = append(raws, raw)
		changes = append(changes, token.Change{TokenID: record.ID})
	}
	marked, _ := w.issue(func(t *token.Token) { t.Owner = "group:default/marked" })
	ctx, stop := context.WithCancel(t.Context())
	feed := &script{marks: []token.Mark{{ID: "m", Owner: "group:default/marked", NotBefore: start}}}
	feed.turn = func(s *script) error {
		switch s.waits {
		case 1:
			w.want("covered by a mark of the snapshot", marked, token.ErrRevoked)
			for _, raw := range raws {
				w.want("cached again", raw, nil)
				w.source.change(raw, func(t *token.Token) { t.RevokedAt = start })
				w.want("not heard yet", raw, nil)
			}
			s.log = changes
			w.clock.move(verify.DefaultLease - time.Second)
		case 2:
			for _, raw := range raws {
				w.want("heard", raw, token.ErrRevoked)
			}
			w.clock.move(verify.DefaultLease - time.Microsecond)
			if !w.v.Ready() {
				t.Error("reading the log must prolong the lease")
			}
			stop()
		}
		return nil
	}
	if err := w.v.Follow(ctx, feed, func(err error) { t.Errorf("reported: %v", err) }); !errors.Is(err, context.Canceled) {
		t.Errorf("Follow = %v", err)
	}
	if feed.waits != 2 {
		t.Errorf("waited %d times", feed.waits)
	}
}

// TestALogThatWentBackIsReadAnew is row K-06: after a failover that lost the
// last commits, what is written in their place has positions that a reader
// believes it has read.
func TestALogThatWentBackIsReadAnew(t *testing.T) {
	w := newWorld(t)
	lost, _ := w.issue()
	marked, _ := w.issue(func(t *token.Token) { t.Owner = "group:default/marked" })
	w.want("before", lost, nil)
	w.want("before", marked, nil)
	ctx, stop := context.WithCancel(t.Context())
	feed := &script{log: make([]token.Change, 3)}
	feed.turn = func(s *script) error {
		switch s.waits {
		case 1: // two entries are lost, and what was written since stands in their place
			w.source.change(lost, func(t *token.Token) { t.RevokedAt = start })
			s.log, s.position = s.log[:1], 1
			s.marks = []token.Mark{{ID: "m", Owner: "group:default/marked", NotBefore: start}}
			w.clock.move(time.Second)
		case 2:
			w.want("revoked where the log was cut", lost, token.ErrRevoked)
			w.want("marked where the log was cut", marked, token.ErrRevoked)
			stop()
		}
		return nil
	}
	reports := 0
	_ = w.v.Follow(ctx, feed, func(err error) {
		reports++
		if w.clock.move(verify.DefaultLease - time.Second); w.v.Ready() {
			t.Error("a log that went back was taken for one that was heard")
		}
	})
	if reports != 1 || feed.waits != 2 {
		t.Errorf("%d reports, %d waits", reports, feed.waits)
	}
}

// TestTheLeaseCountsFromTheBeginningOfAReading: what is committed while the log
// is being read may not be in it.
func TestTheLeaseCountsFromTheBeginningOfAReading(t *testing.T) {
	w := newWorld(t)
	w.clock.move(time.Minute)
	ctx, stop := context.WithCancel(t.Context())
	feed := &slowFeed{w: w, stop: stop}
	_ = w.v.Follow(ctx, feed, nil)
	if w.v.Ready() {
		t.Error("a reading that took longer than the lease must not renew it")
	}
}

// slowFeed takes longer to read than the lease lasts.
type slowFeed struct {
	w    *world
	stop func()
}

func (s *slowFeed) Snapshot(context.Context) ([]token.Mark, int64, error) { return nil, 0, nil }

func (s *slowFeed) Changes(context.Context, int64) ([]token.Change, int64, error) {
	s.w.clock.move(verify.DefaultLease)
	return nil, 0, nil
}

func (s *slowFeed) Wait(context.Context) error { s.stop(); return nil }

func TestAFeedThatFailsIsReportedAndEndsTheLease(t *testing.T) {
	for name, feed := range map[string]*script{
		"cannot be read":      {fail: errors.New("connection refused"), turn: func(*script) error { return nil }},
		"cannot be waited on": {turn: func(*script) error { return errors.New("connection refused") }},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			ctx, stop := context.WithCancel(t.Context())
			reports := 0
			_ = w.v.Follow(ctx, feed, func(err error) {
				reports++
				w.clock.move(verify.DefaultLease)
				stop()
			})
			if reports != 1 || w.v.Ready() {
				t.Errorf("%d reports, ready %v", reports, w.v.Ready())
			}
		})
	}
}

func TestTheSystemsClockIsReadWhenNoneIsGiven(t *testing.T) {
	source := &memorySource{records: map[token.Digest]token.Token{}}
	var told time.Time
	v, err := verify.New(verify.Options{
		Formats: formats(t), Source: source, CacheTTL: time.Minute,
		Used: func(_ string, at time.Time) { told = at },
	})
	if err != nil {
		t.Fatal(err)
	}
	raw := generate(t, token.KindService)
	source.put(raw, record("ci", time.Now()))
	before := time.Now().Truncate(time.Microsecond)
	if _, err := v.Verify(t.Context(), raw, verify.Expect{}); err != nil {
		t.Fatal(err)
	}
	if after := time.Now(); told.Before(before.Add(-time.Millisecond)) || told.After(after.Add(time.Millisecond)) {
		t.Errorf("%v is not between %v and %v", told, before, after)
	}
}
