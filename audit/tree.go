package audit

import (
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// ErrTampered means that the stored log is not what was written. The text says
// where.
var ErrTampered = errors.New("the log was changed after it was written")

// Extend computes what a batch of entries adds to the tree of the head: the
// new hashes to store, in order of their index, and the new size and root.
// read gives stored hashes by index (tlog.HashReader); it is asked for the
// right edge of the tree only.
func Extend(head Head, bodies [][]byte, read tlog.HashReader) (Head, []Node, error) {
	edge := overlay{read: read, added: make(map[int64]tlog.Hash, 2*len(bodies))}
	var nodes []Node
	for i, body := range bodies {
		n := head.Size + int64(i)
		hashes, err := tlog.StoredHashes(n, body, &edge)
		if err != nil {
			return Head{}, nil, fmt.Errorf("audit: extend the tree: %w", err)
		}
		for k, h := range hashes {
			index := tlog.StoredHashIndex(0, n) + int64(k)
			edge.added[index] = h
			nodes = append(nodes, Node{index, h})
		}
	}
	next := Head{Origin: head.Origin, Size: head.Size + int64(len(bodies))}
	root, err := tlog.TreeHash(next.Size, &edge)
	if err != nil {
		return Head{}, nil, fmt.Errorf("audit: root of the tree: %w", err)
	}
	next.Root = root
	return next, nodes, nil
}

// overlay reads hashes that are not stored yet, and the rest from below.
type overlay struct {
	read  tlog.HashReader
	added map[int64]tlog.Hash
}

// ReadHashes implements tlog.HashReader.
func (o *overlay) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	var below, where []int64
	for i, index := range indexes {
		if h, ok := o.added[index]; ok {
			out[i] = h
			continue
		}
		below, where = append(below, index), append(where, int64(i))
	}
	if len(below) == 0 {
		return out, nil
	}
	hashes, err := o.read.ReadHashes(below)
	if err != nil {
		return nil, err
	}
	if len(hashes) != len(below) {
		return nil, fmt.Errorf("%w: hashes of the tree are missing", ErrTampered)
	}
	for i, h := range hashes {
		out[where[i]] = h
	}
	return out, nil
}

// LeafHash gives the hash of the leaf that an entry's stored form is.
func LeafHash(body []byte) tlog.Hash { return tlog.RecordHash(body) }
