// Package admin is Tokenwright's own administrative REST API, by which the
// command line and Go programs administer it. Types and paths are those of
// package api.
//
// It is mounted twice: on the public listener, for bearers, and on the admin
// socket, for whoever may open it. Both see the same routes.
//
// # Thin
//
// A handler reads a request strictly, calls one verb and writes its result.
// Rules are not here: tokens are issued and ended by package authority, the
// directory and roles are changed by package directory, links and access
// tokens made by package login, signing keys by package keyring. Each of
// those verbs passes the authority's gate itself; the permission a route
// declares is a second door in front of it.
//
// Routes about tokens declare no permission, because it depends on the
// token's kind and owner: the verb decides it and records a refusal.
//
// # The log
//
// The log is read as people read it (a page, an export) and as it is stored
// (entries and hashes by position), so that a client can recompute the tree
// itself instead of believing the server that it is whole.
package admin
