package store

import (
	"context"

	"github.com/tokenwright/tokenwright/token"
)

// isSomebody reports whether a user is somebody already, whom an account of a
// provider does not become by having the name (row H-04). Names at a provider may
// be chosen, so that whoever was only announced, by an administrator who added
// them and nothing else, is for the first who comes; whoever has something is not.
//
// It is asked in the transaction that binds the account: what was given to the user
// on another node a moment ago counts.
func isSomebody(ctx context.Context, q queries, in token.SignIn) (bool, error) {
	user := in.Session.User
	if in.Named != nil {
		granted, err := listRoleGrants(ctx, q)
		if err != nil || in.Named(granted) {
			return true, err
		}
	}
	// Links and rebinding are meant for one person, whoever keeps the directory.
	if expected, err := q.IsExpected(ctx, user); err != nil || expected {
		return true, err
	}
	if in.Elsewhere {
		return false, nil
	}
	return q.HasAnything(ctx, user)
}
