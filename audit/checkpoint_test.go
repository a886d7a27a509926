package audit_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/tokenwright/tokenwright/audit"
)

type hashReader = tlog.HashReaderFunc

const goodRoot = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

func TestACheckpointHasOneSpelling(t *testing.T) {
	head, err := audit.ParseCheckpointText("a/log\n12\n" + goodRoot + "\nextension\n")
	must(t, err)
	if head.Origin != "a/log" || head.Size != 12 || head.Root.String() != goodRoot {
		t.Errorf("read as %+v", head)
	}
	for _, text := range []string{
		"", "\n", "a/log\n", "a/log\n12\n", "a/log\n12\n" + goodRoot, "\n12\n" + goodRoot + "\n",
		"a/log\n012\n" + goodRoot + "\n", "a/log\n+12\n" + goodRoot + "\n", "a/log\n-1\n" + goodRoot + "\n",
		"a/log\n 12\n" + goodRoot + "\n", "a/log\n12 \n" + goodRoot + "\n", "a/log\n0x1\n" + goodRoot + "\n",
		"a/log\n1e3\n" + goodRoot + "\n", "a/log\n9223372036854775808\n" + goodRoot + "\n", "a/log\n\n" + goodRoot + "\n",
		"a/log\n12\n" + goodRoot[:43] + "\n", "a/log\n12\n" + goodRoot + "=\n", "a/log\n12\n" + goodRoot[:40] + "\n",
		"a/log\n12\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=\n", "a/log\r\n12\r\n" + goodRoot + "\r\n",
	} {
		if head, err := audit.ParseCheckpointText(text); err == nil {
			t.Errorf("%q was read as %+v", text, head)
		}
	}
}

func FuzzCheckpointText(f *testing.F) {
	f.Add("a/log\n12\n" + goodRoot + "\n")
	f.Add("a/log\n0\n" + goodRoot + "\nmore\n\n")
	f.Fuzz(func(t *testing.T, text string) {
		head, err := audit.ParseCheckpointText(text)
		if err != nil {
			return
		}
		if !strings.HasPrefix(text, audit.CheckpointText(head)) {
			t.Errorf("%q was read as %+v, which is spelled otherwise", text, head)
		}
	})
}

func TestACheckpointOfAnotherLogOrKeyIsNoCheckpoint(t *testing.T) {
	log, other := newNotebook(t), newNotebook(t)
	log.add(t, 5)
	other.add(t, 5)
	if _, err := log.verify(t, other.head.Signed); err == nil {
		t.Error("a checkpoint of another key was accepted")
	}
	renamed := log.head
	renamed.Origin = "another.example/log"
	if _, err := log.verify(t, log.sign(t, audit.CheckpointText(renamed))); err == nil || !strings.Contains(err.Error(), "another log") {
		t.Errorf("a checkpoint of another origin: %v", err)
	}
	for _, junk := range [][]byte{nil, []byte("x"), log.head.Signed[:40], append([]byte("x"), log.head.Signed...)} {
		if _, err := log.verify(t, junk); err == nil {
			t.Errorf("checkpoint %q was accepted", junk)
		}
	}
}

func TestACheckpointThatTheLogDoesNotExtendIsFound(t *testing.T) {
	log := newNotebook(t)
	log.add(t, 9)
	for size := range int64(10) {
		split := audit.Head{Origin: origin, Size: size, Root: tlog.Hash{1}}
		if _, err := log.verify(t, log.sign(t, audit.CheckpointText(split))); !errors.Is(err, audit.ErrTampered) {
			t.Errorf("another root at size %d: %v", size, err)
		}
	}
	longer := audit.Head{Origin: origin, Size: 10, Root: log.head.Root}
	if _, err := log.verify(t, log.sign(t, audit.CheckpointText(longer))); !errors.Is(err, audit.ErrTampered) {
		t.Errorf("a longer log: %v", err)
	}
	empty := audit.Head{Origin: origin}
	root, err := tlog.TreeHash(0, nil)
	must(t, err)
	empty.Root = root
	if _, err := log.verify(t, log.sign(t, audit.CheckpointText(empty))); err != nil {
		t.Errorf("the empty log: %v", err)
	}
}

// TestTheStoredHeadHasOneSpelling changes single characters of the signed
// note: base64 has spare bits, and note.Open overlooks signatures of strangers.
func TestTheStoredHeadHasOneSpelling(t *testing.T) {
	log := newNotebook(t)
	log.add(t, 3)
	signed := log.head.Signed
	for i := range signed {
		for bit := range 8 {
			log.head.Signed = bytes.Clone(signed)
			log.head.Signed[i] ^= 1 << bit
			if _, err := log.verify(t); !errors.Is(err, audit.ErrTampered) {
				t.Fatalf("bit %d of byte %d flipped: %v", bit, i, err)
			}
		}
	}
	text, _, _ := bytes.Cut(signed, []byte("\u2014"))
	line := signed[len(text):]
	stranger := bytes.Replace(line, []byte("audit"), []byte("other"), 1)
	for name, more := range map[string][]byte{"repeated": line, "a stranger's": stranger} {
		log.head.Signed = append(bytes.Clone(signed), more...)
		if _, err := log.verify(t); !errors.Is(err, audit.ErrTampered) {
			t.Errorf("a signature that is %s: %v", name, err)
		}
	}
}

func TestAnEmptyLogHasAnEmptyHead(t *testing.T) {
	log := newNotebook(t)
	_, err := log.verify(t)
	must(t, err)
	log.head.Root = tlog.Hash{1}
	if _, err := log.verify(t); !errors.Is(err, audit.ErrTampered) {
		t.Errorf("an empty log with a root: %v", err)
	}
	full := newNotebook(t)
	full.add(t, 3)
	full.head = newNotebook(t).head
	if _, err := full.verify(t); !errors.Is(err, audit.ErrTampered) {
		t.Errorf("a head put back to nothing: %v", err)
	}
}
