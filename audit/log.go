package audit

import (
	"context"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/tokenwright/tokenwright/token"
)

// Head is the end of the log: how many entries have a position, the root of
// the tree over them, and the signed checkpoint of both.
type Head struct {
	Origin string // name of the log, first line of its checkpoints
	Size   int64
	Root   tlog.Hash
	Signed []byte // signed note; empty only for the empty log
}

// Stored is an entry as it stands in the log.
type Stored struct {
	Entry

	Position int64
	// Body is the stored form, the leaf's data.
	Body []byte
}

// Node is one stored hash of the tree, at its index in tlog's order.
type Node struct {
	Index int64
	Hash  tlog.Hash
}

// Sealer signs the text of a checkpoint and gives the signed note. The
// keyring implements it.
type Sealer interface {
	// Seal signs with one of the given keys. They are all keys of the
	// installation as the transaction that moves the log on sees them: what a
	// node remembers of them may be older than the removal of a key, and a
	// head that is signed by a removed key counts for nobody.
	Seal(text string, keys []token.KeyRecord) (signed []byte, err error)
}

// Reader reads the stored log. The stores implement it.
type Reader interface {
	// Head gives the end of the log.
	Head(ctx context.Context) (Head, error)
	// ReadLog gives at most limit entries from the position on, in order.
	// Columns that the store keeps beside the body are compared with it by
	// the store; a difference is an error that wraps ErrTampered.
	ReadLog(ctx context.Context, from int64, limit int) ([]Stored, error)
	NodeReader
}

// NodeReader reads the stored hashes of the tree.
type NodeReader interface {
	// ReadNodes gives at most limit stored hashes from the index on, in
	// order of their index.
	ReadNodes(ctx context.Context, from int64, limit int) ([]Node, error)
}
