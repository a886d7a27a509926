package client

import (
	"context"

	"github.com/tokenwright/tokenwright/api"
)

// Keys lists the signing keys.
func (c *Client) Keys(ctx context.Context) ([]api.Key, error) {
	list, err := get[api.Keys](ctx, c, api.PathKeys, nil)
	return list.Keys, err
}

// RotateKey makes a new signing key for a use, "access" or "log". The former
// one still verifies what it has signed.
func (c *Client) RotateKey(ctx context.Context, use string) (api.Key, error) {
	return post[api.Key](ctx, c, api.PathKeyRotate, api.KeyRequest{Use: use})
}

// RemoveKey removes a signing key: nothing it signed is good any more.
func (c *Client) RemoveKey(ctx context.Context, kid string) error {
	return act(ctx, c, api.PathKeyRemove, api.KeyRequest{KID: kid})
}

// Status asks the server about its own health.
func (c *Client) Status(ctx context.Context) (api.Status, error) {
	return get[api.Status](ctx, c, api.PathStatus, nil)
}
