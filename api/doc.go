// Package api holds the JSON types and the paths of Tokenwright's own REST
// API under /api/admin/v1, and the answer of token introspection. It imports
// nothing of this module, so a client needs nothing else of ours.
//
// # Form
//
// Bodies are JSON with member names in camelCase; only [Introspection] is
// spelled as RFC 7662 spells it. Times are RFC 3339 in UTC. A member that has
// nothing to say is left out; a list is never null.
//
// Refs of users and groups ("group:default/platform") hold a slash and
// therefore travel in bodies and queries, never in paths: the server refuses
// an encoded slash in a path, because proxies disagree about it.
//
// # Answers
//
// 200 with a body, or 201 for what was made. Everything else is a [Problem]
// (RFC 9457) with Content-Type application/problem+json.
//
// # Who may call
//
// On the public listener: bearers that hold the permission which the route
// names. On the admin socket: whoever may open it.
package api
