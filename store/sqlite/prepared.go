package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"sync"

	"github.com/tokenwright/tokenwright/store"
)

// maxPrepared bounds the texts that stay prepared. Those of lists vary with
// their filters; the generated ones are a fixed set and always stay, so that no
// variety of lists makes the verification of a token slower.
const maxPrepared = 256

// generated is how the texts of sqlc begin.
const generated = "-- name: "

// prepared implements store.DBTX and compiles each text once: compiling takes
// SQLite longer than looking up a row.
type prepared struct {
	db store.DBTX

	mu    sync.RWMutex
	stmts map[string]*sql.Stmt
}

func newPrepared(db store.DBTX) *prepared {
	return &prepared{db: db, stmts: make(map[string]*sql.Stmt)}
}

// stmt gives the compiled text, or nil when it is to be run as it is.
func (p *prepared) stmt(ctx context.Context, query string) *sql.Stmt {
	p.mu.RLock()
	stmt, n := p.stmts[query], len(p.stmts)
	p.mu.RUnlock()
	if stmt != nil || n >= maxPrepared && !strings.HasPrefix(query, generated) {
		return stmt
	}
	// A text that cannot be compiled fails again, and visibly, when it is run.
	stmt, err := p.db.PrepareContext(ctx, query)
	if err != nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if first := p.stmts[query]; first != nil {
		_ = stmt.Close()
		return first
	}
	p.stmts[query] = stmt
	return stmt
}

// close lets the compiled texts go. A connection with one left open would not
// end, and SQLite would leave its write-ahead log behind.
func (p *prepared) close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var errs []error
	for query, stmt := range p.stmts {
		errs = append(errs, stmt.Close())
		delete(p.stmts, query)
	}
	return errors.Join(errs...)
}

// ExecContext implements store.DBTX.
func (p *prepared) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if stmt := p.stmt(ctx, query); stmt != nil {
		return stmt.ExecContext(ctx, args...)
	}
	return p.db.ExecContext(ctx, query, args...)
}

// PrepareContext implements store.DBTX.
func (p *prepared) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	return p.db.PrepareContext(ctx, query)
}

// QueryContext implements store.DBTX.
func (p *prepared) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if stmt := p.stmt(ctx, query); stmt != nil {
		return stmt.QueryContext(ctx, args...)
	}
	return p.db.QueryContext(ctx, query, args...)
}

// QueryRowContext implements store.DBTX. A query for one row is over in
// microseconds; to watch ctx meanwhile takes two goroutines and a quarter of
// that time, so it is only looked at before.
func (p *prepared) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if ctx.Err() == nil {
		ctx = context.WithoutCancel(ctx)
	}
	if stmt := p.stmt(ctx, query); stmt != nil {
		return stmt.QueryRowContext(ctx, args...)
	}
	return p.db.QueryRowContext(ctx, query, args...)
}
