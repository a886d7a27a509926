// Package user is the REST surface of user tokens, at /api/access-tokens/user:
// tokens that an administrator assigns to a person, with permissions from an
// allow-list.
//
// The package translates and decides nothing; see package service, whose
// sibling it is. What differs is the words: scopes are called permissions here,
// the owner is a person, a second revocation is a conflict, and every error has
// the one form {"error": "text"}. The texts are part of the contract; none of
// them repeats anything that the caller sent.
//
// # Acting for an administrator
//
// A back end that is on the list of trusted peers may call the same routes for
// an administrator whom it names in Tokenwright-On-Behalf-Of. It adds no rights
// of its own: the named person must hold the permission, now. The log has both
// names. From anybody else the header is refused, not ignored, so that a proxy
// that passes it on blindly is noticed.
package user
