package client

import (
	"context"
	"net/http"
	"net/url"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/token"
)

// Introspect asks about a presented token (RFC 7662). The client's own
// credential needs the permission access-tokens:introspect. For a token that
// is not good the answer is not active, and there is no error.
func (c *Client) Introspect(ctx context.Context, presented token.Secret) (api.Introspection, error) {
	return call[api.Introspection](ctx, c, request{
		method: http.MethodPost, root: api.PathIntrospect, form: url.Values{"token": {presented.Reveal()}},
	})
}

// IntrospectBatch asks about at most 1,000 tokens at once and gives the answers
// in their order. Where one of them could not be judged there is an error and
// no answer.
func (c *Client) IntrospectBatch(ctx context.Context, presented []token.Secret) ([]api.Introspection, error) {
	asked := api.IntrospectBatchRequest{Tokens: make([]string, len(presented))}
	for i, one := range presented {
		asked.Tokens[i] = one.Reveal()
	}
	answer, err := call[api.IntrospectBatch](ctx, c, request{
		method: http.MethodPost, root: api.PathIntrospect, path: "/batch", body: asked,
	})
	return answer.Results, err
}

// RevokePresented ends a token by holding it (RFC 7009): for whoever finds one
// in a log or a repository. The client needs no credential. There is no error
// for a token that is not good any more, or never was.
func (c *Client) RevokePresented(ctx context.Context, found token.Secret) error {
	_, err := call[struct{}](ctx, c, request{
		method: http.MethodPost, root: api.PathRevokePresented, form: url.Values{"token": {found.Reveal()}},
	})
	return err
}

// WhoAmI tells for whom the client's credential speaks. It is an access JWT of
// a person; programs get token.ErrUnauthenticated.
func (c *Client) WhoAmI(ctx context.Context) (api.WhoAmI, error) {
	return call[api.WhoAmI](ctx, c, request{method: http.MethodGet, root: api.PathWhoAmI})
}
