package postgres

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/tokenwright/tokenwright/store"
)

// A node that finds another one migrating asks again this often, for ten
// minutes. The lock is a row with a lease, since advisory locks lock nothing
// on some databases; a node that died lets go after the lease.
const (
	lockInterval = 250 * time.Millisecond
	lockAttempts = 2400
	// raceAttempts bounds the tries to make the bookkeeping tables, which
	// the first nodes of a new installation may make at the same moment.
	raceAttempts = 5
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the schema up to date. Any number of nodes may try at once.
func migrate(ctx context.Context, where address, deadline time.Duration) error {
	db := stdlib.OpenDB(*where.connection(migrating, deadline))
	defer db.Close() // nothing is left to lose
	if err := reach(ctx, db, deadline); err != nil {
		return err
	}
	for attempt := 1; ; attempt++ {
		err := migrateOnce(ctx, db)
		if attempt == raceAttempts || !lostRace(err) {
			return err
		}
	}
}

// reach gives up on a silent database within the deadline. The migrations
// behind it may take as long as they need.
func reach(ctx context.Context, db *sql.DB, deadline time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	return db.PingContext(ctx)
}

// migrateOnce takes the lock only when there is something to do, so that
// nodes of a running installation start at once.
func migrateOnce(ctx context.Context, db *sql.DB) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	quiet := slog.New(slog.DiscardHandler)
	locker, err := lock.NewPostgresTableLocker(
		lock.WithTableLockTimeout(lockInterval, lockAttempts),
		lock.WithTableLogger(quiet),
	)
	if err != nil {
		return fmt.Errorf("prepare the lock of the migrations: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files,
		goose.WithLocker(locker), goose.WithDisableGlobalRegistry(true), goose.WithSlog(quiet))
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	var schema store.Schema
	if schema.Database, schema.Known, err = provider.GetVersions(ctx); err != nil {
		return fmt.Errorf("read the schema's version: %w", err)
	}
	if err := store.CheckSchema(ctx, db, schema); err != nil || schema.Newer() {
		return err
	}
	pending, err := provider.HasPending(ctx)
	if err == nil && pending {
		_, err = provider.Up(ctx)
	}
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// lostRace reports whether another node made the same table a moment earlier.
// CREATE TABLE IF NOT EXISTS looks first and creates then, so it can fail on
// the catalogue's unique index (23505) or the table (42P07).
func lostRace(err error) bool {
	var refused *pgconn.PgError
	return errors.As(err, &refused) &&
		(refused.Code == uniqueViolation || refused.Code == duplicateTable || mayPassIfRepeated(err))
}
