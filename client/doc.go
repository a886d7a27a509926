// Package client calls Tokenwright's REST API: over TCP with a bearer token, or
// over the admin socket of a server on the same machine.
//
//	c, err := client.New(client.Options{URL: "https://tokens.example.com", Token: token.NewSecret(jwt)})
//	issued, err := c.Issue(ctx, api.IssueRequest{
//		Kind: "service", Name: "ci", Owner: "group:default/platform", Scopes: []string{"catalog:read"},
//	})
//
// # Whom it is for
//
// The methods of [Client] are those of the administrative API, which manages
// tokens of every kind. [Client.UserTokens] and [Client.WorkspaceTokens] speak
// the surfaces of their kinds: for back ends that act for an administrator, and
// for members of workspaces.
//
// # Errors
//
// An answer that is no success comes back as an [*Error], which wraps the value
// the server refused with: errors.Is(err, token.ErrNotFound) says the same on
// both sides of the wire. When no answer came, errors.Is(err, [ErrUnreachable])
// holds; a change may then have happened or not.
//
// # What it refuses to do
//
// It follows no redirect, because a redirect would carry the credential to
// wherever the answer points, and it sends no credential over plain http to
// another machine.
package client
