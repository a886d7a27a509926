package authority

import (
	"context"
	"errors"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

// FindKind gives the kind of the token of an id, for whoever knows the id
// alone. It is told to principals who may read this token, or do to it what
// action tells of; for everybody else it does not exist. The attempt of somebody
// who may do neither to any token of the kind is recorded as a refused action.
//
// It is no gate for the verb that follows: that one decides for itself, and
// about exactly this token. action is audit.AccessRefused for reading.
func (a *Authority) FindKind(ctx context.Context, by token.Principal, id string, action audit.Action) (token.Kind, error) {
	t, err := a.stored(ctx, id)
	if err != nil {
		return "", err
	}
	rules, err := a.Rules(t.Kind)
	if err != nil {
		return "", errTokenNotFound // kept, and not issued here any more
	}
	tgt, table := target{id, rules.permissionFor(action), action}, a.opts.Policy()
	refusal := table.May(by, tgt.permission)
	if refusal == nil || table.May(by, rules.Read) == nil {
		// What the verb says of a field before it looks for the token would
		// differ by kind, and so tell that there is one.
		return t.Kind, a.checkVisible(ctx, by, t, seeing{rules.Read, tgt.permission})
	}
	if !errors.Is(refusal, token.ErrDenied) {
		return "", refusal // nobody, or it is not known what they may do
	}
	entry := a.entryOn(by, rules, tgt).About(t).With("permission", string(tgt.permission))
	if err := a.refuse(ctx, entry, refusal); !errors.Is(err, token.ErrDenied) {
		return "", err
	}
	return "", errTokenNotFound
}

// permissionFor gives the permission for an action on a token.
func (k KindRules) permissionFor(action audit.Action) policy.Permission {
	switch action {
	case audit.TokenRotated:
		return k.Write
	case audit.TokenRevoked:
		return k.Revoke
	case audit.TokenDisabled, audit.TokenEnabled:
		return policy.Admin
	}
	return k.Read
}
