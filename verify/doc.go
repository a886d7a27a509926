// Package verify answers one question: is this credential good, for this
// demand, now? Every surface of Tokenwright asks it here, and so does any Go
// program that guards its own API with [Middleware].
//
// # The order of checks
//
// [Verifier.Verify] looks at a credential in this order and stops at the
// first refusal:
//
//  1. length, shape and checksum, without I/O: junk costs nothing
//  2. digest of an opaque token, or signature of a JWT
//  3. the record: from the cache, or from the [Source]
//  4. revoked, covered by a not-before mark, expired, disabled, rotated
//  5. kind and audience
//  6. scopes
//
// A peer, which is another service with a token of its own, has no record:
// [Peers] does the second step, and the third is left out.
//
// The refusal carries a reason for the audit log (token.ErrExpired, ...) and
// one meaning for the outside (token.ErrUnauthenticated or token.ErrDenied).
// A source that does not answer is token.ErrUnavailable: never "unknown".
//
// A credential whose digest is in the cache skips what was found out when it
// came there: only what passed steps 1 and 2 gets in, and an equal digest is an
// equal string.
//
// # What is cached
//
// The record is cached, the decision never: steps 4 to 6 are computed each
// time. A hit takes no lock, allocates nothing and compares the whole digest.
// The cache is bounded, has no pointers for the garbage collector to follow,
// and an entry never outlives the token. Refusals are remembered apart from it,
// for a second at most.
//
// Its parts, from the outside in: cache decides what may be used, table finds a
// slot, slot keeps one credential in one cache line and can be read while it is
// written, profile is a kind and a set of scopes that many tokens share, arena
// keeps the records of those who want to know more.
//
// # Workspace tokens
//
// A workspace token is a JWT that names a record. Its signature and claims are
// judged on every use, and only the record is cached, by its id: so there is one
// entry for a token, whichever secret signed it. The claims must agree with the
// record, for whoever has a secret could write others. After the scopes comes
// what the account is in the workspace at this moment.
//
// # When a cached record may be used
//
// A record may be used as long as the verifier heard the log within its
// lease (five seconds by default). Past it, the cache is bypassed and every
// verification asks the source. So a revoked token is refused
//
//   - at once on the node that answered the revocation: [Verifier.Apply] is
//     called before the answer is sent,
//   - within two seconds on other nodes, by [Verifier.Follow],
//   - within the lease when a node no longer hears the log.
//
// A record read before a change must not be used after it. The verifier counts
// an epoch that Apply moves; what was read in an older epoch is used once and
// not again, and a look-up begun in an older epoch is not shared with a caller
// that came later. A look-up that finds a token ended moves the epoch too: what a
// node has refused once it does not accept afterwards, though it has not heard yet
// that the token was ended elsewhere.
//
// # What time it is
//
// Leases and the age of records are measured on the monotonic clock. Expiries
// are judged by the wall clock, and never by an earlier time than before: when
// somebody sets the clock back, time stands still until it has caught up, so
// that what had expired stays so. [Verifier.Reached] carries that over a
// restart, and [Verifier.Behind] says when to raise an alarm.
//
// # What a verified credential is
//
// [Verified] has no exported fields, so only this package can make one, and
// its zero value is worthless: Subject is empty, and every gate refuses an
// empty subject.
package verify
