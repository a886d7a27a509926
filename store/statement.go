package store

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"
)

// statement builds a query from fixed texts and parameters.
type statement struct {
	text strings.Builder
	args []any
}

// add appends a text in which each question mark stands for the next argument.
// The text is always a constant of this package: values never become part of
// a query (H-09).
func (s *statement) add(text string, args ...any) {
	for part := range strings.SplitAfterSeq(text, "?") {
		before, found := strings.CutSuffix(part, "?")
		s.text.WriteString(before)
		if found {
			s.args, args = append(s.args, args[0]), args[1:]
			s.text.WriteString("$" + strconv.Itoa(len(s.args)))
		}
	}
}

// addList appends (?, ?, ...) with these values.
func (s *statement) addList(values []string) {
	for i, value := range values {
		if i == 0 {
			s.add("(?", value)
			continue
		}
		s.add(", ?", value)
	}
	s.add(")")
}

// addRows appends VALUES (...), (...), one row for each element of rows.
// Both databases call its columns column1, column2, ... PostgreSQL takes their
// types from the casts of the row text, such as "(cast(? AS text), ?)".
func (s *statement) addRows(row string, rows [][]any) {
	for i, values := range rows {
		if i == 0 {
			s.add("VALUES ")
		} else {
			s.add(", ")
		}
		s.add(row, values...)
	}
}

// exec runs the statement.
func (s *statement) exec(ctx context.Context, tx DBTX) error {
	_, err := tx.ExecContext(ctx, s.text.String(), s.args...)
	return err
}

// each runs the statement and reads its rows one after another.
func (s *statement) each(ctx context.Context, tx DBTX, read func(*sql.Rows) error) (err error) {
	rows, err := tx.QueryContext(ctx, s.text.String(), s.args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := read(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
