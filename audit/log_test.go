package audit_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
)

const origin = "audit.example/log"

// notebook is a log in memory: what a store keeps, without the store.
type notebook struct {
	head    audit.Head
	entries []audit.Stored
	nodes   []audit.Node
	signer  note.Signer
	keys    note.Verifiers
}

func newNotebook(t *testing.T) *notebook {
	t.Helper()
	private, public, err := note.GenerateKey(nil, origin)
	must(t, err)
	n := &notebook{head: audit.Head{Origin: origin}}
	n.signer, err = note.NewSigner(private)
	must(t, err)
	verifier, err := note.NewVerifier(public)
	must(t, err)
	n.keys = note.VerifierList(verifier)
	n.head.Root, err = tlog.TreeHash(0, nil)
	must(t, err)
	return n
}

// add appends a batch of entries and signs the new head.
func (n *notebook) add(t *testing.T, count int) {
	t.Helper()
	var bodies [][]byte
	for i := range count {
		e := audit.NewEntry(audit.TokenIssued, token.Principal{Type: token.PrincipalUser, Ref: "user:default/alice"},
			time.UnixMicro(1_800_000_000_000_000))
		e.Name = fmt.Sprintf("ci-%d", len(n.entries))
		body, err := e.Encode()
		must(t, err)
		n.entries = append(n.entries, audit.Stored{Entry: e, Position: n.head.Size + int64(i), Body: body})
		bodies = append(bodies, body)
	}
	next, nodes, err := audit.Extend(n.head, bodies, tlog.HashReaderFunc(n.hashes))
	must(t, err)
	next.Signed = n.sign(t, audit.CheckpointText(next))
	n.head, n.nodes = next, append(n.nodes, nodes...)
}

func (n *notebook) sign(t *testing.T, text string) []byte {
	t.Helper()
	signed, err := note.Sign(&note.Note{Text: text}, n.signer)
	must(t, err)
	return signed
}

func (n *notebook) hashes(indexes []int64) ([]tlog.Hash, error) {
	var out []tlog.Hash
	for _, i := range indexes {
		out = append(out, n.nodes[i].Hash)
	}
	return out, nil
}

func (n *notebook) Head(context.Context) (audit.Head, error) { return n.head, nil }

func (n *notebook) ReadLog(_ context.Context, from int64, limit int) ([]audit.Stored, error) {
	return part(n.entries, from, limit), nil
}

func (n *notebook) ReadNodes(_ context.Context, from int64, limit int) ([]audit.Node, error) {
	return part(n.nodes, from, limit), nil
}

func part[T any](all []T, from int64, limit int) []T {
	from = min(max(from, 0), int64(len(all)))
	return all[from:min(from+int64(limit), int64(len(all)))]
}

func (n *notebook) verify(t *testing.T, checkpoints ...[]byte) (audit.Verification, error) {
	t.Helper()
	return audit.Verify(t.Context(), n, audit.VerifyOptions{Keys: n.keys, Checkpoints: checkpoints})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
