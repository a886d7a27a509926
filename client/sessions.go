package client

import (
	"context"
	"net/url"

	"github.com/tokenwright/tokenwright/api"
)

// Sessions lists the live login sessions of a user, newest first; with "" those
// of everybody.
func (c *Client) Sessions(ctx context.Context, user string) ([]api.Session, error) {
	query := url.Values{}
	if user != "" {
		query.Set("user", user)
	}
	list, err := get[api.Sessions](ctx, c, api.PathSessions, query)
	return list.Sessions, err
}

// EndSession ends a login session of a user, or with id "" all of them, and
// says how many those were.
func (c *Client) EndSession(ctx context.Context, user, id string) (int, error) {
	ended, err := post[api.SessionsEnded](ctx, c, api.PathSessionEnd, api.SessionRequest{ID: id, User: user})
	return ended.Ended, err
}

// RebindUser lets a user sign in with another account of the provider.
func (c *Client) RebindUser(ctx context.Context, req api.RebindRequest) error {
	return act(ctx, c, api.PathUserRebind, req)
}
