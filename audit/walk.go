package audit

import (
	"context"
	"fmt"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// verifyBatch is how many entries a verification reads at a time.
const verifyBatch = 1000

// walker recomputes the tree while it reads the log from its beginning.
type walker struct {
	log      Reader
	keys     note.Verifiers
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
		// Never beyond the head that was read: the log may be growing.
		batch, err := w.log.ReadLog(ctx, w.size, int(min(verifyBatch, w.head.Size-w.size)))
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
			w.progress(w.size, w.head.Size)
		}
	}
	return checkEnd(ctx, w.log, w.head, w.keys)
}

// step takes the next entry into the tree.
func (w *walker) step(ctx context.Context, e Stored) error {
	if e.Position != w.size {
		return fmt.Errorf("%w: entry %d is missing", ErrTampered, w.size)
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
	if !ok {
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
			return Node{}, fmt.Errorf("%w: hash %d of the tree is missing", ErrTampered, c.following)
		}
		c.batch = batch
	}
	n := c.batch[0]
	c.batch = c.batch[1:]
	c.following = n.Index + 1
	return n, nil
}
