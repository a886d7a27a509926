package client

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/token"
)

// Introspect asks about a presented token (RFC 7662). The client's own
// credential needs the permission access-tokens:introspect. For a token that
// is not good the answer is not active, and there is no error.
func (c *Client) Introspect(ctx context.Context, presented token.Secret) (api.Introspection, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	form := url.Values{"token": {presented.Reveal()}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+api.PathIntrospect, strings.NewReader(form.Encode()))
	if err != nil {
		return api.Introspection{}, fmt.Errorf("client: write the request: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if !c.bearer.IsZero() {
		req.Header.Set("Authorization", "Bearer "+c.bearer.Reveal())
	}
	res, err := c.http.Do(req)
	if err != nil {
		return api.Introspection{}, c.unreachable(err)
	}
	defer func() { _ = res.Body.Close() }() // nothing was written
	if res.StatusCode != http.StatusOK {
		return api.Introspection{}, c.problem(res)
	}
	var answer api.Introspection
	if err := json.NewDecoder(io.LimitReader(res.Body, 1<<20)).Decode(&answer); err != nil {
		return api.Introspection{}, fmt.Errorf("the answer of %s cannot be read: %w", c.where, err)
	}
	return answer, nil
}
