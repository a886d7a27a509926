package workspace

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/token"
)

// issuedToken is the one answer of the RPC that ever holds a token.
type issuedToken struct {
	ID        string `json:"id"`
	Token     string `json:"token"`
	ExpiresOn int64  `json:"expiresOn"`
	Replaces  string `json:"replaces,omitempty"`
}

func newIssuedToken(issued token.Issued) issuedToken {
	return issuedToken{
		ID: issued.Token.ID, Token: issued.Secret.Reveal(),
		ExpiresOn: issued.Token.ExpiresAt.UnixMilli(), Replaces: issued.Token.Replaces,
	}
}

func (h handlers) createAPIToken(ctx context.Context, by token.Principal, p params) (any, error) {
	req := authority.Request{Kind: token.KindWorkspace, Owner: by.Ref}
	if req.Fault = h.readCreate(ctx, p, &req); errors.Is(req.Fault, token.ErrUnavailable) {
		return nil, req.Fault
	}
	issued, err := h.Authority.Issue(ctx, by, req)
	if err != nil {
		return nil, err
	}
	return newIssuedToken(issued), nil
}

// readCreate reads the parameters in the order of the contract.
func (h handlers) readCreate(ctx context.Context, p params, req *authority.Request) error {
	rules, err := h.Authority.Rules(token.KindWorkspace)
	if err != nil {
		return err
	}
	name, err := p.text("name")
	if err != nil {
		return err
	}
	if req.Name, err = authority.CheckWorkspaceTokenName(name); err != nil {
		return err
	}
	uuid, err := p.uuid("workspaceUuid")
	if err != nil {
		return err
	}
	if req.Expiry, err = p.expiry(rules.MaxLifetime); err != nil {
		return err
	}
	if req.Scopes, err = p.scopes(); err != nil {
		return err
	}
	if req.Scopes == nil && rules.RequireScopes {
		return fault("scopes", "missing")
	}
	req.Workspace, err = h.nameOf(ctx, uuid)
	return err
}

// nameOf gives the name of a workspace, or "", which names none: whether there
// is one is not told to those who are not in it.
func (h handlers) nameOf(ctx context.Context, uuid string) (string, error) {
	w, err := h.Directory.FindWorkspace(ctx, uuid)
	switch {
	case errors.Is(err, token.ErrNotFound):
		return "", nil
	case err != nil:
		return "", token.Unavailable(err)
	}
	return w.Name, nil
}

func (h handlers) rotateAPIToken(ctx context.Context, by token.Principal, p params) (any, error) {
	req := authority.RotateRequest{Kind: token.KindWorkspace}
	if req.Fault = h.readRotate(p, &req); req.Fault == nil {
		_, req.Fault = h.own(ctx, by, req.TokenID)
	}
	issued, err := h.Authority.Rotate(ctx, by, req)
	if err != nil {
		return nil, err
	}
	return newIssuedToken(issued), nil
}

func (h handlers) readRotate(p params, req *authority.RotateRequest) error {
	rules, err := h.Authority.Rules(token.KindWorkspace)
	if err != nil {
		return err
	}
	if req.TokenID, err = p.id("tokenId"); err != nil {
		return err
	}
	if req.Expiry, err = p.expiry(rules.MaxLifetime); err != nil {
		return err
	}
	if req.Scopes, err = p.scopes(); err != nil {
		return err
	}
	const longest = int64(authority.MaxOverlap / time.Second)
	seconds, err := p.count("overlapSeconds", 0, 0, min(longest, math.MaxInt32))
	req.Overlap = time.Duration(seconds) * time.Second
	return err
}
