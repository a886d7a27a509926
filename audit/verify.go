package audit

import (
	"context"
	"fmt"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// maxChases bounds how often a verification asks for a newer head, see checkEnd.
const maxChases = 100

// Verification is what Verify found.
type Verification struct {
	Head    Head
	Entries int64
	// Checkpoints is how many of the given checkpoints were confirmed.
	Checkpoints int
}

// VerifyOptions say against what the log is verified.
type VerifyOptions struct {
	// Keys verify signatures of checkpoints.
	Keys note.Verifiers
	// Checkpoints are signed notes that were kept elsewhere. Only they can
	// show that the end of the log was cut off together with its head.
	Checkpoints [][]byte
	// Progress, when set, is told how many entries were read.
	Progress func(done, all int64)
}

// Verify reads the whole log once and recomputes it: every entry against its
// leaf, every stored hash against the entries below it, the root and the
// signed head, and the given checkpoints. Memory does not grow with the log.
//
// The error wraps ErrTampered when the log is not what was written, and says
// what was found first; any other error means that it could not be read.
func Verify(ctx context.Context, log Reader, opts VerifyOptions) (Verification, error) {
	head, err := log.Head(ctx)
	if err != nil {
		return Verification{}, err
	}
	if err := checkSigned(head, opts.Keys); err != nil {
		return Verification{}, err
	}
	wanted, err := openCheckpoints(opts, head)
	if err != nil {
		return Verification{}, err
	}
	walk := walker{log: log, keys: opts.Keys, head: head, wanted: wanted, progress: opts.Progress, until: head.Size}
	if err := walk.run(ctx); err != nil {
		return Verification{}, err
	}
	return Verification{Head: head, Entries: head.Size, Checkpoints: len(opts.Checkpoints)}, nil
}

// openCheckpoints gives the expected root by size. A checkpoint beyond the
// head shows that the end of the log is missing.
func openCheckpoints(opts VerifyOptions, head Head) (map[int64]tlog.Hash, error) {
	wanted := map[int64]tlog.Hash{head.Size: head.Root}
	for _, signed := range opts.Checkpoints {
		c, err := OpenCheckpoint(signed, opts.Keys)
		if err != nil {
			return nil, err
		}
		if c.Origin != head.Origin {
			return nil, fmt.Errorf("audit: the checkpoint is of another log, %q", c.Origin)
		}
		if c.Size > head.Size {
			return nil, fmt.Errorf("%w: a checkpoint knows %d entries, the log has only %d", ErrTampered, c.Size, head.Size)
		}
		if root, ok := wanted[c.Size]; ok && root != c.Root {
			return nil, fmt.Errorf("%w: a checkpoint and the log differ at size %d", ErrTampered, c.Size)
		}
		wanted[c.Size] = c.Root
	}
	return wanted, nil
}

// checkEnd looks for anything behind the head. On a log in use that may be
// what was sequenced meanwhile; then there is a newer head, and the question
// is asked again about that one. A log that always grows faster than it can be
// asked is given up on after maxChases.
func checkEnd(ctx context.Context, log Reader, head Head, keys note.Verifiers) error {
	for range maxChases {
		found, err := anythingBehind(ctx, log, head)
		if err != nil || !found {
			return err
		}
		newer, err := log.Head(ctx)
		if err != nil {
			return err
		}
		if newer.Size <= head.Size {
			return fmt.Errorf("%w: there are entries or hashes behind the head", ErrTampered)
		}
		if err := checkSigned(newer, keys); err != nil {
			return err
		}
		head = newer
	}
	return nil
}

func anythingBehind(ctx context.Context, log Reader, head Head) (bool, error) {
	entries, err := log.ReadLog(ctx, head.Size, 1)
	if err != nil || len(entries) > 0 {
		return len(entries) > 0, err
	}
	nodes, err := log.ReadNodes(ctx, tlog.StoredHashCount(head.Size), 1)
	return len(nodes) > 0, err
}
