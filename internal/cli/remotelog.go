package cli

import (
	"context"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/client"
)

// remoteLog is the log of a server. It implements audit.Reader. What the
// server found tampered with when it read its own rows is passed on.
type remoteLog struct{ server *client.Client }

// Head implements audit.Reader.
func (l remoteLog) Head(ctx context.Context) (audit.Head, error) {
	h, err := l.server.LogHead(ctx)
	switch {
	case err != nil:
		return audit.Head{}, err
	case h.Tampered != "":
		return audit.Head{}, tampered(h.Tampered)
	case len(h.Root) != tlog.HashSize:
		return audit.Head{}, tampered("the root of the head is not a hash")
	}
	return audit.Head{Origin: h.Origin, Size: h.Size, Root: tlog.Hash(h.Root), Signed: []byte(h.Checkpoint)}, nil
}

// ReadLog implements audit.Reader.
func (l remoteLog) ReadLog(ctx context.Context, from int64, limit int) ([]audit.Stored, error) {
	page, err := l.server.LogEntries(ctx, from, limit)
	if err != nil {
		return nil, err
	}
	if page.Tampered != "" {
		return nil, tampered(page.Tampered)
	}
	out := make([]audit.Stored, len(page.Entries))
	for i, e := range page.Entries {
		out[i] = audit.Stored{Position: e.Position, Body: e.Body}
	}
	return out, nil
}

// ReadNodes implements audit.Reader.
func (l remoteLog) ReadNodes(ctx context.Context, from int64, limit int) ([]audit.Node, error) {
	page, err := l.server.LogNodes(ctx, from, limit)
	if err != nil {
		return nil, err
	}
	if page.Tampered != "" {
		return nil, tampered(page.Tampered)
	}
	out := make([]audit.Node, len(page.Nodes))
	for i, n := range page.Nodes {
		if len(n.Hash) != tlog.HashSize {
			return nil, tampered(fmt.Sprintf("hash %d of the tree is not a hash", n.Index))
		}
		out[i] = audit.Node{Index: n.Index, Hash: tlog.Hash(n.Hash)}
	}
	return out, nil
}

// tampered gives a finding its meaning back.
func tampered(found string) error {
	return fmt.Errorf("%w: %s", audit.ErrTampered, strings.TrimPrefix(found, audit.ErrTampered.Error()+": "))
}
