// Package token is the vocabulary of Tokenwright: what a token is, how it is
// written, when it is good, and what can go wrong with it. It imports nothing
// else of this module, so every other package may import it.
//
// # Words
//
// A [Token] is the stored record of one long-lived credential. It never holds
// the secret. The secret is a [Secret]: it exists once, at issue or rotation,
// inside an [Issued], and prints as "[redacted]" however it is printed. What
// is kept of a secret is its [Digest].
//
// A [Kind] says which of the five sorts of token a record is. All kinds share
// this package and the authority; a kind has no code path of its own here.
//
// A [Subject] is whom a token speaks for; a [Principal] is who is acting now;
// a [Grant] is what a token will carry once it is issued. [Scopes] is a set of
// scope tokens (RFC 6749 section 3.3) in the order given.
//
// # The life of a token
//
//	issue -> active -> expiring -> expired
//	            |          |
//	            +-> disabled (and back)
//	            +-> revoked (never back)
//
// [Token.State] computes the state at an instant and [Token.Check] says
// whether a presented secret of that token is good at that instant. Both are
// pure: they take the time and touch nothing. Revoked and expired are
// absorbing states: once a token was seen in one of them it never is active
// again.
//
// A rotation keeps the record and replaces its secret. The former secret
// stays good until the end of the chosen overlap; a record found by it
// carries that end in [Token.SecretEndsAt].
//
// # Errors
//
// Meanings ([ErrInvalid], [ErrUnauthenticated], [ErrDenied], ...) are what the
// outside learns. Reasons ([ErrExpired], [ErrRevoked], [ErrScope], ...) wrap a
// meaning and are what the audit log keeps. See [Error].
package token
