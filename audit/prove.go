package audit

import (
	"context"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// Proof shows that one entry is in the log of a signed head, without the
// other entries.
type Proof struct {
	Position   int64    `json:"position"`
	Entry      string   `json:"entry"`      // stored form of the entry
	Hashes     []string `json:"hashes"`     // base64, leaf to root
	Checkpoint string   `json:"checkpoint"` // signed note of the head
}

// Prove makes the proof for the entry at a position under the head.
func Prove(ctx context.Context, log Reader, position int64) (Proof, error) {
	head, err := log.Head(ctx)
	if err != nil {
		return Proof{}, err
	}
	entries, err := log.ReadLog(ctx, position, 1)
	if err != nil {
		return Proof{}, err
	}
	if len(entries) == 0 || entries[0].Position != position || position < 0 || position >= head.Size {
		return Proof{}, fmt.Errorf("audit: the log has no entry %d", position)
	}
	hashes, err := tlog.ProveRecord(head.Size, position, nodeReader(ctx, log))
	if err != nil {
		return Proof{}, fmt.Errorf("audit: prove entry %d: %w", position, err)
	}
	p := Proof{Position: position, Entry: string(entries[0].Body), Checkpoint: string(head.Signed)}
	for _, h := range hashes {
		p.Hashes = append(p.Hashes, h.String())
	}
	return p, nil
}

// Check verifies a proof against an opened checkpoint.
func (p Proof) Check(head Head) error {
	record := make(tlog.RecordProof, len(p.Hashes))
	for i, s := range p.Hashes {
		hash, err := tlog.ParseHash(s)
		if err != nil || hash.String() != s {
			return fmt.Errorf("audit: hash %d of the proof is not a hash in base64", i)
		}
		record[i] = hash
	}
	if err := tlog.CheckRecord(record, head.Size, head.Root, p.Position, tlog.RecordHash([]byte(p.Entry))); err != nil {
		return fmt.Errorf("%w: the entry is not in the log of this checkpoint", ErrTampered)
	}
	return nil
}

// nodeReader reads single stored hashes.
func nodeReader(ctx context.Context, log NodeReader) tlog.HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			hash, err := readNode(ctx, log, index)
			if err != nil {
				return nil, err
			}
			out[i] = hash
		}
		return out, nil
	})
}
