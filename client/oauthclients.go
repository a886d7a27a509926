package client

import (
	"context"

	"github.com/tokenwright/tokenwright/api"
)

// OAuthClients lists the registered OAuth clients.
func (c *Client) OAuthClients(ctx context.Context) ([]api.OAuthClient, error) {
	list, err := get[api.OAuthClients](ctx, c, api.PathClients, nil)
	return list.Clients, err
}

// RemoveOAuthClient forgets a client, and ends everything that people let it do.
func (c *Client) RemoveOAuthClient(ctx context.Context, id string) error {
	return act(ctx, c, api.PathClientRemove, api.OAuthClientRequest{ID: id})
}
