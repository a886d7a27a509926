package client

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/tokenwright/tokenwright/api"
)

// maxAnswer bounds an answer that is read whole, in bytes. The largest is a
// run of log entries.
const maxAnswer = 64 << 20

// request is one call of the API.
type request struct {
	method, path string
	root         string // what the path stands below; "" is api.Base
	query        url.Values
	header       http.Header
	body         any        // nil = none
	form         url.Values // in place of a body
	stream       io.Reader  // in place of a body: application/jsonl as it comes
}

// get asks for a value.
func get[T any](ctx context.Context, c *Client, path string, query url.Values) (T, error) {
	return call[T](ctx, c, request{method: http.MethodGet, path: path, query: query})
}

// post sends a value and reads the answer.
func post[T any](ctx context.Context, c *Client, path string, body any) (T, error) {
	return call[T](ctx, c, request{method: http.MethodPost, path: path, body: body})
}

// act sends a value and expects an answer without a body that matters.
func act(ctx context.Context, c *Client, path string, body any) error {
	_, err := post[struct{}](ctx, c, path, body)
	return err
}

func call[T any](ctx context.Context, c *Client, r request) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	return callPatiently[T](ctx, c, r)
}

// callPatiently is call for work whose length nobody knows: ctx alone ends it.
func callPatiently[T any](ctx context.Context, c *Client, r request) (T, error) {
	var out T
	res, err := c.send(ctx, r)
	if err != nil {
		return out, err
	}
	defer func() { _ = res.Body.Close() }() // nothing was written
	data, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return out, c.unreachable(err)
	}
	if len(data) == 0 {
		return out, nil
	}
	if err := json.Unmarshal(data, &out); err != nil {
		return out, fmt.Errorf("the answer of %s cannot be read: %w", c.where, err)
	}
	return out, nil
}

// send sends a request and gives an answer of success, with its body open.
func (c *Client) send(ctx context.Context, r request) (*http.Response, error) {
	req, err := c.build(ctx, r)
	if err != nil {
		return nil, err
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, c.unreachable(err)
	}
	if res.StatusCode >= 200 && res.StatusCode < 300 {
		return res, nil
	}
	defer func() { _ = res.Body.Close() }() // nothing was written
	return nil, c.problem(res)
}

func (c *Client) build(ctx context.Context, r request) (*http.Request, error) {
	target := c.base + cmp.Or(r.root, api.Base) + r.path
	if len(r.query) > 0 {
		target += "?" + r.query.Encode()
	}
	body, mediaType := r.stream, "application/jsonl"
	if r.body != nil {
		data, err := json.Marshal(r.body)
		if err != nil {
			return nil, fmt.Errorf("client: write the request: %w", err)
		}
		body, mediaType = bytes.NewReader(data), "application/json"
	}
	if r.form != nil {
		body, mediaType = strings.NewReader(r.form.Encode()), "application/x-www-form-urlencoded"
	}
	req, err := http.NewRequestWithContext(ctx, r.method, target, body)
	if err != nil {
		return nil, fmt.Errorf("client: write the request: %w", err)
	}
	if body != nil {
		req.Header.Set("Content-Type", mediaType)
	}
	if r.stream != nil {
		// A refusal comes before the body is sent. A server that closes while
		// it is being sent would look like one that is away.
		req.Header.Set("Expect", "100-continue")
	}
	for name, values := range r.header {
		req.Header[name] = values
	}
	return req, c.authorize(req)
}

// authorize puts the credential into a request.
func (c *Client) authorize(req *http.Request) error {
	bearer, err := c.bearer(req.Context())
	if err != nil {
		return fmt.Errorf("client: make the credential: %w", err)
	}
	if !bearer.IsZero() {
		req.Header.Set("Authorization", "Bearer "+bearer.Reveal())
	}
	return nil
}

// tokenPath puts a token's id into a path.
func tokenPath(path, id string) string {
	return strings.Replace(path, "{id}", url.PathEscape(id), 1)
}
