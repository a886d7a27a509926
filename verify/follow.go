package verify

import (
	"context"
	"errors"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

// Feed is the log as a verifier reads it.
type Feed interface {
	// Snapshot gives the not-before marks and the position up to which they
	// are complete.
	Snapshot(ctx context.Context) (marks []token.Mark, position int64, err error)
	// Changes gives what happened from a position on, and the position
	// behind it. Everything committed before the call is in the answer of
	// this call or of one of the next; when next equals from there is no
	// more. A next before from says that the log is not the one that was
	// read: it then begins anew, with a snapshot.
	Changes(ctx context.Context, from int64) (changes []token.Change, next int64, err error)
	// Wait returns when there may be something new, after a second at the
	// latest, or when ctx ends.
	Wait(ctx context.Context) error
}

// errReplaced: what was read is not in the log any more, and what took its place
// has positions that would never be read.
var errReplaced = token.Unavailable(errors.New("verify: the log is not the one that was read; reading it anew"))

// Follow keeps the verifier true to the log until ctx ends, and gives ctx's
// error. Faults of the feed are told to report, which may be nil, and the feed
// is tried again: as long as it is not heard the lease runs out by itself.
func (v *Verifier) Follow(ctx context.Context, feed Feed, report func(error)) error {
	if report == nil {
		report = func(error) {}
	}
	position := int64(-1)
	for ctx.Err() == nil {
		next, err := v.follow(ctx, feed, position)
		position = next
		if err == nil {
			err = feed.Wait(ctx)
		}
		if err != nil && ctx.Err() == nil {
			report(err)
			pause(ctx, time.Second)
		}
	}
	return ctx.Err()
}

// follow reads until there is nothing new. A position below 0 means that the
// snapshot is not loaded yet.
func (v *Verifier) follow(ctx context.Context, feed Feed, position int64) (int64, error) {
	began := v.clock.now()
	if position < 0 {
		marks, at, err := feed.Snapshot(ctx)
		if err != nil {
			return position, err
		}
		v.Load(marks)
		position = at
	}
	for {
		changes, next, err := feed.Changes(ctx, position)
		if err != nil {
			return position, err
		}
		if next < position {
			return -1, errReplaced
		}
		for _, c := range changes {
			v.Apply(c)
		}
		if next == position {
			v.heardAt(began)
			return position, nil
		}
		position = next
	}
}

// pause waits, but not longer than ctx.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
