// Package audit is the one log of Tokenwright: who did what to which token,
// whether it was allowed, and why not.
//
// # One log, two readers
//
// Every change of state is one [Entry], written in the transaction of the
// change: a token cannot change without a line here. Refusals are entries
// too. People read the log with a [Query]; verifiers read the same log as a
// feed and learn from it which tokens stopped being good.
//
// # Positions
//
// An entry is committed without a position. A sequencer then gives committed
// entries their place, a batch at a time, in one short transaction that moves
// the [Head] forward. It never runs inside the transaction of a change, so
// issuing is not serialised, and readers never see a gap: a position once
// seen is final. (A number taken inside the changing transaction would become
// visible out of order, and a reader that remembers the last one it saw would
// miss a revocation.)
//
// # The tree
//
// The entries in order are the leaves of a Merkle tree (RFC 6962, computed by
// golang.org/x/mod/sumdb/tlog). Each batch ends with a signed head, written as
// a checkpoint in the C2SP tlog-checkpoint format, a signed note. Whoever
// keeps a checkpoint elsewhere can prove later that nothing before it was
// changed, removed or cut off ([Verify]), and that one entry is in the log
// without seeing the others ([Prove]).
//
// What the tree cannot show: a change of entries that have no position yet
// (milliseconds), and, without a checkpoint kept elsewhere, a whole log and
// its signed head put back to an earlier state.
package audit
