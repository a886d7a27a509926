package server

import (
	"context"
	"time"
)

const (
	// issueBatch is how long entries that no verifier waits for are gathered
	// before they get their place in the log, so that one transaction serves
	// many issues.
	issueBatch = 50 * time.Millisecond
	// issueGlance is how often it is looked meanwhile whether another node
	// has moved the log on: its revocations do not wait for our issues.
	issueGlance = 5 * time.Millisecond
)

// waiter waits for commits and wake-ups, for a second at the most.
type waiter interface {
	Wait(ctx context.Context) error
}

// nudge asks for a round at once. It never blocks.
func (f *feed) nudge() {
	select {
	case f.urgent <- struct{}{}:
	default:
	}
}

// Wait implements verify.Feed. A nudge ends it at once, and so does a log that
// another node has moved on. What was only committed is left to gather for a
// moment, so that entries that come together are sequenced together.
func (f *feed) Wait(ctx context.Context) error {
	f.round = false
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

// moved reports whether the log is another than when it was last read. A fault
// counts as news: the round that follows reports it.
func (f *feed) moved(ctx context.Context) bool {
	head, err := f.store.Head(ctx)
	return err != nil || head.Size != f.end.Size || head.Root != f.end.Root
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
