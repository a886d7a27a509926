package client

import (
	"context"
	"time"

	"github.com/tokenwright/tokenwright/api"
)

// Roles lists the roles there are and those granted at run time.
func (c *Client) Roles(ctx context.Context) (api.Roles, error) {
	return get[api.Roles](ctx, c, api.PathRoles, nil)
}

// Grant gives a role to a user, a group or the subject of a service token.
func (c *Client) Grant(ctx context.Context, ref, role string) error {
	return act(ctx, c, api.PathRoleGrant, api.RoleRequest{Ref: ref, Role: role})
}

// Withdraw takes a role back. The last administrator's stays:
// token.ErrLastAdmin.
func (c *Client) Withdraw(ctx context.Context, ref, role string) error {
	return act(ctx, c, api.PathRoleWithdraw, api.RoleRequest{Ref: ref, Role: role})
}

// MakeLink makes a one-time sign-in link for a user; an empty ref means the
// only administrator, who is made where there is none.
func (c *Client) MakeLink(ctx context.Context, user string) (api.Link, error) {
	return post[api.Link](ctx, c, api.PathLinks, api.LinkRequest{User: user})
}

// MakeAccessToken makes a short-lived access JWT of a user. A ttl of zero
// means the server's default.
func (c *Client) MakeAccessToken(ctx context.Context, user string, ttl time.Duration) (api.AccessToken, error) {
	return post[api.AccessToken](ctx, c, api.PathAccessTokens,
		api.AccessTokenRequest{User: user, TTLSeconds: int64(ttl / time.Second)})
}
