package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"

	"github.com/jackc/pgx/v5"
)

// answer is what the server said to a query, read to its end. So a query can
// travel with the statements before it, and a read gives its connection back
// before anybody looks at the rows. Package store gathers the rows of a query
// anyway.
type answer struct {
	columns []string
	rows    [][]any
	failure error
	next    int
}

// take reads the rows of a query.
func (a *answer) take(rows pgx.Rows) error {
	for rows.Next() {
		values, err := rows.Values()
		if err != nil {
			return err
		}
		a.rows = append(a.rows, values)
	}
	// Before the columns: an answer that never came has none to look at.
	if err := rows.Err(); err != nil {
		return err
	}
	for _, field := range rows.FieldDescriptions() {
		a.columns = append(a.columns, field.Name)
	}
	return nil
}

// Columns implements driver.Rows.
func (a *answer) Columns() []string { return a.columns }

// Next implements driver.Rows.
func (a *answer) Next(values []driver.Value) error {
	if a.next == len(a.rows) {
		return io.EOF
	}
	for i, value := range a.rows[a.next] {
		if own, ok := value.(driver.Valuer); ok { // a type that is not Go's, as that of a sum
			var err error
			if value, err = own.Value(); err != nil {
				return err
			}
		}
		values[i] = value
	}
	a.next++
	return nil
}

// Close implements driver.Rows.
func (a *answer) Close() error { return nil }

// answers hands answers over as the rows of package database/sql, which is what
// package store reads and what that package makes for drivers alone. So it is a
// driver, whose databases give back what they are asked with.
type answers struct{ db *sql.DB }

func newAnswers() answers {
	db := sql.OpenDB(echo{})
	db.SetMaxIdleConns(64) // they cost nothing
	return answers{db}
}

// rows hands over the rows of an answer, or its failure.
func (a answers) rows(ctx context.Context, given *answer) (*sql.Rows, error) {
	return a.db.QueryContext(context.WithoutCancel(ctx), "", given)
}

// row hands over the only row of an answer, or its failure.
func (a answers) row(ctx context.Context, given *answer) *sql.Row {
	return a.db.QueryRowContext(context.WithoutCancel(ctx), "", given)
}

// echo is the driver, its connector and each of its connections. It keeps
// nothing and does no I/O.
type echo struct{}

var errEcho = errors.New("store/postgres: this driver hands answers over and does nothing else")

// QueryContext implements driver.QueryerContext.
func (echo) QueryContext(_ context.Context, _ string, args []driver.NamedValue) (driver.Rows, error) {
	given, ok := args[0].Value.(*answer)
	if !ok {
		return nil, errEcho
	}
	return given, given.failure
}

// CheckNamedValue implements driver.NamedValueChecker: an answer is no value
// that other drivers know.
func (echo) CheckNamedValue(*driver.NamedValue) error { return nil }

// Connect implements driver.Connector.
func (echo) Connect(context.Context) (driver.Conn, error) { return echo{}, nil }

// Driver implements driver.Connector.
func (echo) Driver() driver.Driver { return echo{} }

// Open implements driver.Driver.
func (echo) Open(string) (driver.Conn, error) { return echo{}, nil }

// Prepare implements driver.Conn.
func (echo) Prepare(string) (driver.Stmt, error) { return nil, errEcho }

// Begin implements driver.Conn.
func (echo) Begin() (driver.Tx, error) { return nil, errEcho }

// Close implements driver.Conn.
func (echo) Close() error { return nil }
