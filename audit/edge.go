package audit

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// Edge is the right edge of the tree at some size: the roots of the complete
// subtrees that make it up, of which there are as many as the size has bits
// set. It is all that is needed to compute the tree over further entries, so
// whoever reads the log in order can tell without another read whether it is
// still the log that was read before. The zero Edge is that of the empty log.
type Edge struct {
	size  int64
	roots []tlog.Hash // the largest subtree, which is the oldest, first
}

// ReadEdge reads the edge of the first size entries from the stored hashes. It
// costs one read for each bit that is set in size.
func ReadEdge(ctx context.Context, log NodeReader, size int64) (Edge, error) {
	e := Edge{size: size}
	var leaf int64
	for level := 62; level >= 0; level-- {
		if size&(1<<level) == 0 {
			continue
		}
		hash, err := readNode(ctx, log, tlog.StoredHashIndex(level, leaf>>level))
		if err != nil {
			return Edge{}, err
		}
		e.roots = append(e.roots, hash)
		leaf += 1 << level
	}
	return e, nil
}

// Size is how many entries the tree has.
func (e Edge) Size() int64 { return e.size }

// Root gives the root of the tree (RFC 6962 section 2.1).
func (e Edge) Root() tlog.Hash {
	if len(e.roots) == 0 {
		return sha256.Sum256(nil)
	}
	root := e.roots[len(e.roots)-1]
	for _, left := range slices.Backward(e.roots[:len(e.roots)-1]) {
		root = tlog.NodeHash(left, root)
	}
	return root
}

// With gives the edge with one more entry, and the hashes that it adds to the
// stored ones, in the order in which they are stored.
func (e Edge) With(body []byte) (next Edge, added []tlog.Hash) {
	hash := tlog.RecordHash(body)
	added = append(added, hash)
	left := len(e.roots)
	// Each bit at the end of the size is a subtree that is now complete.
	for size := e.size; size&1 == 1; size >>= 1 {
		left--
		hash = tlog.NodeHash(e.roots[left], hash)
		added = append(added, hash)
	}
	return Edge{e.size + 1, append(slices.Clip(e.roots[:left]), hash)}, added
}

// readNode reads one stored hash.
func readNode(ctx context.Context, log NodeReader, index int64) (tlog.Hash, error) {
	nodes, err := log.ReadNodes(ctx, index, 1)
	if err != nil {
		return tlog.Hash{}, err
	}
	if len(nodes) == 0 || nodes[0].Index != index {
		return tlog.Hash{}, fmt.Errorf("%w: hash %d of the tree is missing", ErrTampered, index)
	}
	return nodes[0].Hash, nil
}
