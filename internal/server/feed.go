package server

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
)

const (
	// issueBatch is how long entries that no verifier waits for are gathered
	// before they get their place in the log, so that one transaction serves
	// many issues.
	issueBatch = 50 * time.Millisecond
	// issueGlance is how often it is looked meanwhile whether another node
	// has moved the log on: its revocations do not wait for our issues.
	issueGlance = 5 * time.Millisecond
	// sequenceBatch and feedPage bound one transaction and one read.
	sequenceBatch = 1000
	feedPage      = 1000
)

// logStore is the log as the feed uses it.
type logStore interface {
	// Sequence gives at most limit committed entries their place in the log
	// and says how many it gave.
	Sequence(ctx context.Context, sealer audit.Sealer, limit int) (n int, err error)
	// PendingSince gives the time of the oldest entry without a place, or
	// the zero time.
	PendingSince(ctx context.Context) (time.Time, error)
	Head(ctx context.Context) (audit.Head, error)
	ReadLog(ctx context.Context, from int64, limit int) ([]audit.Stored, error)
	Marks(ctx context.Context) ([]token.Mark, error)
}

// waiter waits for commits and wake-ups, for a second at the most.
type waiter interface {
	Wait(ctx context.Context) error
}

// feed is the log of this installation as its verifier follows it
// (verify.Feed). It also moves the log on: whatever was committed gets its
// place before it is read.
//
// It goes in rounds. The first Changes of a round gives every committed entry
// its place and notes the end of the log; the round is over when that end is
// reached, however much is added meanwhile. So under a steady load the log
// still counts as heard, and each round covers all that was committed before
// it began.
type feed struct {
	store  logStore
	news   waiter
	sealer audit.Sealer
	// reload takes over new keys and a new policy before the verifier hears
	// of the change.
	reload func(ctx context.Context, change token.Change) error
	urgent chan struct{} // holds one nudge

	mu    sync.Mutex
	round bool
	end   int64 // of the log, when the round began
}

// nudge asks for a round at once. It never blocks.
func (f *feed) nudge() {
	select {
	case f.urgent <- struct{}{}:
	default:
	}
}

// Snapshot implements verify.Feed. The position is read before everything
// else: what is changed in between is then met twice, and never missed.
func (f *feed) Snapshot(ctx context.Context) ([]token.Mark, int64, error) {
	head, err := f.store.Head(ctx)
	if err != nil {
		return nil, 0, err
	}
	if err := f.reload(ctx, token.Change{Keys: true, Policy: true}); err != nil {
		return nil, 0, err
	}
	marks, err := f.store.Marks(ctx)
	return marks, head.Size, err
}

// Changes implements verify.Feed. A fault ends the round: what is read after
// it must not pass for what was committed until then.
func (f *feed) Changes(ctx context.Context, from int64) (_ []token.Change, next int64, err error) {
	defer func() {
		if err != nil || next < from {
			f.endRound()
		}
	}()
	end, err := f.begin(ctx)
	if err != nil {
		return nil, from, err
	}
	if from >= end {
		// The end lies before from when the database went back, as after a
		// failover that lost its last commits (row K-06).
		return nil, end, nil
	}
	entries, err := f.store.ReadLog(ctx, from, int(min(feedPage, end-from)))
	if err != nil {
		return nil, from, err
	}
	if len(entries) == 0 || entries[0].Position != from {
		return nil, from, fmt.Errorf("%w: entry %d of the log is missing", audit.ErrTampered, from)
	}
	changes, err := f.take(ctx, entries)
	if err != nil {
		return nil, from, err
	}
	return changes, from + int64(len(entries)), nil
}

// begin begins a round unless one is under way, and gives its end.
func (f *feed) begin(ctx context.Context) (end int64, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.round {
		return f.end, nil
	}
	if err := f.sequence(ctx); err != nil {
		return 0, err
	}
	head, err := f.store.Head(ctx)
	if err != nil {
		return 0, err
	}
	f.round, f.end = true, head.Size
	return f.end, nil
}

func (f *feed) endRound() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.round = false
}

// sequence gives every committed entry its place. An idle log costs one read.
func (f *feed) sequence(ctx context.Context) error {
	oldest, err := f.store.PendingSince(ctx)
	if err != nil || oldest.IsZero() {
		return err
	}
	for {
		n, err := f.store.Sequence(ctx, f.sealer, sequenceBatch)
		if err != nil {
			return fmt.Errorf("server: give entries their place in the log: %w", err)
		}
		if n < sequenceBatch {
			return nil
		}
	}
}

// take turns entries into changes and lets keys and policy be read again,
// once for all of them.
func (f *feed) take(ctx context.Context, entries []audit.Stored) ([]token.Change, error) {
	var changes []token.Change
	var again token.Change
	for _, e := range entries {
		change, ok, err := e.Change()
		if err != nil {
			return nil, err
		}
		if ok {
			changes = append(changes, change)
			again.Keys, again.Policy = again.Keys || change.Keys, again.Policy || change.Policy
		}
	}
	if again.Keys || again.Policy {
		if err := f.reload(ctx, again); err != nil {
			return nil, err
		}
	}
	return changes, nil
}

// Wait implements verify.Feed. A nudge ends it at once, and so does a log that
// another node has moved on. What was only committed is left to gather for a
// moment, so that entries that come together are sequenced together.
func (f *feed) Wait(ctx context.Context) error {
	f.endRound()
	nudged, err := f.hear(ctx)
	if nudged || err != nil {
		return err
	}
	for waited := time.Duration(0); waited < issueBatch; waited += issueGlance {
		if f.moved(ctx) || f.pause(ctx) {
			return nil
		}
	}
	return nil
}

// hear waits for a nudge or for news of the store.
func (f *feed) hear(ctx context.Context) (nudged bool, err error) {
	waiting, cancel := context.WithCancel(ctx)
	defer cancel()
	told := make(chan error, 1)
	go func() { told <- f.news.Wait(waiting) }()
	select {
	case <-f.urgent:
		cancel()
		<-told //nolint:errcheck // only one may wait at a time; this one was told to stop
		return true, nil
	case err := <-told:
		return false, err
	}
}

// moved reports whether the log is longer than when it was last read. A fault
// counts as news: the round that follows reports it.
func (f *feed) moved(ctx context.Context) bool {
	head, err := f.store.Head(ctx)
	f.mu.Lock()
	defer f.mu.Unlock()
	return err != nil || head.Size > f.end
}

// pause waits a little, and reports whether it was nudged out of it.
func (f *feed) pause(ctx context.Context) (nudged bool) {
	timer := time.NewTimer(issueGlance)
	defer timer.Stop()
	select {
	case <-f.urgent:
		return true
	case <-ctx.Done():
		return true
	case <-timer.C:
		return false
	}
}
