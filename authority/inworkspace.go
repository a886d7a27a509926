package authority

import (
	"context"
	"errors"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

// ownsWorkspace reports whether a person has the power of an owner in the
// workspace of a token. In a disabled one as well: its tokens can be looked at
// and ended.
func (a *Authority) ownsWorkspace(ctx context.Context, by token.Principal, t token.Token) (bool, error) {
	if t.Kind != token.KindWorkspace || by.Type != token.PrincipalUser {
		return false, nil
	}
	standing, err := a.opts.Workspaces.FindStanding(ctx, by.Ref, t.Workspace)
	if err != nil {
		return false, token.Unavailable(err)
	}
	return standing.Active && standing.Power >= token.PowerOwner, nil
}

// ListInWorkspace gives a page of all tokens of q.Workspace to those with the
// power of an owner there, and to administrators.
//
// Errors: token.ErrDenied, also where there is no such workspace.
func (a *Authority) ListInWorkspace(ctx context.Context, by token.Principal, q token.Query) (token.Page, error) {
	rules, err := a.Rules(token.KindWorkspace)
	if err != nil {
		return token.Page{}, err
	}
	entry := audit.NewEntry(audit.AccessRefused, by, a.Now())
	entry.Kind, entry.Workspace = token.KindWorkspace, q.Workspace
	if err := a.rule(ctx, by, rules.Read, entry); err != nil {
		return token.Page{}, err
	}
	q.Kind, q.Now, q.Notice = token.KindWorkspace, a.Now(), rules.Notice
	return a.opts.Store.ListTokens(ctx, q)
}

// RevokeInWorkspace ends a token of a workspace for those with the power of an
// owner there, and for administrators. One that is revoked stays as it is,
// without an error.
//
// Errors: token.ErrDenied, token.ErrInvalid, token.ErrNotFound (also for a token
// of another workspace), token.ErrUnavailable.
func (a *Authority) RevokeInWorkspace(ctx context.Context, by token.Principal, workspace string, rev token.Revocation) error {
	rules, err := a.Rules(token.KindWorkspace)
	if err != nil {
		return err
	}
	entry := a.entryOn(by, rules, target{rev.TokenID, rules.Revoke, audit.TokenRevoked})
	entry.Workspace = workspace
	if err := a.rule(ctx, by, rules.Revoke, entry); err != nil {
		return err
	}
	if rev.Reason, err = a.checkReason(rev.Reason); err != nil {
		return err
	}
	if !validID(rev.TokenID) {
		return errTokenNotFound
	}
	t, err := a.opts.Store.FindToken(ctx, rev.TokenID)
	switch {
	case errors.Is(err, token.ErrNotFound), err == nil && (t.Kind != token.KindWorkspace || t.Workspace != workspace):
		return errTokenNotFound
	case err != nil:
		return err
	}
	if _, err = a.revoke(ctx, by, t, rev.Reason); errors.Is(err, token.ErrAlreadyRevoked) {
		return nil
	}
	return err
}

// rule is the gate of verbs about all tokens of the workspace of an entry: the
// power of an owner there, or the permission for all tokens.
func (a *Authority) rule(ctx context.Context, by token.Principal, action policy.Permission, about audit.Entry) error {
	if err := a.may(ctx, by, action, about); err != nil {
		return err
	}
	if _, all := a.opts.Policy().Owners(by, action); all {
		return nil
	}
	owns, err := a.ownsWorkspace(ctx, by, token.Token{Kind: token.KindWorkspace, Workspace: about.Workspace})
	switch {
	case err != nil:
		return err
	case !owns:
		return a.refuse(ctx, about.With("permission", string(action)), token.ErrRole)
	}
	return nil
}

// IsEnded reports whether a workspace token is of no use any more, to its owner,
// to those with the power of an owner in its workspace, and to a back end with a
// peer token. To everybody else every token is of no use, so that the answer
// tells nothing about tokens of others.
func (a *Authority) IsEnded(ctx context.Context, by token.Principal, id string) (bool, error) {
	rules, err := a.Rules(token.KindWorkspace)
	if err != nil {
		return false, err
	}
	var t token.Token
	if by.Peer == "" {
		t, err = a.visible(ctx, by, rules, target{id, rules.Read, audit.AccessRefused})
	} else if validID(id) {
		t, err = a.opts.Store.FindToken(ctx, id)
	}
	switch {
	case errors.Is(err, token.ErrNotFound), err == nil && t.Kind != token.KindWorkspace:
		return true, nil
	case err != nil:
		return false, err
	}
	standing, err := a.opts.Workspaces.FindStanding(ctx, t.Owner, t.Workspace)
	if err != nil {
		return false, token.Unavailable(err)
	}
	return !t.Usable(a.Now()) || !standing.Active || standing.Closed, nil
}
