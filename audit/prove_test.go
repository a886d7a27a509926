package audit_test

import (
	"encoding/base64"
	"errors"
	"testing"

	"github.com/tokenwright/tokenwright/audit"
)

func TestEveryEntryOfEveryLogIsProven(t *testing.T) {
	log := newNotebook(t)
	var checkpoints [][]byte
	for size := int64(0); size <= 70; size++ {
		if size > 0 {
			log.add(t, 1)
			checkpoints = append(checkpoints, log.head.Signed)
		}
		v, err := log.verify(t, checkpoints...)
		must(t, err)
		if v.Entries != size || v.Checkpoints != int(size) {
			t.Fatalf("size %d: verified %d entries and %d checkpoints", size, v.Entries, v.Checkpoints)
		}
		head := log.head
		if size > 0 {
			head, err = audit.OpenCheckpoint(log.head.Signed, log.keys)
			must(t, err)
		}
		for position := range size {
			proof, err := audit.Prove(t.Context(), log, position)
			must(t, err)
			must(t, proof.Check(head))
		}
		for _, position := range []int64{-1, size, size + 1} {
			if _, err := audit.Prove(t.Context(), log, position); err == nil {
				t.Errorf("size %d: entry %d was proven", size, position)
			}
		}
	}
}

func TestBatchesOfAnySizeMakeTheSameTree(t *testing.T) {
	single := newNotebook(t)
	single.add(t, 70)
	for batch := 2; batch <= 70; batch += 7 {
		log := newNotebook(t)
		for log.head.Size < 70 {
			count := min(batch, 70-int(log.head.Size))
			var bodies [][]byte
			for _, e := range single.entries[log.head.Size:][:count] {
				bodies = append(bodies, e.Body)
			}
			next, nodes, err := audit.Extend(log.head, bodies, hashReader(log.hashes))
			must(t, err)
			log.head, log.nodes = next, append(log.nodes, nodes...)
		}
		if log.head.Root != single.head.Root || len(log.nodes) != len(single.nodes) {
			t.Errorf("batches of %d make another tree", batch)
		}
	}
}

func TestAProofOfAnythingElseIsRefused(t *testing.T) {
	log := newNotebook(t)
	log.add(t, 21)
	for name, change := range map[string]func(*audit.Proof){
		"another entry":      func(p *audit.Proof) { p.Entry = string(log.entries[3].Body) },
		"another position":   func(p *audit.Proof) { p.Position++ },
		"a negative one":     func(p *audit.Proof) { p.Position = -1 },
		"one beyond the end": func(p *audit.Proof) { p.Position = 21 },
		"a hash less":        func(p *audit.Proof) { p.Hashes = p.Hashes[1:] },
		"a hash more":        func(p *audit.Proof) { p.Hashes = append(p.Hashes, p.Hashes[0]) },
		"another hash":       func(p *audit.Proof) { p.Hashes[0] = p.Hashes[1] },
	} {
		proof, err := audit.Prove(t.Context(), log, 7)
		must(t, err)
		change(&proof)
		if err := proof.Check(log.head); !errors.Is(err, audit.ErrTampered) {
			t.Errorf("%s: error is %v, want %v", name, err, audit.ErrTampered)
		}
	}
	for _, hash := range []string{
		"", "x", base64.StdEncoding.EncodeToString(make([]byte, 31)), base64.RawStdEncoding.EncodeToString(make([]byte, 32)),
		base64.StdEncoding.EncodeToString(make([]byte, 32)) + "\n", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=",
	} {
		proof, err := audit.Prove(t.Context(), log, 7)
		must(t, err)
		proof.Hashes[2] = hash
		if err := proof.Check(log.head); err == nil {
			t.Errorf("hash %q was accepted", hash)
		}
	}
}
