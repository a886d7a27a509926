// Package jwt signs and verifies JSON Web Tokens (RFC 7519) in the compact
// form (RFC 7515 section 7.1), and reads and publishes key sets (RFC 7517).
//
// Most published failures of JWT libraries come from letting the token say how
// it wants to be verified. Here the token says nothing: a [Key] carries its
// only algorithm, keys come from a [KeySource] that the operator configured,
// and whatever a header asks beyond that is refused or ignored.
//
// # The order of a verification
//
//  1. length, before anything is looked at
//  2. shape: three parts of canonical base64url, so that one token has one
//     spelling
//  3. header: strict JSON; no crit, no b64; alg and kid of the right form
//  4. key: found by kid alone; its algorithm must equal the header's alg
//     jwk, x5c, jku and x5u are not read
//  5. signature, in constant time for MACs
//  6. claims: strict JSON, then typ, iss, aud, times, lifetime
//
// Nothing of the claims is looked at before the signature has been found good,
// so that an expired token with a bad signature is a token with a bad
// signature. The one exception is [UnverifiedIssuer], whose name says
// what its answer is worth.
//
// [Verify] is the whole trip and what access JWTs need. It has no switch that
// leaves a step out. Kinds of token with other rules (no typ, several keys
// without kid) are put together from the same parts: [Open] does steps 1 to 5,
// [ParseClaims] reads the claims, and the Check methods of [Claims] do step 6
// one by one.
//
// # Algorithms
//
// ES256, RS256 and EdDSA (with Ed25519) for the tokens of others, ES256 for
// our own, HS256 where two parties share a secret of at least 32 bytes. There
// is no "none" to switch off, and nothing is encrypted or compressed.
//
// # Errors
//
// A token that is not good gives an error that wraps one of token.ErrMalformed,
// ErrAlgorithm, ErrSignature, ErrWrongKind, ErrIssuer, ErrAudience, ErrExpired,
// ErrNotYet or ErrLifetime. They all mean "not authenticated", and the outside must not
// learn which one it was. Their texts hold nothing of the token. An error of a
// KeySource is passed on as it is.
package jwt
