package store

import (
	"database/sql"
	"time"
)

// micros gives a time as it is stored.
func micros(t time.Time) int64 { return t.UnixMicro() }

// optional gives a time that may be absent as it is stored.
func optional(t time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: t.UnixMicro(), Valid: !t.IsZero()}
}

// moment reads a stored time.
func moment(micros int64) time.Time { return time.UnixMicro(micros).UTC() }

// maybe reads a stored time that may be absent.
func maybe(micros sql.NullInt64) time.Time {
	if !micros.Valid {
		return time.Time{}
	}
	return moment(micros.Int64)
}
