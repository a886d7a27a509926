package store

import (
	"context"
)

// Store keeps tokens, the log, the directory and keys. It is safe for
// concurrent use. store/sqlite and store/postgres make one.
type Store struct {
	backend Backend
	bell    *Bell
}

// New puts the shared queries on a back end. The back end may ring the bell
// when it hears of another node's commit.
func New(backend Backend, bell *Bell) *Store {
	return &Store{backend: backend, bell: bell}
}

// Close finishes what is being written and lets the database go.
func (s *Store) Close() error { return s.backend.Close() }

// Watch listens for commits and newly sequenced entries from now on.
func (s *Store) Watch() *Watch { return s.bell.Watch() }

// Wait returns when somebody may have committed or sequenced something, and
// after one second at the latest; ctx's error when that ends first. A loop
// that must not miss a wake-up between two waits uses Watch.
func (s *Store) Wait(ctx context.Context) error { return s.bell.Watch().Wait(ctx) }
