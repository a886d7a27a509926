package login

import (
	"context"

	"github.com/tokenwright/tokenwright/token"
)

// Directory knows people. Refs are canonical. An error means that the answer
// is not known, never that there is no such user.
type Directory interface {
	// UserActive reports whether a user exists and is not disabled.
	UserActive(ctx context.Context, ref string) (bool, error)
	// GroupsOf gives the refs of the groups a user is in.
	GroupsOf(ctx context.Context, user string) ([]string, error)
}

// checkActive gives nil when the user may act now and token.ErrDisabled when
// the user is disabled or gone. A directory that does not answer is
// token.ErrUnavailable.
func checkActive(ctx context.Context, directory Directory, ref string) error {
	active, err := directory.UserActive(ctx, ref)
	switch {
	case err != nil:
		return token.Unavailable(err)
	case !active:
		return token.ErrDisabled
	}
	return nil
}
