package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	"modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"

	"github.com/tokenwright/tokenwright/token"
)

const (
	codeNotADB  = codes.SQLITE_NOTADB
	codeCorrupt = codes.SQLITE_CORRUPT
)

// code gives SQLite's extended result code of an error, or 0.
func code(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code()
	}
	return 0
}

// primary gives the primary result code, the low byte of the extended one.
func primary(err error) int { return code(err) & 0xff }

// Map implements store.Backend.
func (b *backend) Map(err error) error {
	switch primary(err) {
	case codes.SQLITE_BUSY, codes.SQLITE_LOCKED, codes.SQLITE_NOMEM, codes.SQLITE_READONLY, codes.SQLITE_INTERRUPT,
		codes.SQLITE_IOERR, codes.SQLITE_CORRUPT, codes.SQLITE_FULL, codes.SQLITE_CANTOPEN, codes.SQLITE_NOTADB:
		return token.Unavailable(err)
	case codes.SQLITE_CONSTRAINT:
		if c := code(err); c == codes.SQLITE_CONSTRAINT_UNIQUE || c == codes.SQLITE_CONSTRAINT_PRIMARYKEY {
			return fmt.Errorf("%w: %w", token.ErrExists, err)
		}
		return err
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) ||
		errors.Is(err, sql.ErrConnDone) || errors.Is(err, driver.ErrBadConn) {
		return token.Unavailable(err)
	}
	return err
}

// breaksBatch reports whether an error may have undone more than the statement
// it came from: SQLite may end the whole transaction on these.
func breaksBatch(err error) bool {
	switch primary(err) {
	case codes.SQLITE_FULL, codes.SQLITE_IOERR, codes.SQLITE_NOMEM, codes.SQLITE_BUSY,
		codes.SQLITE_INTERRUPT, codes.SQLITE_CORRUPT, codes.SQLITE_NOTADB, codes.SQLITE_READONLY, codes.SQLITE_CANTOPEN:
		return true
	}
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) ||
		errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) // it was interrupted
}

// endsWriting reports whether an error is a failed fsync, after which nothing
// may be acknowledged any more.
func endsWriting(err error) bool {
	c := code(err)
	return c == codes.SQLITE_IOERR_FSYNC || c == codes.SQLITE_IOERR_DIR_FSYNC
}
