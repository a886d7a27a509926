// Package journal judges what a client of Tokenwright was told.
//
// A client that issues, revokes and verifies keeps a [Journal]: for each token
// when it asked for it, when that was acknowledged, when it began to revoke it
// and when that was acknowledged, and every answer of a verification with its
// own start and end. From that alone, without a look into the server, it can
// be said which answers were wrong.
//
// # Wrong answers
//
//	W1 accept   a token is taken as good that is unknown, expired, out of
//	            scope, or revoked longer ago than the bound
//	W2 refuse   a good token is refused
//	W3 mix-up   the answer is about another token
//	W4 loss     an acknowledged issue or revocation is missing later
//
// Answers that say nothing (5xx, time-outs, broken connections) are
// unavailable: they are counted apart and are never wrong.
//
// # What is not known
//
// A request overlaps others, so a verification is judged by its own start and
// end: it is wrong only when no instant in between allows its answer. A change
// without an answer is unknown, and stays so: the token may be there or not,
// revoked or not. What was seen once is known, though. Revoked and expired are
// final: after the first answer that showed it, the token must never be good
// again.
//
// # The bound
//
// On the node that acknowledged a revocation, the token is refused from that
// moment. On every other node the bound of the journal applies.
//
// Judging takes time linear in the number of answers.
package journal
