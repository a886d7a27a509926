// Package service is the REST surface of service tokens: the wire contract
// that clients of the PrimeDX access-tokens plugin for Backstage know, at
// /api/access-tokens/service.
//
// The package translates and decides nothing. It reads a request strictly,
// hands it to the [authority.Authority] as it was meant, and writes what comes
// back in the members, the order and the words of the contract. The texts of
// errors are part of the contract; none of them repeats anything that the
// caller sent.
//
// # What is read strictly
//
// A field that the caller mistyped must not be taken for one that is absent:
// that is how a mistyped expiry once became a token of 365 days. So every
// unknown member is refused, whatever its letter case, and so is every value
// of a wrong type. A wish that cannot be read is passed on as a fault and
// reported when its turn comes in the order of the rules.
//
// # Two forms of errors
//
// The contract has two: an envelope with name, message and request for
// credentials and unreadable bodies, and {"error": "text"} for everything
// else. See [Dialect].
package service
