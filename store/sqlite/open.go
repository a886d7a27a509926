package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"runtime"
	"strconv"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // registers the driver

	"github.com/tokenwright/tokenwright/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Options of Open. The zero value is ready to use.
type Options struct {
	// Readers is how many queries may read at once; 0 means four for each
	// CPU.
	Readers int
}

// Open opens the database file at path, makes it when there is none, and
// brings its tables up to date. Close the store to let the file go.
//
// It refuses a file that another process has open, one that others than its
// owner may open, and one that is no database.
func Open(ctx context.Context, path string, opts Options) (*store.Store, error) {
	path, err := realFile(path)
	if err != nil {
		return nil, err
	}
	lock, err := acquire(path + ".lock")
	if err != nil {
		return nil, err
	}
	if opts.Readers <= 0 {
		opts.Readers = 4 * runtime.GOMAXPROCS(0)
	}
	b, err := open(ctx, path, opts)
	if err != nil {
		return nil, errors.Join(explainOpen(path, err), lock.Close())
	}
	b.lock = lock
	return store.New(b, new(store.Bell)), nil
}

// open opens both handles and starts the writer.
func open(ctx context.Context, path string, opts Options) (_ *backend, err error) {
	writing, err := sql.Open("sqlite", address(path,
		"journal_mode(WAL)", "synchronous(FULL)", "wal_autocheckpoint(4000)", "journal_size_limit(67108864)"))
	if err != nil {
		return nil, err
	}
	writing.SetMaxOpenConns(1)
	reading, err := sql.Open("sqlite", address(path, "query_only(1)", "cache_size(-8192)"))
	if err != nil {
		return nil, errors.Join(err, writing.Close())
	}
	reading.SetMaxOpenConns(opts.Readers)
	reading.SetMaxIdleConns(opts.Readers)
	defer func() {
		if err != nil {
			err = errors.Join(err, reading.Close(), writing.Close())
		}
	}()
	if err := checkAtStart(ctx, reading, path); err != nil {
		return nil, err
	}
	if err := migrate(ctx, writing); err != nil {
		return nil, err
	}
	w, err := startWriter(ctx, writing)
	if err != nil {
		return nil, err
	}
	return &backend{path: path, writing: writing, reading: reading, reader: newPrepared(reading), writer: w}, nil
}

// address gives the data source name. busy_timeout comes first: the pragmas
// after it may have to wait.
func address(path string, pragmas ...string) string {
	values := url.Values{"_pragma": {"busy_timeout(5000)", "foreign_keys(1)"}}
	values["_pragma"] = append(values["_pragma"], pragmas...)
	values.Set("_txlock", "immediate")
	u := url.URL{Scheme: "file", Path: path, RawQuery: values.Encode()}
	return u.String()
}

func migrate(ctx context.Context, db *sql.DB) error {
	folder, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, folder)
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	var schema store.Schema
	schema.Database, schema.Known, err = provider.GetVersions(ctx)
	if err == nil {
		err = store.CheckSchema(ctx, db, schema)
	}
	if err == nil && !schema.Newer() {
		_, err = provider.Up(ctx)
	}
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	return nil
}

// explainOpen says in plain words what is wrong with the file.
func explainOpen(path string, err error) error {
	switch primary(err) {
	case codeNotADB:
		return fmt.Errorf("sqlite: %s is not a database: name another file, or restore it from a backup: %w", strconv.Quote(path), err)
	case codeCorrupt:
		return fmt.Errorf("sqlite: %s is damaged: restore it from a backup: %w", strconv.Quote(path), err)
	}
	return fmt.Errorf("sqlite: open %s: %w", strconv.Quote(path), err)
}
