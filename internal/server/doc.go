// Package server is the composition root: it builds every part of Tokenwright
// from a configuration, joins them, and runs them until it is told to stop. It
// is the only place that knows a store and a surface at the same time.
//
// # Starting
//
// [New] takes its steps in an order that fails early and leaves nothing
// behind: the data folder, the database, the keys, the listeners, the parts,
// the routes. A key file is made on the first start of an empty installation
// and never in place of a missing one (row K-16). Nothing listens before
// everything that can be wrong with the configuration was found.
//
// # Running
//
// [Server.Run] serves three doors: the public listener; the admin socket in
// the data folder, where being able to open the file is the credential; and,
// when asked for, the listener of metrics and profiles (row J-07). Beside
// them runs the background work:
//
//   - the feed gives committed entries their place in the log and tells the
//     verifier, the policy and the keyring what changed. It is how this node
//     learns of the others;
//   - last uses are gathered in memory and written every ten seconds;
//   - mass revocations are written into the rows they cover, in batches.
//
// # Being ready
//
// A node is ready when it can write to its store, has keys to sign with, and
// has heard the log within the lease. It counts as heard only when nothing
// that was committed is still without a place in the log: a node whose
// sequencing is stuck would otherwise trust its cache while revocations pile
// up unseen (row C-04).
//
// # Stopping
//
// When its context ends the node stops being ready, finishes the requests it
// has begun, writes the last uses and closes the database, within ten
// seconds.
package server
