package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// startCheckSize bounds the files that are read through at each start: one of
// this size takes about a third of a second. Larger ones are for Check.
const startCheckSize = 32 << 20

// Check reads a whole database file and says what is damaged, or nil (K-05).
// It takes as long as reading the file; the database must not be open. What
// SQLite cannot see, a page that is well formed and holds other values, shows
// in the verification of the log.
func Check(ctx context.Context, path string) (err error) {
	if path, err = filepath.Abs(path); err == nil {
		path, err = filepath.EvalSymlinks(path)
	}
	if err != nil {
		return fmt.Errorf("sqlite: %w", err)
	}
	lock, err := acquire(path + ".lock")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	db, err := sql.Open("sqlite", address(path, "query_only(1)"))
	if err != nil {
		return explainOpen(path, err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return readThrough(ctx, db, path)
}

// CheckIntegrity is Check for a store that is open.
func (b *backend) CheckIntegrity(ctx context.Context) error {
	return readThrough(ctx, b.reading, b.path)
}

// checkAtStart refuses a damaged file that is small enough to be read through
// before anything is answered from it: damage in a page that is seldom read
// would otherwise come up while it serves.
func checkAtStart(ctx context.Context, db *sql.DB, path string) error {
	info, err := os.Stat(path)
	if err != nil || info.Size() > startCheckSize {
		return err
	}
	return readThrough(ctx, db, path)
}

func readThrough(ctx context.Context, db *sql.DB, path string) error {
	var verdict string
	if err := db.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&verdict); err != nil {
		return explainOpen(path, err)
	}
	if verdict != "ok" {
		return fmt.Errorf("sqlite: %s is damaged: restore it from a backup: %s", strconv.Quote(path), verdict)
	}
	return nil
}
