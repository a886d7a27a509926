package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Health is what an operator asks a database about.
type Health struct {
	// SchemaVersion is the number of the last migration of the database, RunsFrom
	// of the last one that a program must know to run on it. SchemaVersion may be
	// later than any that this program knows; see CheckSchema.
	SchemaVersion, RunsFrom int64
	// Now is the database's own clock, in UTC: in microseconds on PostgreSQL,
	// in whole seconds on SQLite, whose clock is that of this machine.
	Now time.Time
}

// Health asks the database for its schema and its clock. To judge the clock,
// compare Now with the time before and after the call.
func (s *Store) Health(ctx context.Context) (Health, error) {
	var h Health
	var now clock
	// Both databases have CURRENT_TIMESTAMP, and goose's table.
	var ask statement
	ask.add("SELECT CURRENT_TIMESTAMP, (SELECT max(version_id) FROM goose_db_version), (SELECT max(runs_from) FROM schema_reach)")
	err := ask.each(ctx, s.backend.Reader(), func(rows *sql.Rows) error { return rows.Scan(&now, &h.SchemaVersion, &h.RunsFrom) })
	h.Now = now.Time
	return h, s.explain("ask for the health of the database", err)
}

// clock reads CURRENT_TIMESTAMP, which PostgreSQL gives as a time and SQLite as
// a text in UTC.
type clock struct{ time.Time }

// Scan implements sql.Scanner.
func (c *clock) Scan(value any) (err error) {
	switch value := value.(type) {
	case time.Time:
		c.Time = value.UTC()
	case string:
		c.Time, err = time.Parse(time.DateTime, value)
	default:
		err = fmt.Errorf("store: the clock of the database is a %T", value)
	}
	return err
}
