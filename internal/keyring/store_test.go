package keyring_test

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/keyring"
	"github.com/tokenwright/tokenwright/token"
)

var _ keyring.Store = (*memory)(nil)

// memory is a store for several keyrings, as nodes share a database. It keeps
// to the contract of keyring.Store; the real stores are held to the same
// contract by their own conformance suite.
type memory struct {
	mu      sync.Mutex
	records []token.KeyRecord
	changes []string // what an audit log would show
	down    error
}

func (m *memory) ListKeys(context.Context) ([]token.KeyRecord, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := slices.Clone(m.records)
	for i := range out {
		out[i].Sealed, out[i].Public = slices.Clone(out[i].Sealed), slices.Clone(out[i].Public)
	}
	return out, m.down
}

func (m *memory) AddKey(_ context.Context, record token.KeyRecord, by token.Principal) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.down != nil {
		return m.down
	}
	if slices.ContainsFunc(m.records, func(r token.KeyRecord) bool { return r.KID == record.KID }) {
		return token.ErrExists
	}
	m.records = append(m.records, record)
	m.changes = append(m.changes, by.Ref+" adds "+string(record.Use))
	return nil
}

func (m *memory) AddKeyAfter(ctx context.Context, newest string, record token.KeyRecord, by token.Principal) error {
	m.mu.Lock()
	last := ""
	for _, one := range m.records {
		if one.Use == record.Use {
			last = one.KID
		}
	}
	m.mu.Unlock()
	if last != newest {
		return token.ErrConflict
	}
	return m.AddKey(ctx, record, by)
}

func (m *memory) RetireKey(_ context.Context, kid string, from, _ time.Time, by token.Principal) error {
	return m.change(kid, func(r *token.KeyRecord) {
		if (r.RetiredAt.IsZero() || from.Before(r.RetiredAt)) && r.RemovedAt.IsZero() {
			r.RetiredAt = from
			m.changes = append(m.changes, by.Ref+" retires "+string(r.Use))
		}
	})
}

func (m *memory) RemoveKey(_ context.Context, kid string, at time.Time, by token.Principal) error {
	return m.change(kid, func(r *token.KeyRecord) {
		if r.RemovedAt.IsZero() {
			r.RemovedAt, r.Sealed = at, nil
			m.changes = append(m.changes, by.Ref+" removes "+string(r.Use))
		}
	})
}

func (m *memory) change(kid string, apply func(*token.KeyRecord)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.down != nil {
		return m.down
	}
	for i := range m.records {
		if m.records[i].KID == kid {
			apply(&m.records[i])
			return nil
		}
	}
	return token.ErrNotFound
}

// tamper changes the oldest record behind the keyring's back.
func (m *memory) tamper(apply func(*token.KeyRecord)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	slices.SortFunc(m.records, func(a, b token.KeyRecord) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.KID, b.KID))
	})
	apply(&m.records[0])
}

// clock is a clock that moves when it is told to.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

const maxLifetime = 15 * time.Minute

// operator is who changes keys in these tests.
func operator() token.Principal {
	return token.Principal{Type: token.PrincipalLocal, Ref: "local:root"}
}

// openNode opens a keyring as one node of an installation.
func openNode(t *testing.T, store keyring.Store, kek keyring.KEK, c *clock) *keyring.Keyring {
	t.Helper()
	ring, err := keyring.Open(t.Context(), store, kek, keyring.Options{MaxLifetime: maxLifetime, Now: c.Now})
	must(t, err)
	return ring
}

// newInstallation opens the first node of an installation with keys for both
// uses.
func newInstallation(t *testing.T) (*keyring.Keyring, *memory, keyring.KEK, *clock) {
	t.Helper()
	store, kek, c := &memory{}, newKEK(t), newClock()
	ring := openNode(t, store, kek, c)
	must(t, ring.Ensure(t.Context(), token.KeyUseAccess, operator()))
	must(t, ring.Ensure(t.Context(), token.KeyUseLog, operator()))
	return ring, store, kek, c
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
