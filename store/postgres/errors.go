package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"slices"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tokenwright/tokenwright/token"
)

// SQLSTATE codes; see appendix A of PostgreSQL's manual.
const (
	uniqueViolation       = "23505"
	duplicateTable        = "42P07"
	notInRepertoire       = "22021" // a NUL, or what is not UTF-8
	untranslatable        = "22P05"
	serializationFailure  = "40001"
	deadlockDetected      = "40P01"
	featureNotSupported   = "0A000"
	insufficientPrivilege = "42501"
)

// passingCodes are of faults that pass by themselves or that an operator
// mends: of whole classes (two characters) or single.
func passingCodes() []string {
	return []string{
		"08",                  // connection
		"28",                  // the password was changed
		"3D",                  // no such database
		"40",                  // rolled back; so far repetition did not help
		"53",                  // no memory, no disk, too many connections
		"57",                  // cancelled, timed out, shutting down, starting up
		"58",                  // input or output error
		"25006",               // read only: demoted, or switched by an operator
		"25P03",               // idle in a transaction for too long
		"55P03",               // lock not available
		"XX001",               // corrupt data
		"XX002",               // corrupt index
		insufficientPrivilege, // another role, or a migration by one
		featureNotSupported,   // a plan from before another node's migration
	}
}

// Map implements store.Backend.
func (b *backend) Map(err error) error { return meaningOf(err) }

func meaningOf(err error) error {
	var refused *pgconn.PgError
	switch {
	case err == nil, hasMeaning(err):
		return err
	case errors.As(err, &refused):
		return meaningOfCode(refused.Code, err)
	case isConnectionLost(err):
		return token.Unavailable(err)
	}
	return err
}

func meaningOfCode(code string, err error) error {
	switch code {
	case uniqueViolation:
		return token.NewError(token.ErrExists, "exists already", err)
	case notInRepertoire, untranslatable:
		return token.NewError(token.ErrInvalid, "a text holds a character that cannot be stored, such as NUL", err)
	}
	passing := slices.ContainsFunc(passingCodes(), func(prefix string) bool {
		return len(code) >= len(prefix) && code[:len(prefix)] == prefix
	})
	if passing {
		return token.Unavailable(err)
	}
	return err
}

// hasMeaning reports whether the error has been given its meaning already.
func hasMeaning(err error) bool {
	return slices.ContainsFunc(token.Meanings(), func(meaning error) bool { return errors.Is(err, meaning) })
}

// isConnectionLost reports whether the answer is missing, for any reason on
// the way: the end of the wait included.
func isConnectionLost(err error) bool {
	for _, known := range []error{
		context.Canceled, context.DeadlineExceeded, driver.ErrBadConn, sql.ErrConnDone,
		io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, pgconn.ErrConnClosed,
	} {
		if errors.Is(err, known) {
			return true
		}
	}
	var unreachable *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &unreachable) || errors.As(err, &network) || pgconn.Timeout(err) || pgconn.SafeToRetry(err)
}

// mayPassIfRepeated reports whether the database asks to run a transaction
// again. It rolled it back as a whole, whether the code came from a statement
// or from COMMIT.
func mayPassIfRepeated(err error) bool {
	var refused *pgconn.PgError
	return errors.As(err, &refused) &&
		(refused.Code == serializationFailure || refused.Code == deadlockDetected)
}
