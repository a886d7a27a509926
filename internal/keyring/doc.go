// Package keyring makes, shares, rotates and publishes the signing keys of an
// installation: those of access JWTs (ES256) and those of the checkpoints of
// the audit log (Ed25519).
//
// # Where keys live
//
// All nodes share one database and therefore one set of keys. Private parts
// are stored there only sealed: AES-256-GCM under the key-encryption key (the
// [KEK]), which is kept outside the database, in a file or an environment
// variable. A copy of the database alone signs nothing.
//
// The seal also protects verification. A record counts only when its sealed
// private part opens and belongs to its public part, so whoever can write to
// the database but has no KEK cannot slip in a public key of their own.
//
// # The life of a key
//
//	made ---> signs ---> retired ---> forgotten
//	  |         |           |
//	  +---------+-----------+------> removed
//
// A new key is published at once and signs only after [Settle]: by then every
// node has heard of it, so no token is signed with a key that another node does
// not know (K-11). The key it replaces signs until that instant and is then
// retired; it verifies for as long as a token signed with it can live.
//
// A key in doubt is ended in two steps. [Keyring.Retire] lets it sign nothing
// more, at once and without the wait of a rotation. [Keyring.Remove] is for a key
// that may have leaked: from then on nothing it signed is good, on this node at once and on others as soon as they call
// [Keyring.Refresh], which they do when the log says that a key has changed.
//
// Checkpoints have no lifetime, so a retired log key verifies for ever, and a
// removed one not at all.
//
// # Failing
//
// Nothing here makes a key in place of one that does not open. When none opens,
// the KEK is a wrong or broken one: an error that names the signing keys and ends
// the start (K-16). When some do, the KEK is right and the others are damaged: each
// of those is as good as removed, and [Keyring.Unreadable] tells of it, so that one
// damaged row does not stop every node. A KEK is made by [CreateKEK] alone, on the operator's wish.
package keyring
