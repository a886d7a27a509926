package client

import (
	"context"
	"net/url"
	"strconv"

	"github.com/tokenwright/tokenwright/api"
)

// TokenQuery selects tokens. The zero value of a field does not filter.
type TokenQuery struct {
	Kind      string
	Owner     string // ref of a group or user
	Workspace string
	Status    string // one status or several joined by commas
	Text      string // substring of name, description or prefix
	Limit     int    // 0 = 50; the server gives at most 200
	After     string // TokenPage.Next of the page before
}

func (q TokenQuery) values() url.Values {
	v := url.Values{}
	set(v, "kind", q.Kind)
	set(v, "owner", q.Owner)
	set(v, "workspace", q.Workspace)
	set(v, "status", q.Status)
	set(v, "q", q.Text)
	set(v, "after", q.After)
	setInt(v, "limit", int64(q.Limit))
	return v
}

// Issue makes a token. The answer holds the raw token, once.
func (c *Client) Issue(ctx context.Context, r api.IssueRequest) (api.Issued, error) {
	return post[api.Issued](ctx, c, api.PathTokens, r)
}

// List gives a page of tokens, newest first.
func (c *Client) List(ctx context.Context, q TokenQuery) (api.TokenPage, error) {
	return get[api.TokenPage](ctx, c, api.PathTokens, q.values())
}

// Find gives a token's record.
func (c *Client) Find(ctx context.Context, id string) (api.Token, error) {
	return get[api.Token](ctx, c, tokenPath(api.PathToken, id), nil)
}

// History gives the log's entries about one token, newest first.
func (c *Client) History(ctx context.Context, id string, limit int) (api.EntryPage, error) {
	v := url.Values{}
	setInt(v, "limit", int64(limit))
	return get[api.EntryPage](ctx, c, tokenPath(api.PathTokenAudit, id), v)
}

// Rotate replaces a token's secret. The answer holds the new raw token, once.
func (c *Client) Rotate(ctx context.Context, id string, r api.RotateRequest) (api.Issued, error) {
	return post[api.Issued](ctx, c, tokenPath(api.PathTokenRotate, id), r)
}

// Revoke ends a token for ever.
func (c *Client) Revoke(ctx context.Context, id, reason string) (api.Token, error) {
	return post[api.Token](ctx, c, tokenPath(api.PathTokenRevoke, id), api.RevokeRequest{Reason: reason})
}

// Disable refuses a token everywhere until it is enabled.
func (c *Client) Disable(ctx context.Context, id string) (api.Token, error) {
	return post[api.Token](ctx, c, tokenPath(api.PathTokenDisable, id), nil)
}

// Enable undoes Disable.
func (c *Client) Enable(ctx context.Context, id string) (api.Token, error) {
	return post[api.Token](ctx, c, tokenPath(api.PathTokenEnable, id), nil)
}

// Verify asks whether a raw token is good, and why not.
func (c *Client) Verify(ctx context.Context, r api.VerifyRequest) (api.Verification, error) {
	return post[api.Verification](ctx, c, api.PathVerify, r)
}

// RevokeAll revokes every token that matches, by one entry.
func (c *Client) RevokeAll(ctx context.Context, r api.RevokeAllRequest) (api.RevokedAll, error) {
	return post[api.RevokedAll](ctx, c, api.PathRevokeAll, r)
}

func set(v url.Values, name, value string) {
	if value != "" {
		v.Set(name, value)
	}
}

func setInt(v url.Values, name string, n int64) {
	if n != 0 {
		v.Set(name, strconv.FormatInt(n, 10))
	}
}
