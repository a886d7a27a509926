package authority

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

var errTokenNotFound = token.NewError(token.ErrNotFound, "Token not found", nil)

// Find gives a token's record. A token that the principal may not see is not
// found: the same answer as for an id that never existed (row C5).
func (a *Authority) Find(ctx context.Context, by token.Principal, kind token.Kind, id string) (token.Token, error) {
	rules, err := a.Rules(kind)
	if err != nil {
		return token.Token{}, err
	}
	entry := audit.NewEntry(audit.AccessRefused, by, a.Now())
	if err := a.may(ctx, by, rules.Read, entry); err != nil {
		return token.Token{}, err
	}
	return a.visible(ctx, by, rules, target{id, rules.Read, audit.AccessRefused})
}

// FindFor gives a token's record to whoever may do to it what action tells of, for
// a page that asks before it is done. It passes the gate of the verb that follows:
// whoever may revoke a token need not be one who may list it. The attempt of
// anybody else is recorded as a refused action.
//
// Errors: token.ErrDenied, token.ErrNotFound, token.ErrUnavailable.
func (a *Authority) FindFor(ctx context.Context, by token.Principal, kind token.Kind, id string, action audit.Action) (token.Token, error) {
	rules, err := a.Rules(kind)
	if err != nil {
		return token.Token{}, err
	}
	return a.changeable(ctx, by, rules, target{id, rules.permissionFor(action), action})
}

// stored gives the record of an id. What cannot be an id is not looked up:
// databases disagree about odd text in a parameter.
func (a *Authority) stored(ctx context.Context, id string) (token.Token, error) {
	if !validID(id) {
		return token.Token{}, errTokenNotFound
	}
	t, err := a.opts.Store.FindToken(ctx, id)
	if errors.Is(err, token.ErrNotFound) {
		err = errTokenNotFound
	}
	return t, err
}

// visible gives the record of a target if the principal may read it, or do to
// it what is to be done: whoever may revoke need not be one who may read.
func (a *Authority) visible(ctx context.Context, by token.Principal, rules KindRules, tgt target) (token.Token, error) {
	t, err := a.stored(ctx, tgt.id)
	switch {
	case err != nil:
		return token.Token{}, err
	case t.Kind != rules.Kind:
		return token.Token{}, errTokenNotFound
	}
	if err := a.checkVisible(ctx, by, t, seeing{rules.Read, tgt.permission}); err != nil {
		return token.Token{}, err
	}
	return t, nil
}

// seeing are the permissions of which one is enough to know that a token exists:
// to read it, and to do to it what is to be done.
type seeing [2]policy.Permission

// checkVisible fails with errTokenNotFound unless the principal may know of a
// token.
func (a *Authority) checkVisible(ctx context.Context, by token.Principal, t token.Token, through seeing) error {
	table := a.opts.Policy()
	if err := table.May(by, through[0]); errors.Is(err, token.ErrUnavailable) {
		return err // it is not known what they may read
	}
	for _, permission := range through {
		if owners, all := table.Owners(by, permission); all || slices.Contains(owners, t.Owner) {
			return nil
		}
	}
	switch owns, err := a.ownsWorkspace(ctx, by, t); {
	case err != nil:
		return err
	case !owns:
		return errTokenNotFound
	}
	return nil
}

// List gives a page of the tokens of q.Kind that the principal may see. Rows
// of other owners are absent from the page and from its total.
func (a *Authority) List(ctx context.Context, by token.Principal, q token.Query) (token.Page, error) {
	rules, err := a.Rules(q.Kind)
	if err != nil {
		return token.Page{}, err
	}
	entry := audit.NewEntry(audit.AccessRefused, by, a.Now())
	if err := a.may(ctx, by, rules.Read, entry); err != nil {
		return token.Page{}, err
	}
	if owners, all := a.opts.Policy().Owners(by, rules.Read); !all {
		q.Owners = append([]string{}, owners...)
	}
	q.Now, q.Notice = a.Now(), rules.Notice
	return a.opts.Store.ListTokens(ctx, q)
}

// Catalogue gives the scopes of a kind to whoever may read its tokens.
func (a *Authority) Catalogue(ctx context.Context, by token.Principal, kind token.Kind) ([]Scope, error) {
	rules, err := a.Rules(kind)
	if err != nil {
		return nil, err
	}
	entry := audit.NewEntry(audit.AccessRefused, by, a.Now())
	if err := a.may(ctx, by, rules.Read, entry); err != nil {
		return nil, err
	}
	return rules.Catalogue, nil
}

// History gives the log's entries about one token, newest first. The
// permission is that of reading the token.
func (a *Authority) History(ctx context.Context, by token.Principal, kind token.Kind, q audit.Query) (audit.Page, error) {
	if _, err := a.Find(ctx, by, kind, q.TokenID); err != nil {
		return audit.Page{}, err
	}
	if kind != token.KindWorkspace { // whose contract shows refusals too
		q.Outcome = audit.Allowed
	}
	return a.opts.Store.ListEntries(ctx, q)
}

// validID reports whether s is a UUID as records have it: 36 characters, lower
// case. The parser alone would also take braces and a "urn:" before it.
func validID(s string) bool {
	id, err := uuid.Parse(s)
	return err == nil && id.String() == s
}
