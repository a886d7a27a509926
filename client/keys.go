package client

import (
	"context"
	"net/http"

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

// RetireKey retires a signing key: it signs nothing more, and what it signed
// stays good until it expires.
func (c *Client) RetireKey(ctx context.Context, kid string) error {
	return act(ctx, c, api.PathKeyRetire, api.KeyRequest{KID: kid})
}

// RemoveKey removes a signing key: nothing it signed is good any more.
func (c *Client) RemoveKey(ctx context.Context, kid string) error {
	return act(ctx, c, api.PathKeyRemove, api.KeyRequest{KID: kid})
}

// Status asks the server about its own health.
func (c *Client) Status(ctx context.Context) (api.Status, error) {
	return get[api.Status](ctx, c, api.PathStatus, nil)
}

// CheckData lets the server read through its database and its log, and gives
// what it found. It takes as long as they are large.
func (c *Client) CheckData(ctx context.Context) ([]api.Check, error) {
	found, err := callPatiently[api.Checks](ctx, c, request{method: http.MethodGet, path: api.PathStatusData})
	return found.Checks, err
}
