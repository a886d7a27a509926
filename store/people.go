package store

import (
	"context"
	"database/sql"

	"github.com/tokenwright/tokenwright/token"
)

// displayed is what people are listed by.
const displayed = "coalesce(nullif(u.name, ''), u.ref)"

// SearchPeople gives a page of enabled users. A search by text reads every
// user.
func (s *Store) SearchPeople(ctx context.Context, q token.PeopleQuery) (token.PeoplePage, error) {
	var page token.PeoplePage
	if !storable(q.Text) {
		return page, nil
	}
	var count, list statement
	count.add("SELECT count(*) FROM users u WHERE u.disabled_at IS NULL")
	list.add("SELECT u.ref, u.name, u.email FROM users u WHERE u.disabled_at IS NULL")
	if q.Text != "" {
		for _, one := range []*statement{&count, &list} {
			one.add(` AND u.search LIKE ? ESCAPE '\'`, likePattern(q.Text))
		}
	}
	list.add(" ORDER BY "+displayed+", u.ref LIMIT ? OFFSET ?", q.Limit, q.Offset)
	reader := s.backend.Reader()
	if err := count.each(ctx, reader, func(rows *sql.Rows) error { return rows.Scan(&page.Total) }); err != nil {
		return token.PeoplePage{}, s.explain("count people", err)
	}
	err := list.each(ctx, reader, func(rows *sql.Rows) error {
		var u token.User
		err := rows.Scan(&u.Ref, &u.Name, &u.Email)
		page.People = append(page.People, u)
		return err
	})
	if err != nil {
		return token.PeoplePage{}, s.explain("list people", err)
	}
	return page, nil
}

// NamesOf gives the names of users by their refs; who does not exist or has no
// name is missing from it.
func (s *Store) NamesOf(ctx context.Context, refs []string) (map[string]string, error) {
	names := map[string]string{}
	if len(refs) == 0 || !storable(refs...) {
		return names, nil
	}
	var q statement
	q.add("SELECT u.ref, u.name FROM users u WHERE u.name <> '' AND u.ref IN ")
	q.addList(refs)
	err := q.each(ctx, s.backend.Reader(), func(rows *sql.Rows) error {
		var ref, name string
		err := rows.Scan(&ref, &name)
		names[ref] = name
		return err
	})
	if err != nil {
		return nil, s.explain("find names", err)
	}
	return names, nil
}
