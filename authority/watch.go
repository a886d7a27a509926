package authority

import (
	"context"
	"errors"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
)

// Watch is the gate of whoever wants to be told that tokens of a kind change: it
// lets those pass who may list them. [Authority.Sees] then says which changes they
// are told of.
//
// Errors: token.ErrInvalid for a kind that is not issued here, token.ErrDenied,
// token.ErrUnavailable.
func (a *Authority) Watch(ctx context.Context, by token.Principal, kind token.Kind) error {
	rules, err := a.Rules(kind)
	if err != nil {
		return err
	}
	return a.may(ctx, by, rules.Read, audit.NewEntry(audit.AccessRefused, by, a.Now()))
}

// Sees reports whether a change of a token is for somebody who watches: whether
// they would find the token. Of the token its kind, owner and workspace count; one
// without the latter two stands for all of its kind.
//
// Nobody asked for the token, so nothing is recorded. The error, of meaning
// token.ErrUnavailable, says that it is not known what they may see.
func (a *Authority) Sees(ctx context.Context, by token.Principal, t token.Token) (bool, error) {
	rules, err := a.Rules(t.Kind)
	if err != nil {
		return false, nil //nolint:nilerr // such tokens are not found by anybody
	}
	err = a.opts.Policy().May(by, rules.Read)
	if err == nil && (t.Owner != "" || t.Workspace != "") {
		err = a.checkVisible(ctx, by, t, seeing{rules.Read, rules.Read})
	}
	if errors.Is(err, token.ErrUnavailable) {
		return false, err
	}
	return err == nil, nil
}
