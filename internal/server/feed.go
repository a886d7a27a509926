package server

import (
	"context"
	"fmt"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
)

const (
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
	audit.Reader
	Marks(ctx context.Context) ([]token.Mark, error)
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
//
// Positions alone do not say that it is still the same log: after a failover
// that lost the last commits, or with a backup put back, other entries stand at
// positions that were read already, and the revocations among them would be
// passed over (row K-06). So the feed computes the tree over what it reads, and
// compares its root with that of the head at the end of each round. When they
// differ, everything is learnt anew.
type feed struct {
	store  logStore
	news   waiter
	sealer audit.Sealer
	// reload takes over new keys and a new policy before the verifier hears
	// of the change.
	reload func(ctx context.Context, change token.Change) error
	// heard is told of all entries, once they count here; of nil when others may
	// have come in their place. It does not block.
	heard func(entries []audit.Stored)
	// replaced is told when the log turns out not to be the one of which so
	// many entries were read. When it returns, nothing that was remembered
	// before is trusted any more.
	replaced func(ctx context.Context, read int64)
	urgent   chan struct{} // holds one nudge

	// One goroutine follows the log; these are its own.
	round bool
	end   audit.Head // of the log, when the round began
	read  audit.Edge // of the tree over what was read
}

// Snapshot implements verify.Feed. The position is read before everything
// else: what is changed in between is then met twice, and never missed.
func (f *feed) Snapshot(ctx context.Context) ([]token.Mark, int64, error) {
	f.round = false
	head, err := f.store.Head(ctx)
	if err != nil {
		return nil, 0, err
	}
	edge, err := audit.ReadEdge(ctx, f.store, head.Size)
	if err != nil {
		return nil, 0, err
	}
	if edge.Root() != head.Root {
		return nil, 0, fmt.Errorf("%w: the stored tree is not that of its head", audit.ErrTampered)
	}
	if err := f.reload(ctx, token.Change{Keys: true, Peers: true, Policy: true}); err != nil {
		return nil, 0, err
	}
	marks, err := f.store.Marks(ctx)
	f.read = edge
	f.heard(nil)
	return marks, head.Size, err
}

// Changes implements verify.Feed. A fault ends the round: what is read after
// it must not pass for what was committed until then.
func (f *feed) Changes(ctx context.Context, from int64) (_ []token.Change, next int64, err error) {
	defer func() {
		if err != nil || next < from {
			f.round = false
		}
	}()
	if err := f.begin(ctx); err != nil {
		return nil, from, err
	}
	read, changes := f.read, []token.Change(nil)
	if from < f.end.Size {
		entries, err := f.entries(ctx, from)
		if err != nil {
			return nil, from, err
		}
		for _, e := range entries {
			read, _ = read.With(e.Body)
		}
		if changes, err = f.take(ctx, entries); err != nil {
			return nil, from, err
		}
	}
	if from > f.end.Size || read.Size() == f.end.Size && read.Root() != f.end.Root {
		f.replaced(ctx, from)
		return nil, -1, nil // the verifier begins anew
	}
	f.read = read
	return changes, read.Size(), nil
}

// entries reads the next entries of a round.
func (f *feed) entries(ctx context.Context, from int64) ([]audit.Stored, error) {
	entries, err := f.store.ReadLog(ctx, from, int(min(feedPage, f.end.Size-from)))
	if err != nil {
		return nil, err
	}
	for i, e := range entries {
		if e.Position != from+int64(i) {
			entries = entries[:i]
			break
		}
	}
	if len(entries) == 0 {
		return nil, fmt.Errorf("%w: entry %d of the log is missing", audit.ErrTampered, from)
	}
	return entries, nil
}

// begin begins a round unless one is under way, and notes its end.
func (f *feed) begin(ctx context.Context) error {
	if f.round {
		return nil
	}
	if err := f.sequence(ctx); err != nil {
		return err
	}
	head, err := f.store.Head(ctx)
	if err != nil {
		return err
	}
	f.round, f.end = true, head
	return nil
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
			again.Peers = again.Peers || change.Peers
		}
	}
	if again.Keys || again.Peers || again.Policy {
		if err := f.reload(ctx, again); err != nil {
			return nil, err
		}
	}
	f.heard(entries)
	return changes, nil
}
