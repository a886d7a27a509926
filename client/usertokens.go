package client

import (
	"context"
	"net/http"
	"net/url"

	"github.com/tokenwright/tokenwright/api"
)

// UserTokens manages user tokens through the REST surface of their own. For
// administrators the methods of [Client] do the same; a back end that acts for
// them has this way alone.
type UserTokens struct {
	c  *Client
	by string // on whose behalf; "" is one's own
}

// UserTokens gives the surface of user tokens. The client's credential is that
// of a person with the permissions access-tokens:user-admin:*, or a peer token:
// see OnBehalfOf.
func (c *Client) UserTokens() UserTokens { return UserTokens{c: c} }

// OnBehalfOf gives the same surface for an administrator, named by their ref,
// for whom a back end acts. The client's credential is then a peer token of a
// name that the server lists in kinds.user.trusted_peers; make the client with
// [Options].Bearer. Everybody else gets token.ErrDenied.
func (u UserTokens) OnBehalfOf(user string) UserTokens {
	u.by = user
	return u
}

// UserTokenQuery selects user tokens. The zero value of a field does not
// filter.
type UserTokenQuery struct {
	User   string
	Status string // one status or several joined by commas
	Limit  int    // 0 = 50; the server gives at most 200
	Offset int
}

func (u UserTokens) request(method, path string, body any) request {
	r := request{method: method, root: api.PathUserTokens, path: path, body: body}
	if u.by != "" {
		r.header = http.Header{"Tokenwright-On-Behalf-Of": {u.by}}
	}
	return r
}

// Issue assigns a token to a person. The answer holds the raw token, once.
// Errors: token.ErrInvalid, token.ErrNameTaken, token.ErrQuota,
// token.ErrDenied.
func (u UserTokens) Issue(ctx context.Context, r api.IssueUserToken) (api.IssuedUserToken, error) {
	return call[api.IssuedUserToken](ctx, u.c, u.request(http.MethodPost, "", r))
}

// List gives a page of tokens, newest first.
func (u UserTokens) List(ctx context.Context, q UserTokenQuery) (api.UserTokens, error) {
	r := u.request(http.MethodGet, "", nil)
	r.query = page(q.Limit, q.Offset)
	set(r.query, "user", q.User)
	set(r.query, "status", q.Status)
	return call[api.UserTokens](ctx, u.c, r)
}

// Find gives a token's record, or token.ErrNotFound.
func (u UserTokens) Find(ctx context.Context, id string) (api.UserToken, error) {
	return call[api.UserToken](ctx, u.c, u.request(http.MethodGet, tokenPath("/{id}", id), nil))
}

// Rotate replaces a token's secret. The answer holds the new raw token, once.
// Errors: those of Find, token.ErrAlreadyRevoked, token.ErrHasExpired,
// token.ErrIsDisabled.
func (u UserTokens) Rotate(ctx context.Context, id string, r api.RotateUserToken) (api.IssuedUserToken, error) {
	return call[api.IssuedUserToken](ctx, u.c, u.request(http.MethodPost, tokenPath("/{id}/rotate", id), r))
}

// Revoke ends a token for ever. The reason may be empty and has at most 500
// UTF-16 code units. Errors: those of Find, token.ErrAlreadyRevoked.
func (u UserTokens) Revoke(ctx context.Context, id, reason string) (api.UserToken, error) {
	return call[api.UserToken](ctx, u.c, u.request(http.MethodPost, tokenPath("/{id}/revoke", id), api.RevokeRequest{Reason: reason}))
}

// History gives what was done to a token, newest first: limit events, 100 for
// 0, at most 500.
func (u UserTokens) History(ctx context.Context, id string, limit int) (api.UserTokenEvents, error) {
	r := u.request(http.MethodGet, tokenPath("/{id}/audit", id), nil)
	r.query = page(limit, 0)
	return call[api.UserTokenEvents](ctx, u.c, r)
}

// People looks for people by a part of name, ref or mail address, at most 100
// characters; "" finds everybody. The page is that of List.
func (u UserTokens) People(ctx context.Context, text string, limit, offset int) (api.People, error) {
	r := u.request(http.MethodGet, "/users", nil)
	r.query = page(limit, offset)
	set(r.query, "q", text)
	return call[api.People](ctx, u.c, r)
}

func page(limit, offset int) url.Values {
	v := url.Values{}
	setInt(v, "limit", int64(limit))
	setInt(v, "offset", int64(offset))
	return v
}
