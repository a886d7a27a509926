// Package directory knows which users, groups and workspaces exist and who is
// what in them: members, holders of roles, and who may sign in by a one-time
// link.
//
// # Two halves
//
// Reading is a [Reader]: the built-in directory ([BuiltIn]) or a Backstage
// catalog ([Catalog]). Deciding whether somebody may do something asks a
// Reader, so a Reader that cannot answer says so with token.ErrUnavailable: a
// group that could not be looked up is never "no such group" (row SVC-15).
//
// Changing is a [Directory]: AddUser, JoinGroup, GrantRole and so on. The two
// are apart because the authority, whose gate the verbs here pass, needs a
// Reader itself.
//
// # The verbs
//
// Each verb first passes the gate of the authority, which records a refusal
// before it is returned; then it brings refs to their canonical form, because
// two spellings of one ref would be two users; then it makes one change of
// the [Store], which writes the audit entry in the same transaction. A
// mutation does not run on the caller's context (trap T-19): a client that
// goes away must not cancel a commit.
//
// After the commit and before the verb returns, the listener is told, so that
// this process decides by the new state from then on.
//
// # The first administrator
//
// Nobody is an administrator by default. [Directory.MakeLink] makes the first
// one, for whoever can open the admin socket. The last administrator's role
// cannot be withdrawn, nor the last administrator be disabled or leave the
// group by which they are one (row E-10). Administrators are people: a service
// that holds the role cannot administer.
//
// # How soon a change counts
//
// What is changed here counts at once on this node, before the verb returns,
// and within two seconds on every other (rows C-12, E-04). That holds for
// disabling a user of a catalog, too. What is changed in a catalog is seen
// within six seconds; see [Catalog].
package directory
