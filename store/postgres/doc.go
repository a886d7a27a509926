// Package postgres keeps Tokenwright's data in PostgreSQL: any number of
// nodes on one primary. It holds what differs from SQLite; the queries are
// those of package store.
//
// # Connections
//
// A node has two small pools and one connection that listens. Reads and writes
// are apart so that writes which wait, for a lock or for a standby, never keep
// a verifier from its look-up. Every connection is to a primary unless the
// address says otherwise (target_session_attrs): a standby may show a token
// as good that was revoked a moment ago, and can show transactions in another
// order than the primary (standing rule 7).
//
// A read that has begun is not interrupted by a client that hangs up: the
// driver would give up the connection, and clients could make a node connect
// anew all the time. The deadline ends it, which is one of the socket (conn.go).
//
// # A write
//
// A change runs from BEGIN to COMMIT within one deadline, five seconds unless
// configured. It runs again after a serialisation failure, after a deadlock,
// and when its connection broke before COMMIT was sent. Once it has begun, the
// end of the caller's context does not stop it.
//
// Statements whose outcome nobody has asked for yet travel together with the
// query behind them, BEGIN and COMMIT among them (pipeline.go): what a write costs
// is mostly the trips. A revocation makes two: one with its four statements, and
// COMMIT.
//
// COMMIT is never cancelled (K-08). Cancelling a commit that waits for a
// synchronous standby makes it visible on the primary and leaves it out of the
// standby: after a failover a revocation that was seen would be gone. A caller
// that cannot wait longer hears token.ErrUnavailable, which says of a change
// that it may have happened, and the commit goes on behind its back. An
// operator who must not lose a revocation to a failover (K-06) names standbys
// in synchronous_standby_names and adds synchronous_commit=remote_apply to the
// address.
//
// # A database that does not answer
//
// Paused, slow, half-open or gone (K-13): every call ends within the deadline
// with token.ErrUnavailable. A bounded number of writes may wait; one more is
// refused at once, so that requests do not pile up (I-09). The server is told
// the same deadlines, so that a node that freezes in the middle of a
// transaction does not hold a lock for longer than that.
//
// # Wake-ups
//
// What one node commits to the log wakes the others by NOTIFY. It is a wake-up
// and nothing more: a lost one costs a second, since every waiter polls. A
// database without it (some speak PostgreSQL's protocol and lack it) is found
// out at the start and polled.
//
// # Connection poolers
//
// Behind PgBouncer the address carries default_query_exec_mode=exec (or
// cache_describe). Then nothing is kept in the session: no prepared statements
// and no session settings, and the deadlines are kept on this side alone.
package postgres
