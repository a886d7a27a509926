package audit

import (
	"context"
	"fmt"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// verifyBatch is how many entries a verification reads at a time.
const verifyBatch = 1000

// walker recomputes the tree while it reads the log from its beginning, or
// from where another one stopped.
type walker struct {
	log      Reader
	keys     note.Verifiers
	head     Head
	wanted   map[int64]tlog.Hash
	progress func(done, all int64)

	until int64 // how many entries are read at the end; never more than head has
	edge  Edge  // over what was read already
	nodes nodeCursor
}

func (w *walker) run(ctx context.Context) error {
	w.nodes = nodeCursor{log: w.log, following: tlog.StoredHashCount(w.edge.Size())}
	if err := w.checkRoot(); err != nil {
		return err
	}
	for w.edge.Size() < w.until {
		// Never beyond the head that was read: the log may be growing.
		size := w.edge.Size()
		batch, err := w.log.ReadLog(ctx, size, int(min(verifyBatch, w.until-size)))
		if err != nil {
			return err
		}
		if len(batch) == 0 {
			return fmt.Errorf("%w: entry %d is missing", ErrTampered, size)
		}
		for _, e := range batch {
			if err := w.step(ctx, e); err != nil {
				return err
			}
		}
		if w.progress != nil {
			w.progress(w.edge.Size(), w.head.Size)
		}
	}
	if w.until < w.head.Size {
		return nil // another part comes
	}
	return checkEnd(ctx, w.log, w.head, w.keys)
}

// step takes the next entry into the tree.
func (w *walker) step(ctx context.Context, e Stored) error {
	position := w.edge.Size()
	if e.Position != position {
		return fmt.Errorf("%w: entry %d is missing", ErrTampered, position)
	}
	next, added := w.edge.With(e.Body)
	for k, h := range added {
		index := tlog.StoredHashIndex(0, position) + int64(k)
		stored, err := w.nodes.next(ctx)
		if err != nil {
			return err
		}
		if stored.Index != index || stored.Hash != h {
			return fmt.Errorf("%w: entry %d or its hash was altered", ErrTampered, position)
		}
	}
	w.edge = next
	return w.checkRoot()
}

func (w *walker) checkRoot() error {
	want, ok := w.wanted[w.edge.Size()]
	if ok && w.edge.Root() != want {
		return fmt.Errorf("%w: the tree of the first %d entries has another root", ErrTampered, w.edge.Size())
	}
	return nil
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
