package keyring_test

import (
	"context"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/keyring"
	"github.com/tokenwright/tokenwright/token"
)

// crossing is a store in which another removal comes through just before one
// of this node does.
type crossing struct {
	*memory

	first func()
}

func (c *crossing) RemoveKey(ctx context.Context, kid string, at time.Time, by token.Principal) error {
	if first := c.first; first != nil {
		c.first = nil
		first()
	}
	return c.memory.RemoveKey(ctx, kid, at, by)
}

// TestNodesThatRemoveTheLastTwoKeysLeaveOneThatSigns: each node sees the key
// that the other one is about to remove, and makes none in its place. Without a
// key for the log no change could be recorded any more.
func TestNodesThatRemoveTheLastTwoKeysLeaveOneThatSigns(t *testing.T) {
	_, store, kek, c := newInstallation(t)
	must(t, store.AddKey(t.Context(), secondLogKey(t, kek, c), operator()))
	there := openNode(t, store, kek, c)
	kids := logKIDs(there)
	if len(kids) != 2 {
		t.Fatalf("%d keys for the log, want 2", len(kids))
	}
	cross := &crossing{memory: store, first: func() { must(t, there.Remove(t.Context(), kids[0], operator())) }}
	here := openNode(t, cross, kek, c)
	must(t, here.Remove(t.Context(), kids[1], operator()))
	if _, err := here.LogSigner("removal.example/log"); err != nil {
		t.Errorf("after the removals: %v", err)
	}
}

// secondLogKey makes a record as a node that started at the same moment would.
func secondLogKey(t *testing.T, kek keyring.KEK, c *clock) token.KeyRecord {
	t.Helper()
	alone := &memory{}
	must(t, openNode(t, alone, kek, c).Ensure(t.Context(), token.KeyUseLog, operator()))
	records, err := alone.ListKeys(t.Context())
	must(t, err)
	return records[0]
}

func logKIDs(ring *keyring.Keyring) []string {
	var kids []string
	for _, record := range ring.List() {
		if record.Use == token.KeyUseLog && record.RemovedAt.IsZero() {
			kids = append(kids, record.KID)
		}
	}
	return kids
}
