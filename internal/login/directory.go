package login

import (
	"context"
	"errors"

	"github.com/tokenwright/tokenwright/token"
)

// Directory knows people. An error that does not wrap token.ErrNotFound means
// that the answer is not known.
type Directory interface {
	// FindUser gives a user by canonical ref, or token.ErrNotFound.
	FindUser(ctx context.Context, ref string) (token.User, error)
	// GroupsOf gives the canonical refs of the groups a user is in.
	GroupsOf(ctx context.Context, user string) ([]string, error)
}

// enabledUser gives a user who may act now: one that exists (else
// token.ErrUnknown) and is not disabled (else token.ErrDisabled). A directory
// that does not answer is token.ErrUnavailable, never "no such user".
func enabledUser(ctx context.Context, directory Directory, ref string) (token.User, error) {
	user, err := directory.FindUser(ctx, ref)
	switch {
	case errors.Is(err, token.ErrNotFound):
		return token.User{}, token.ErrUnknown
	case err != nil:
		return token.User{}, token.Unavailable(err)
	case !user.DisabledAt.IsZero():
		return token.User{}, token.ErrDisabled
	}
	return user, nil
}

// findUser gives the canonical ref of a user who may act now, in the words for
// an administrator who asks on that user's behalf.
func findUser(ctx context.Context, directory Directory, written string) (string, error) {
	ref, ok := token.ParseUserRef(written)
	if !ok {
		return "", token.Invalid("user must be a user ref such as user:default/alice")
	}
	_, err := enabledUser(ctx, directory, ref)
	switch {
	case errors.Is(err, token.ErrUnknown):
		return "", token.NewError(token.ErrNotFound, "User not found in the directory", err)
	case errors.Is(err, token.ErrDisabled):
		return "", token.NewError(token.ErrConflict, "User is disabled", nil)
	}
	return ref, err
}
