package authority

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
)

// replacing is a checked wish to replace a record.
type replacing struct {
	rules KindRules
	req   RotateRequest
	token.Rotation
}

// replace puts a new record with equal or fewer scopes in the place of t. The
// former token's text is a function of its claims, so the new one must have
// another id. It is dated as the former one: the record is another, the token
// is the same.
func (a *Authority) replace(ctx context.Context, by token.Principal, t token.Token, r replacing) (token.Issued, error) {
	grant := token.Grant{
		Kind: t.Kind, Name: t.Name, Description: t.Description, Owner: t.Owner, Workspace: t.Workspace,
		Subject: t.Subject, Scopes: t.Scopes, ExpiresAt: t.ExpiresAt,
	}
	if !r.ExpiresAt.IsZero() {
		grant.ExpiresAt = r.ExpiresAt
	}
	var err error
	if grant.Scopes, err = narrowed(t.Scopes, r.req.Scopes); err != nil {
		return token.Issued{}, err
	}
	entry := audit.NewEntry(audit.TokenRotated, by, r.At).About(t)
	if err := a.stand(ctx, attempt{entry, grant}); err != nil {
		return token.Issued{}, err
	}
	ctx, cancel := detach(ctx)
	defer cancel()
	fresh := newRecord(by, grant, r.At)
	fresh.Family, fresh.Replaces, fresh.CreatedAt = t.Family, t.ID, t.CreatedAt
	secret, err := a.mint(ctx, r.rules, fresh)
	if err != nil {
		return token.Issued{}, err
	}
	issued := audit.NewEntry(audit.TokenIssued, by, r.At).About(fresh).
		With("expiresAt", fresh.ExpiresAt.Format(time.RFC3339Nano)).With("scopes", fresh.Scopes.String()).With("replaces", t.ID)
	entry = entry.With("replacedBy", fresh.ID).
		With("overlapSeconds", fmt.Sprint(int64(r.OverlapEndsAt.Sub(r.At)/time.Second)))
	err = a.opts.Store.ReplaceToken(ctx, token.Replacement{
		TokenID: t.ID, New: token.New{Token: fresh, Limits: r.rules.Limits}, At: r.At, OverlapEndsAt: r.OverlapEndsAt,
	}, issued, entry)
	switch {
	case errors.Is(err, token.ErrExists):
		return token.Issued{}, token.NewError(token.ErrAlreadyRevoked, "Token was rotated already", err)
	case err != nil:
		return token.Issued{}, explain(r.rules, fresh.Name, explainState(err))
	}
	a.opts.Listener(token.Change{TokenID: t.ID})
	if t.Replaces != "" { // its overlap is over
		a.opts.Listener(token.Change{TokenID: t.Replaces})
	}
	return token.Issued{Token: fresh, Secret: secret}, nil
}

// narrowed gives the scopes of a replacement: wished ones must all be held. A
// token without scopes holds all three.
func narrowed(held token.Scopes, wished []string) (token.Scopes, error) {
	if wished == nil {
		return held, nil
	}
	scopes, err := CheckWorkspaceScopes(wished)
	if err != nil {
		return nil, err
	}
	if len(held) == 0 {
		return scopes, nil
	}
	if slices.ContainsFunc(scopes, func(s string) bool { return !slices.Contains(held, s) }) {
		return nil, NewFieldError("scopes", "range", "scopes of a rotation must be among those of the token")
	}
	return scopes, nil
}
