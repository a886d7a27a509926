// Package authority holds the verbs of Tokenwright: Issue, Find, List,
// Rotate, Revoke, Disable, Enable and RevokeAll. Every surface (REST, command
// line, console) ends here, so a rule that holds here holds everywhere.
//
// # One gate
//
// Each verb passes the same private gate: may, while it is not known yet which
// token it is about, then decide. The gate asks the policy, and it writes a
// refusal to the audit log before the refusal is returned. A verb that issues
// could not skip it: what it goes on with is the grant that decide gave back.
// When a refusal cannot be recorded the answer is token.ErrUnavailable, never
// the refusal, and never a success.
//
// # One transaction
//
// The authority declares the [Store] it needs. Each method of it is one
// event of the domain, carried out in one transaction, and takes the
// [audit.Entry] of the event: a token cannot change without a line in the
// log, because the compiler asks for it. Unique names and quotas are decided
// by the store inside that transaction; a check before it would be a race.
//
// A mutation does not run on the caller's context. A client that goes away
// while a commit waits must not cancel it: the commit could survive on the
// primary and be gone after a failover, and nobody would know (rule 8 of the
// standing rules). Every mutation has a deadline of its own instead.
//
// # Told before it is answered
//
// After the commit and before the verb returns, the authority tells its
// listener what changed. The verifier of this process is the listener, so a
// token whose revocation was answered is never accepted again on this node.
// Other nodes learn of it from the log.
//
// # Rules of a kind
//
// What differs between kinds of token is data: [KindRules]. There is no code
// path per kind.
package authority
