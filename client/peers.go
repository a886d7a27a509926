package client

import (
	"context"

	"github.com/tokenwright/tokenwright/api"
)

// Peers lists the services that may show tokens of their own.
func (c *Client) Peers(ctx context.Context) ([]api.Peer, error) {
	list, err := get[api.Peers](ctx, c, api.PathPeers, nil)
	return list.Peers, err
}

// DisablePeer refuses a peer, at once on the node that is asked and within two
// seconds on every other, until it is enabled again.
func (c *Client) DisablePeer(ctx context.Context, name string) error {
	return act(ctx, c, api.PathPeerDisable, api.PeerRequest{Name: name})
}

// EnablePeer lets a disabled peer in again.
func (c *Client) EnablePeer(ctx context.Context, name string) error {
	return act(ctx, c, api.PathPeerEnable, api.PeerRequest{Name: name})
}
