package client

import (
	"context"
	"net/http"

	"github.com/tokenwright/tokenwright/api"
)

// WorkspaceTokens manages workspace tokens through the REST surface of their
// own: for members of workspaces, who need no role for it.
type WorkspaceTokens struct{ c *Client }

// WorkspaceTokens gives the surface of workspace tokens. The client's
// credential is an access JWT of a person.
func (c *Client) WorkspaceTokens() WorkspaceTokens { return WorkspaceTokens{c} }

// WorkspaceTokenQuery selects workspace tokens. The zero value of a field does
// not filter.
type WorkspaceTokenQuery struct {
	// Workspace gives all tokens of a workspace to its owners; "" gives one's
	// own.
	Workspace string
	Status    string // one status or several joined by commas
	Limit     int    // 0 = 50; the server gives at most 200
	Offset    int
}

func (w WorkspaceTokens) request(method, path string, body any) request {
	return request{method: method, root: api.PathWorkspaceTokens, path: path, body: body}
}

// Issue makes a token. The answer holds it, once. Errors: token.ErrInvalid,
// token.ErrDenied for somebody who may not make tokens in the workspace,
// token.ErrQuota.
func (w WorkspaceTokens) Issue(ctx context.Context, r api.IssueWorkspaceToken) (api.IssuedWorkspaceToken, error) {
	return call[api.IssuedWorkspaceToken](ctx, w.c, w.request(http.MethodPost, "", r))
}

// List gives a page of tokens, newest first.
func (w WorkspaceTokens) List(ctx context.Context, q WorkspaceTokenQuery) (api.WorkspaceTokens, error) {
	r := w.request(http.MethodGet, "", nil)
	r.query = page(q.Limit, q.Offset)
	set(r.query, "workspace", q.Workspace)
	set(r.query, "status", q.Status)
	return call[api.WorkspaceTokens](ctx, w.c, r)
}

// Find gives a token's record, or token.ErrNotFound.
func (w WorkspaceTokens) Find(ctx context.Context, id string) (api.WorkspaceToken, error) {
	return call[api.WorkspaceToken](ctx, w.c, w.request(http.MethodGet, tokenPath("/{id}", id), nil))
}

// Rotate makes a new token in the place of one, with an id of its own. Errors:
// those of Issue and Find, token.ErrAlreadyRevoked, token.ErrHasExpired,
// token.ErrIsDisabled.
func (w WorkspaceTokens) Rotate(ctx context.Context, id string, r api.RotateWorkspaceToken) (api.IssuedWorkspaceToken, error) {
	return call[api.IssuedWorkspaceToken](ctx, w.c, w.request(http.MethodPost, tokenPath("/{id}/rotate", id), r))
}

// Revoke ends a token for ever: one's own, or for owners any of their
// workspace. The reason may be empty and has at most 500 UTF-16 code units.
// Errors: those of Find, token.ErrAlreadyRevoked.
func (w WorkspaceTokens) Revoke(ctx context.Context, id, reason string) error {
	_, err := call[struct{}](ctx, w.c, w.request(http.MethodDelete, tokenPath("/{id}", id), api.RevokeRequest{Reason: reason}))
	return err
}

// History gives what was done to a token and where it was refused, newest
// first: limit events, 100 for 0, at most 500.
func (w WorkspaceTokens) History(ctx context.Context, id string, limit int) (api.WorkspaceTokenEvents, error) {
	r := w.request(http.MethodGet, tokenPath("/{id}/audit", id), nil)
	r.query = page(limit, 0)
	return call[api.WorkspaceTokenEvents](ctx, w.c, r)
}
