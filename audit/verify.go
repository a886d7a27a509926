package audit

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const verifyBatch = 1000

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
	walk := walker{log: log, head: head, wanted: wanted, progress: opts.Progress}
	if err := walk.run(ctx); err != nil {
		return Verification{}, err
	}
	return Verification{Head: head, Entries: head.Size, Checkpoints: len(opts.Checkpoints)}, nil
}

// OpenCheckpoint checks the signature of a signed note and reads its head.
func OpenCheckpoint(signed []byte, keys note.Verifiers) (Head, error) {
	n, err := note.Open(signed, keys)
	if err != nil {
		return Head{}, fmt.Errorf("audit: the checkpoint is not signed by this log: %w", err)
	}
	head, err := ParseCheckpointText(n.Text)
	head.Signed = signed
	return head, err
}

func checkSigned(head Head, keys note.Verifiers) error {
	if head.Size == 0 && len(head.Signed) == 0 {
		return nil
	}
	signed, err := OpenCheckpoint(head.Signed, keys)
	if err != nil {
		return fmt.Errorf("%w: the head has no good signature (%v)", ErrTampered, err)
	}
	if signed.Size != head.Size || signed.Root != head.Root || signed.Origin != head.Origin {
		return fmt.Errorf("%w: the head is not the one that was signed", ErrTampered)
	}
	return nil
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

// walker recomputes the tree while it reads the log from its beginning.
type walker struct {
	log      Reader
	head     Head
	wanted   map[int64]tlog.Hash
	progress func(done, all int64)

	edge  map[int64]tlog.Hash // right edge of the tree, logarithmic in size
	nodes nodeCursor
	size  int64
}

func (w *walker) run(ctx context.Context) error {
	w.edge, w.nodes = map[int64]tlog.Hash{}, nodeCursor{log: w.log}
	if err := w.checkRoot(); err != nil {
		return err
	}
	for w.size < w.head.Size {
		batch, err := w.log.ReadLog(ctx, w.size, verifyBatch)
		if err != nil {
			return err
		}
		if len(batch) == 0 {
			return fmt.Errorf("%w: entry %d is missing", ErrTampered, w.size)
		}
		for _, e := range batch {
			if err := w.step(ctx, e); err != nil {
				return err
			}
		}
		if w.progress != nil {
			w.progress(min(w.size, w.head.Size), w.head.Size)
		}
	}
	return w.checkEnd(ctx)
}

// step takes the next entry into the tree.
func (w *walker) step(ctx context.Context, e Stored) error {
	switch {
	case e.Position != w.size:
		return fmt.Errorf("%w: entry %d is missing", ErrTampered, w.size)
	case e.Position >= w.head.Size:
		return fmt.Errorf("%w: there are entries behind the head", ErrTampered)
	}
	hashes, err := tlog.StoredHashes(w.size, e.Body, tlog.HashReaderFunc(w.readEdge))
	if err != nil {
		return fmt.Errorf("audit: recompute the tree: %w", err)
	}
	for k, h := range hashes {
		index := tlog.StoredHashIndex(0, w.size) + int64(k)
		stored, err := w.nodes.next(ctx)
		if err != nil {
			return err
		}
		if stored.Index != index || stored.Hash != h {
			return fmt.Errorf("%w: entry %d or its hash was altered", ErrTampered, w.size)
		}
		w.edge[index] = h
	}
	w.size++
	w.trimEdge()
	return w.checkRoot()
}

func (w *walker) checkRoot() error {
	want, ok := w.wanted[w.size]
	if !ok || w.size == 0 {
		return nil
	}
	root, err := tlog.TreeHash(w.size, tlog.HashReaderFunc(w.readEdge))
	if err != nil {
		return fmt.Errorf("audit: root of the tree: %w", err)
	}
	if root != want {
		return fmt.Errorf("%w: the tree of the first %d entries has another root", ErrTampered, w.size)
	}
	return nil
}

// checkEnd looks for anything behind the head.
func (w *walker) checkEnd(ctx context.Context) error {
	behind, err := w.log.ReadLog(ctx, w.head.Size, 1)
	if err != nil {
		return err
	}
	if len(behind) > 0 {
		return fmt.Errorf("%w: there are entries behind the head", ErrTampered)
	}
	if _, err := w.nodes.next(ctx); !errors.Is(err, errNoNode) {
		if err != nil {
			return err
		}
		return fmt.Errorf("%w: there are hashes behind the head", ErrTampered)
	}
	return nil
}

func (w *walker) readEdge(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		h, ok := w.edge[index]
		if !ok {
			return nil, fmt.Errorf("hash %d is not on the edge", index)
		}
		out[i] = h
	}
	return out, nil
}

// trimEdge keeps only the roots of the complete subtrees that make up the
// tree of w.size leaves.
func (w *walker) trimEdge() {
	keep := make(map[int64]tlog.Hash)
	var leaf int64
	for level := 62; level >= 0; level-- {
		if w.size&(1<<level) == 0 {
			continue
		}
		index := tlog.StoredHashIndex(level, leaf>>level)
		keep[index] = w.edge[index]
		leaf += 1 << level
	}
	w.edge = keep
}

// errNoNode: the store has no further hashes.
var errNoNode = fmt.Errorf("%w: a hash of the tree is missing", ErrTampered)

// nodeCursor reads stored hashes in order, a batch at a time.
type nodeCursor struct {
	log       Reader
	batch     []Node
	following int64
}

func (c *nodeCursor) next(ctx context.Context) (Node, error) {
	if len(c.batch) == 0 {
		batch, err := c.log.ReadNodes(ctx, c.following, 2*verifyBatch)
		if err != nil {
			return Node{}, err
		}
		if len(batch) == 0 {
			return Node{}, errNoNode
		}
		c.batch = batch
	}
	n := c.batch[0]
	c.batch = c.batch[1:]
	c.following = n.Index + 1
	return n, nil
}
