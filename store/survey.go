package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

// unusedReach is how many tokens that were never used are looked at, the oldest
// first, for those that were made long ago.
const unusedReach = 2000

// Survey counts the usable tokens of a kind by when they expire and by how long
// they were not used. It costs the same however many there are: the counters know
// the first, and the second is counted up to a bound. A mass revocation counts
// once the sweep came by.
func (s *Store) Survey(ctx context.Context, q token.SurveyQuery) (token.Survey, error) {
	var out token.Survey
	if q.Owners != nil && len(q.Owners) == 0 {
		return token.Survey{Expiring: make([]int, max(0, len(q.Edges)-1)), Unused: make([]int, len(q.UnusedSince))}, nil
	}
	upTo, err := s.countUpTo(ctx, q)
	if err != nil {
		return token.Survey{}, s.explain("survey", err)
	}
	for i := 1; i < len(upTo); i++ {
		out.Expiring = append(out.Expiring, upTo[i]-upTo[i-1])
	}
	for _, since := range q.UnusedSince {
		list := listing{owners: q.Owners, Query: token.Query{
			Kind: q.Kind, Now: q.Now, UnusedSince: since, Sort: token.SortLastUsedAt,
			States: []token.State{token.StateActive, token.StateExpiring},
		}}
		n, err := list.countUnused(ctx, s.backend.Reader())
		if err != nil {
			return token.Survey{}, s.explain("survey", err)
		}
		out.Unused = append(out.Unused, n)
	}
	return out, nil
}

// countUpTo counts, for each edge, the live tokens that expire before it.
func (s *Store) countUpTo(ctx context.Context, q token.SurveyQuery) ([]int, error) {
	if len(q.Edges) == 0 {
		return nil, nil
	}
	owners := q.Owners
	if owners == nil {
		owners = []string{""}
	}
	var ask statement
	ask.add("SELECT e.n FROM (")
	for i, edge := range q.Edges {
		if i > 0 {
			ask.add(" UNION ALL ")
		}
		var c counting
		for _, owner := range owners {
			c.add(place{kind: string(q.Kind), owner: owner, class: classLive}, span{everything().after, micros(edge) - 1})
		}
		ask.add("SELECT cast(? AS bigint) AS place, (", i)
		c.write(&ask)
		ask.add(") AS n")
	}
	ask.add(") AS e ORDER BY e.place")
	var counts []int
	err := ask.each(ctx, s.backend.Reader(), func(rows *sql.Rows) error {
		var n int
		err := rows.Scan(&n)
		counts = append(counts, n)
		return err
	})
	return counts, err
}

// countUnused counts a list in the order by last use, as far as is worth it.
func (l listing) countUnused(ctx context.Context, tx DBTX) (n int, err error) {
	var q statement
	q.add("SELECT count(*) FROM (SELECT 1 AS one FROM (")
	for _, b := range l.branches() {
		if b.used == usedNever {
			// In the order of ids, which is nearly that of their making.
			old := l
			old.UnusedSince = time.Time{}
			q.add("SELECT * FROM (SELECT 1 AS one FROM (SELECT t.created_at AS made FROM tokens t WHERE ")
			old.where(&q, b)
			q.add(" ORDER BY t.id LIMIT ?) AS y WHERE y.made < ? LIMIT ?) AS x UNION ALL ", unusedReach, micros(l.UnusedSince), token.MaxUnused)
			continue
		}
		q.add("SELECT * FROM (SELECT 1 AS one FROM tokens t WHERE ")
		l.where(&q, b)
		q.add(" LIMIT ?) AS x UNION ALL ", token.MaxUnused)
	}
	q.add("SELECT 1 AS one FROM unsettled u CROSS JOIN tokens t WHERE t.id = u.token_id AND ")
	l.whereUnsettled(&q, l.branches()...)
	q.add(") AS a LIMIT ?) AS c", token.MaxUnused)
	err = q.each(ctx, tx, func(rows *sql.Rows) error { return rows.Scan(&n) })
	return n, err
}

// ListOwned gives those who own the most usable tokens of a kind, with how many,
// the most first; who was given some within the last moments may be missing.
func (s *Store) ListOwned(ctx context.Context, kind token.Kind, limit int) ([]token.Owned, error) {
	rows, err := s.queries().ListOwned(ctx, string(kind), int32(limit))
	if err != nil {
		return nil, s.explain("list owners", err)
	}
	list := make([]token.Owned, len(rows))
	for i, row := range rows {
		list[i] = token.Owned{Owner: row.Owner, Kind: kind, Count: int(row.N)}
	}
	return list, nil
}
