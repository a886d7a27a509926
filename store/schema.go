package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/tokenwright/tokenwright/token"
)

// Schema says how far a database is migrated and how far a program can: both are
// numbers of migrations, 0 before the first.
type Schema struct{ Database, Known int64 }

// Newer reports whether a newer program has migrated the database. There is
// nothing for this one to migrate then.
func (s Schema) Newer() bool { return s.Database > s.Known }

// CheckSchema refuses a database that a newer program has migrated, unless each
// of its migrations says that programs as old as this one still run there: else it
// would not apply what came with them, a new way of revoking for instance.
func CheckSchema(ctx context.Context, db DBTX, s Schema) error {
	if !s.Newer() {
		return nil
	}
	var ask statement
	var last, from sql.NullInt64
	ask.add("SELECT max(r.version), max(r.runs_from) FROM schema_reach r")
	err := ask.each(ctx, db, func(rows *sql.Rows) error { return rows.Scan(&last, &from) })
	switch {
	case err != nil:
		return fmt.Errorf("store: ask which programs run on schema %d: %w", s.Database, err)
	case last.Int64 == s.Database && from.Int64 <= s.Known: // the last migration has said it
		return nil
	}
	return token.Invalid(fmt.Sprintf("the database was migrated to schema %d by a newer version of this program, "+
		"on which this one, which knows schemas up to %d, cannot run: run the newer one, or restore a backup from before",
		s.Database, s.Known))
}
