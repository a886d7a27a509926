package audit_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/tokenwright/tokenwright/audit"
)

// nodes are the stored hashes of a tree.
type nodes []tlog.Hash

func (n nodes) ReadNodes(_ context.Context, from int64, limit int) ([]audit.Node, error) {
	var out []audit.Node
	for i := from; i < min(from+int64(limit), int64(len(n))); i++ {
		out = append(out, audit.Node{Index: i, Hash: n[i]})
	}
	return out, nil
}

func (n nodes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		out[i] = n[index]
	}
	return out, nil
}

// The edge is compared with the reference implementation of the tree at every
// size, grown entry by entry and read from the stored hashes.
func TestTheEdgeIsThatOfTheTree(t *testing.T) {
	var stored nodes
	var grown audit.Edge
	for size := range int64(130) {
		want, err := tlog.TreeHash(size, stored)
		if err != nil {
			t.Fatal(err)
		}
		read, err := audit.ReadEdge(t.Context(), stored, size)
		if err != nil {
			t.Fatal(err)
		}
		if grown.Size() != size || grown.Root() != want || read.Root() != want {
			t.Fatalf("size %d: grown to size %d with root %s, read with root %s, want %s", size, grown.Size(), grown.Root(), read.Root(), want)
		}
		body := fmt.Appendf(nil, "entry %d", size)
		hashes, err := tlog.StoredHashes(size, body, stored)
		if err != nil {
			t.Fatal(err)
		}
		other, _ := grown.With([]byte("another entry"))
		next, added := grown.With(body)
		if !slices.Equal(added, hashes) {
			t.Fatalf("size %d: other hashes are added than those that are stored", size)
		}
		if other.Root() == next.Root() || grown.Root() != want {
			t.Fatalf("size %d: an edge changed with one that was made from it", size)
		}
		stored, grown = append(stored, hashes...), next
	}
	if _, err := audit.ReadEdge(t.Context(), stored[:5], 130); err == nil {
		t.Error("an edge was read from hashes that are not there")
	}
}
