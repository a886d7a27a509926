package workspace

import (
	"context"
	"errors"

	"github.com/tokenwright/tokenwright/token"
)

// revokeAPIToken ends a token of one's own, whatever one is in its workspace by
// now. A second time succeeds and changes nothing.
func (h handlers) revokeAPIToken(ctx context.Context, by token.Principal, p params) (any, error) {
	id, err := p.id("tokenId")
	if err != nil {
		return nil, err
	}
	reason, err := p.reason()
	if err != nil {
		return nil, err
	}
	if _, err := h.own(ctx, by, id); err != nil {
		return nil, err
	}
	_, err = h.Authority.Revoke(ctx, by, token.KindWorkspace, token.Revocation{TokenID: id, Reason: reason})
	if errors.Is(err, token.ErrAlreadyRevoked) {
		return nil, nil
	}
	return nil, err
}

// own finds a token of the caller's own. Owners of a workspace see the tokens in
// it, and administrators all, but not by methods about one's own.
func (h handlers) own(ctx context.Context, by token.Principal, id string) (token.Token, error) {
	t, err := h.Authority.Find(ctx, by, token.KindWorkspace, id)
	if err == nil && t.Owner != by.Ref {
		return token.Token{}, token.ErrNotFound
	}
	return t, err
}

func (h handlers) revokeWorkspaceAPIToken(ctx context.Context, by token.Principal, p params) (any, error) {
	id, err := p.id("tokenId")
	if err != nil {
		return nil, err
	}
	uuid, err := p.uuid("workspaceUuid")
	if err != nil {
		return nil, err
	}
	reason, err := p.reason()
	if err != nil {
		return nil, err
	}
	name, err := h.nameOf(ctx, uuid)
	if err != nil {
		return nil, err
	}
	if name == "" {
		return nil, h.refuse(ctx, by, "revokeWorkspaceApiToken", token.ErrRole)
	}
	return nil, h.Authority.RevokeInWorkspace(ctx, by, name, token.Revocation{TokenID: id, Reason: reason})
}

// checkAPITokenRevoked says whether a token is of no use any more. It says so of
// every token that the caller may not see, so that it is no oracle.
func (h handlers) checkAPITokenRevoked(ctx context.Context, by token.Principal, p params) (any, error) {
	id, err := p.id("apiTokenId")
	if err != nil {
		return nil, err
	}
	return h.Authority.IsEnded(ctx, by, id)
}
