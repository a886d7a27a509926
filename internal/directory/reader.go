package directory

import (
	"context"
	"errors"

	"github.com/tokenwright/tokenwright/token"
)

// Reader tells who exists. Refs are canonical. An error means that the answer
// is not known, never that there is no such user or group.
type Reader interface {
	// HasGroup reports whether a group exists.
	HasGroup(ctx context.Context, ref string) (bool, error)
	// GroupsOf gives the refs of the groups a user is in, sorted; none for a
	// user who does not exist.
	GroupsOf(ctx context.Context, user string) ([]string, error)
	// UserActive reports whether a user exists and is not disabled.
	UserActive(ctx context.Context, ref string) (bool, error)
}

var (
	_ Reader = BuiltIn{}
	_ Reader = (*Catalog)(nil)
)

// BuiltIn reads the built-in directory.
type BuiltIn struct{ store builtInStore }

type builtInStore interface {
	GroupFinder
	FindUser(ctx context.Context, ref string) (token.User, error)
}

// NewBuiltIn reads from a store.
func NewBuiltIn(store builtInStore) BuiltIn { return BuiltIn{store} }

// HasGroup implements Reader.
func (b BuiltIn) HasGroup(ctx context.Context, ref string) (bool, error) {
	return b.store.HasGroup(ctx, ref)
}

// GroupsOf implements Reader.
func (b BuiltIn) GroupsOf(ctx context.Context, user string) ([]string, error) {
	return b.store.GroupsOf(ctx, user)
}

// UserActive implements Reader.
func (b BuiltIn) UserActive(ctx context.Context, ref string) (bool, error) {
	u, err := b.store.FindUser(ctx, ref)
	if errors.Is(err, token.ErrNotFound) {
		return false, nil
	}
	return err == nil && u.DisabledAt.IsZero(), err
}
