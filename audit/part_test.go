package audit_test

import (
	"errors"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/tokenwright/tokenwright/audit"
)

// inParts verifies a log a few entries at a time.
func (n *notebook) inParts(t *testing.T, limit int64, between func(part int)) (audit.Part, error) {
	t.Helper()
	var after *audit.Head
	for part := range 100 {
		found, err := audit.VerifyPart(t.Context(), n, audit.VerifyOptions{Keys: n.keys}, after, limit)
		if err != nil || found.Done {
			return found, err
		}
		after = &found.Reached
		between(part)
	}
	t.Fatal("it does not come to an end")
	return audit.Part{}, nil
}

func TestALogIsVerifiedInPartsAsAtOnce(t *testing.T) {
	for entries := range 20 {
		log := newNotebook(t)
		if entries > 0 {
			log.add(t, entries)
		}
		for limit := int64(1); limit < 9; limit += 3 {
			found, err := log.inParts(t, limit, func(int) {})
			if err != nil || found.Reached.Size != int64(entries) || found.Reached.Root != log.head.Root {
				t.Errorf("%d entries, %d at a time: %+v, %v", entries, limit, found, err)
			}
		}
	}
}

func TestALogThatGrowsIsVerifiedToItsNewEnd(t *testing.T) {
	log := newNotebook(t)
	log.add(t, 5)
	found, err := log.inParts(t, 2, func(part int) {
		if part == 0 {
			log.add(t, 6)
		}
	})
	if err != nil || found.Reached.Size != 11 {
		t.Errorf("%+v, %v", found, err)
	}
}

// What was read by an earlier part is held to its root: a change of it between
// the parts, with all hashes computed anew, is found.
func TestAChangeBehindThePartIsFound(t *testing.T) {
	log, other := newNotebook(t), newNotebook(t)
	log.add(t, 9)
	other.add(t, 9)
	_, err := log.inParts(t, 4, func(part int) {
		if part == 0 {
			log.entries, log.nodes, log.head = other.entries, other.nodes, other.head
			log.keys = other.keys
		}
	})
	if !errors.Is(err, audit.ErrTampered) {
		t.Errorf("another log in the middle: %v", err)
	}
	short := newNotebook(t)
	short.add(t, 9)
	_, err = short.inParts(t, 4, func(int) { short.head = newNotebook(t).head })
	if !errors.Is(err, audit.ErrTampered) {
		t.Errorf("a log that became shorter: %v", err)
	}
	if _, err := audit.VerifyPart(t.Context(), other, audit.VerifyOptions{Keys: other.keys}, &audit.Head{Size: 3, Root: tlog.Hash{1}}, 4); !errors.Is(err, audit.ErrTampered) {
		t.Errorf("a part that nobody has read: %v", err)
	}
}
