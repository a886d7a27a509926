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
	PeopleFinder
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
	PeopleFinder
}

// PeopleFinder finds people for those who assign something to them.
type PeopleFinder interface {
	// SearchPeople gives a page of enabled people.
	SearchPeople(ctx context.Context, q token.PeopleQuery) (token.PeoplePage, error)
	// NamesOf gives the names of people by their refs; who is not known or
	// has no name is missing from it.
	NamesOf(ctx context.Context, refs []string) (map[string]string, error)
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

// SearchPeople implements Reader.
func (b BuiltIn) SearchPeople(ctx context.Context, q token.PeopleQuery) (token.PeoplePage, error) {
	return b.store.SearchPeople(ctx, q)
}

// NamesOf implements Reader.
func (b BuiltIn) NamesOf(ctx context.Context, refs []string) (map[string]string, error) {
	return b.store.NamesOf(ctx, refs)
}
