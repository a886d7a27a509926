package store

import (
	"context"
	"database/sql"
	"slices"

	"github.com/tokenwright/tokenwright/token"
)

// keyset is how a list is paged by one column, which is unique and never "".
type keyset[T any] struct {
	column string // a constant of this package
	place  token.Place
	scan   func(*sql.Rows) (T, error)
}

// sought is one page.
type sought[T any] struct {
	rows       []T
	less, more bool
}

// seek reads one page of a query that ends in its conditions. What it costs does
// not grow with the pages before it. One row more than wanted tells whether the
// list goes on.
func seek[T any](ctx context.Context, tx DBTX, q *statement, how keyset[T]) (sought[T], error) {
	back := how.place.Before != ""
	if back {
		q.add(" AND "+how.column+" < ? ORDER BY "+how.column+" DESC LIMIT ?", how.place.Before, how.place.Limit+1)
	} else {
		q.add(" AND "+how.column+" > ? ORDER BY "+how.column+" LIMIT ?", how.place.After, how.place.Limit+1)
	}
	var page sought[T]
	err := q.each(ctx, tx, func(rows *sql.Rows) error {
		one, err := how.scan(rows)
		page.rows = append(page.rows, one)
		return err
	})
	over := len(page.rows) > how.place.Limit
	if over {
		page.rows = page.rows[:how.place.Limit]
	}
	page.less, page.more = how.place.After != "", over
	if back {
		slices.Reverse(page.rows)
		page.less, page.more = over, true
	}
	return page, err
}

// count gives how many rows there are; where begins with FROM.
func (s *Store) count(ctx context.Context, where *statement) (n int, err error) {
	var q statement
	q.text.WriteString("SELECT count(*) " + where.text.String())
	q.args = where.args
	err = q.each(ctx, s.backend.Reader(), func(rows *sql.Rows) error { return rows.Scan(&n) })
	return n, err
}
