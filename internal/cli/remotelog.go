package cli

import (
	"context"
	"fmt"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/client"
)

// remoteLog is the log of a server as it was when it was opened. It implements
// audit.Reader.
//
// The log of a running server grows while it is read. Entries and hashes
// behind the head are left out as long as a newer head, signed by a known key,
// accounts for them; what no signed head accounts for stays in, and is found.
type remoteLog struct {
	server *client.Client
	keys   note.Verifiers
	head   audit.Head
}

// openRemoteLog reads the head. Without keys it takes those the server names.
func openRemoteLog(ctx context.Context, server *client.Client, keys []string) (*remoteLog, error) {
	head, err := server.LogHead(ctx)
	if err != nil {
		return nil, err
	}
	if len(keys) == 0 {
		keys = head.Keys
	}
	l := &remoteLog{server: server}
	if l.keys, err = parseKeys(keys); err != nil {
		return nil, err
	}
	l.head, err = readHead(head)
	return l, err
}

func readHead(h api.LogHead) (audit.Head, error) {
	if len(h.Root) != tlog.HashSize {
		return audit.Head{}, fmt.Errorf("%w: the root of the log is no hash", audit.ErrTampered)
	}
	return audit.Head{Origin: h.Origin, Size: h.Size, Root: tlog.Hash(h.Root), Signed: []byte(h.Checkpoint)}, nil
}

// Head implements audit.Reader.
func (l *remoteLog) Head(context.Context) (audit.Head, error) { return l.head, nil }

// ReadLog implements audit.Reader.
func (l *remoteLog) ReadLog(ctx context.Context, from int64, limit int) ([]audit.Stored, error) {
	page, err := l.server.LogEntries(ctx, from, limit)
	if err != nil {
		return nil, err
	}
	if page.Tampered != "" {
		return nil, fmt.Errorf("%w: %s", audit.ErrTampered, page.Tampered)
	}
	accounted, err := l.accounted(ctx, len(page.Entries) > 0 && page.Entries[len(page.Entries)-1].Position >= l.head.Size)
	if err != nil {
		return nil, err
	}
	var out []audit.Stored
	for _, e := range page.Entries {
		if e.Position < l.head.Size || e.Position >= accounted {
			out = append(out, audit.Stored{Position: e.Position, Body: e.Body})
		}
	}
	return out, nil
}

// ReadNodes implements audit.Reader.
func (l *remoteLog) ReadNodes(ctx context.Context, from int64, limit int) ([]audit.Node, error) {
	page, err := l.server.LogNodes(ctx, from, limit)
	if err != nil {
		return nil, err
	}
	end := tlog.StoredHashIndex(0, l.head.Size)
	accounted, err := l.accounted(ctx, len(page.Nodes) > 0 && page.Nodes[len(page.Nodes)-1].Index >= end)
	if err != nil {
		return nil, err
	}
	var out []audit.Node
	for _, n := range page.Nodes {
		if n.Index >= end && n.Index < tlog.StoredHashIndex(0, accounted) {
			continue
		}
		if len(n.Hash) != tlog.HashSize {
			return nil, fmt.Errorf("%w: hash %d of the tree is no hash", audit.ErrTampered, n.Index)
		}
		out = append(out, audit.Node{Index: n.Index, Hash: tlog.Hash(n.Hash)})
	}
	return out, nil
}

// accounted gives how many entries a signed head accounts for. It is asked
// after something behind the head was read, so a head that came with it is
// seen.
func (l *remoteLog) accounted(ctx context.Context, grown bool) (int64, error) {
	if !grown {
		return l.head.Size, nil
	}
	now, err := l.server.LogHead(ctx)
	if err != nil {
		return 0, err
	}
	signed, err := audit.OpenCheckpoint([]byte(now.Checkpoint), l.keys)
	if err != nil {
		return 0, fmt.Errorf("%w: the head has no good signature (%v)", audit.ErrTampered, err)
	}
	return max(signed.Size, l.head.Size), nil
}
