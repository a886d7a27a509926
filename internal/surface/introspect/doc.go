// Package introspect answers resource servers about tokens that were presented
// to them (RFC 7662), one by one or up to a thousand at once, and ends tokens
// for whoever holds them (RFC 7009).
//
// The package translates and decides nothing: whether a token is good is
// decided by package verify, as on every other surface.
//
// # Silence
//
// A token that is not active is answered with exactly {"active":false},
// whatever the reason: unknown, malformed, revoked, expired, disabled, meant
// for another audience, short of a demanded scope. Revoking such a token is
// answered like revoking a good one. So neither endpoint tells anything about
// tokens to somebody who does not hold them (rows C6, C7, F-19). A store that
// does not answer is 503, never "not active": a resource server would throw a
// good token away (C10).
//
// # Cost
//
// Introspection is asked on every request of somebody else's users. The form
// is read without building a map and the answer is appended without
// reflection; a cached answer costs a handful of allocations.
package introspect
