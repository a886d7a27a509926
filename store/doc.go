// Package store keeps tokens, their digests, the audit log, the directory and
// signing keys. It holds what is the same on every database: the queries, and
// what is decided inside a transaction. store/sqlite and store/postgres hold
// what differs, behind [Backend].
//
// # One event, one transaction, one entry
//
// Each changing method is one event of the domain in one transaction, with its
// line in the log. A change that cannot be recorded is not done. What must
// hold at that instant is decided inside the transaction too: names that are
// unique, quotas, links that are good once, the last administrator. Where two
// transactions could both decide "yes", a unique index or a turn (see turn.go)
// lets the second one see the first.
//
// # Settling
//
// A change writes the token and names it in the table unsettled, and leaves the
// indexes of lists and the counters alone. Soon afterwards many tokens are
// settled together, see [Store.Settle]. Until then readers take them from that table, in the same
// statement, so that nobody can tell the difference (settle.go).
//
// # Tokens under a mark
//
// A mass revocation is one row in marks. From its commit on, every reader sees
// the tokens under it as revoked: the view token_records looks at the marks
// that are not swept yet. [Store.Sweep] writes the revocation into the tokens
// themselves, a batch at a time, so that the view stays cheap. Marks are kept,
// and also revoke what is imported later with an older date.
//
// # Rows that decide
//
// Each row that decides whether a token is good has a checksum, written with it
// and compared before anything is answered from it: what was damaged is not
// known, which is neither good nor bad (checksum.go).
//
// # The log
//
// An entry is committed without a position. [Store.Sequence] gives positions
// to committed entries in one short transaction that holds the row of the
// head: readers of the log never see a gap, and issuing never waits for it.
//
// # Queries
//
// store/queries holds one set of queries for both databases, from which sqlc
// makes store/internal/db. Lists are built by hand (list.go, history.go) from
// fixed texts and parameters: no value ever becomes a part of a query (H-09).
// Times are microseconds since 1970, absent times are NULL.
package store
