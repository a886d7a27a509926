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
// The refusal carries a reason for the audit log (token.ErrExpired, ...) and
// one meaning for the outside (token.ErrUnauthenticated or token.ErrDenied).
// A source that does not answer is token.ErrUnavailable: never "unknown".
//
// # What is cached
//
// The record is cached, the decision never: steps 4 to 6 are computed each
// time. A hit reads no lock, allocates nothing and compares the whole digest.
// The cache is bounded and an entry never outlives the token.
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
// A record read before a change must not be cached after it. The verifier
// counts an epoch that Apply moves; what was read in an older epoch is used
// once and not kept, and a look-up begun in an older epoch is not shared with
// a caller that came later.
//
// # What a verified credential is
//
// [Verified] has no exported fields, so only this package can make one, and
// its zero value is worthless: Subject is empty, and every gate refuses an
// empty subject.
package verify
