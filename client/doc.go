// Package client calls Tokenwright's administrative REST API: over TCP with a
// bearer token, or over the admin socket of a server on the same machine.
//
//	c, err := client.New(client.Options{URL: "https://tokens.example.com", Token: token.NewSecret(jwt)})
//	issued, err := c.Issue(ctx, api.IssueRequest{
//		Kind: "service", Name: "ci", Owner: "group:default/platform", Scopes: []string{"catalog:read"},
//	})
//
// # Errors
//
// An answer that is a problem document comes back as an [*Error], which wraps
// the value the server refused with: errors.Is(err, token.ErrNotFound) says
// the same on both sides of the wire. When no answer came, errors.Is(err,
// [ErrUnreachable]) holds; a change may then have happened or not.
//
// # What it refuses to do
//
// It follows no redirect, because a redirect would carry the credential to
// wherever the answer points, and it sends no credential over plain http to
// another machine.
package client
