// Package sqlite keeps a [store.Store] in one SQLite file: the embedded
// default, for one process.
//
// # Files
//
// Beside the database stand SQLite's own -wal and -shm files and a .lock file
// that holds off a second process: two processes would each believe their own
// memory of the log and of revocations (row K-14). All of them are readable by
// their owner alone, since the database names everybody's tokens; a database
// that others may open is refused, and so is a folder in which others could
// replace it.
//
// # Durability
//
// The database runs in WAL mode with synchronous=FULL: a change is answered
// after its commit was synced to disk, so that it survives a loss of power
// (standing rule 9). One fsync takes as long as some fifty changes, therefore
// changes that arrive together are committed together. Each still has a
// savepoint of its own: one that fails is undone alone.
//
// # Failure
//
// A full disk fails the changes of that moment and heals by itself (K-04).
// After a failed fsync the kernel may have dropped the very pages it could not
// write, and a second fsync would report success; so the first one ends
// writing until the process is started again (K-03, standing rule 10). Reading
// goes on in both cases.
package sqlite
