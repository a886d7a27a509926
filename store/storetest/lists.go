package storetest

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/tokenwright/tokenwright/token"
)

func listBehaviours() []behaviour {
	return []behaviour{
		{"every list is what its query says of each record, over random tables", listsAreRight},
		{"an empty list of owners is an empty list", noOwners},
		{"many owners are listed together", manyOwners},
		{"a search is literal, whatever its case", searchIsLiteral},
		{"a search never spans two fields", searchWithinFields},
		{"many searches at once all end, and one that is given up does not hold the others", searchesAtOnce},
		{"a workspace limits a list", workspaceLimits},
		{"totals stay right while tokens settle", totalsStayRight},
		{"a limit of 0 gives the total alone", totalAlone},
	}
}

// listsAreRight compares lists with the same list made from the records by
// token.Token.State and plain sorting.
func listsAreRight(r *rig) {
	round := 0
	rapid.Check(r.T, func(t *rapid.T) {
		round++
		table := r.randomTable(t, round)
		if rapid.IntRange(0, 3).Draw(t, "sequence") == 0 {
			r.sequence()
		}
		now := table.now(t)
		if rapid.IntRange(0, 3).Draw(t, "sweep") == 0 {
			// An instant that all later ones are behind: expired stays expired.
			_, err := r.store.Sweep(r.ctx, start(), 50)
			r.must(err)
		}
		for range 3 {
			q := table.query(t, now)
			table.compare(r, q)
		}
	})
}

// table is a set of tokens of two owners that no other round knows.
type table struct {
	owners [2]string
	tokens []token.Token
	marks  []token.Mark
}

func (r *rig) randomTable(t *rapid.T, round int) table {
	tbl := table{owners: [2]string{
		"group:default/" + numbered("a", round), "group:default/" + numbered("b", round),
	}}
	minutes := func(name string, from, to int) time.Duration {
		return time.Duration(rapid.IntRange(from, to).Draw(t, name)) * time.Minute
	}
	maybe := func(name string, base time.Time) time.Time {
		if rapid.Bool().Draw(t, "has "+name) {
			return base.Add(minutes(name, 0, 4))
		}
		return time.Time{}
	}
	var drafts []token.New
	for i := range rapid.IntRange(0, 14).Draw(t, "tokens") {
		n := draft(numbered("t", i), func(n *token.New) {
			n.Token.Owner = tbl.owners[rapid.IntRange(0, 1).Draw(t, "owner")]
			if rapid.Bool().Draw(t, "writes") {
				n.Token.Scopes = token.Scopes{"write:catalog"}
			}
			n.Token.Name = numbered(rapid.SampledFrom([]string{"ci", "Deploy", "x_y"}).Draw(t, "name"), i)
			n.Token.CreatedAt = start().Add(minutes("created", -4, 0))
			n.Token.ExpiresAt = start().Add(minutes("expires", -3, 6))
			n.Token.LastUsedAt = maybe("used", start())
			n.Token.DisabledAt = maybe("disabled", start())
			if rapid.IntRange(0, 3).Draw(t, "revoked") == 0 {
				n.Token.RevokedAt, n.Token.RevokedBy = start(), bob
			}
		})
		drafts = append(drafts, n)
		tbl.tokens = append(tbl.tokens, n.Token)
	}
	for _, err := range parallel(len(drafts), func(i int) error { return r.create(drafts[i]) }) {
		r.must(err)
	}
	if rapid.IntRange(0, 4).Draw(t, "mark") == 0 {
		m := r.mark(token.Mark{Owner: tbl.owners[0], NotBefore: start().Add(-2 * time.Minute)}, start())
		tbl.marks = append(tbl.marks, m)
		for i := range tbl.tokens {
			if one := &tbl.tokens[i]; m.Covers(one) && one.RevokedAt.IsZero() {
				one.RevokedAt, one.RevokedBy = m.CreatedAt, m.RevokedBy
			}
		}
	}
	return tbl
}

func (table) now(t *rapid.T) time.Time {
	return start().Add(time.Duration(rapid.IntRange(0, 5).Draw(t, "now")) * time.Minute)
}

func (tbl table) query(t *rapid.T, now time.Time) token.Query {
	q := token.Query{
		Kind: token.KindService, Now: now,
		Notice: token.Notice{
			Window: time.Duration(rapid.IntRange(0, 3).Draw(t, "window")) * time.Minute,
			Share:  rapid.SampledFrom([]int64{0, 4}).Draw(t, "share"),
		},
		Sort: rapid.SampledFrom([]token.SortBy{
			"", token.SortCreatedAt, token.SortExpiresAt, token.SortLastUsedAt, token.SortName, token.SortOwner,
		}).Draw(t, "sort"),
		Asc:    rapid.Bool().Draw(t, "asc"),
		Limit:  rapid.IntRange(1, 6).Draw(t, "limit"),
		Offset: rapid.IntRange(0, 8).Draw(t, "offset"),
		States: rapid.SliceOfNDistinct(rapid.SampledFrom(token.States()), 0, 4, rapid.ID[token.State]).Draw(t, "states"),
	}
	switch rapid.IntRange(0, 2).Draw(t, "owners") {
	case 0:
		q.Owner = tbl.owners[0]
	case 1:
		q.Owners = tbl.owners[:]
	case 2:
		q.Owner, q.Owners = tbl.owners[1], tbl.owners[:]
	}
	if rapid.IntRange(0, 2).Draw(t, "search") == 0 {
		q.Text = rapid.SampledFrom([]string{"CI", "deploy", "_", "x_Y", "nothing"}).Draw(t, "text")
	}
	if rapid.IntRange(0, 3).Draw(t, "by scope") == 0 {
		q.Scope = rapid.SampledFrom([]string{"read:catalog", "write:catalog", "read", "Read:catalog", "%"}).Draw(t, "scope")
	}
	bound := func(name string, at *time.Time) {
		if rapid.IntRange(0, 3).Draw(t, name) == 0 {
			*at = start().Add(time.Duration(rapid.IntRange(-3, 6).Draw(t, name+" at")) * time.Minute)
		}
	}
	bound("expires from", &q.ExpiresFrom)
	bound("expires before", &q.ExpiresBefore)
	bound("unused since", &q.UnusedSince)
	return q
}

// compare checks a page, its total, and the whole list walked by keyset.
func (tbl table) compare(r *rig, q token.Query) {
	r.Helper()
	want := tbl.expect(q)
	page, err := r.store.ListTokens(r.ctx, q)
	r.must(err)
	r.same("total", page.Total, len(want))
	first := min(q.Offset, len(want))
	r.same("page", records(page.Tokens), records(want[first:min(first+q.Limit, len(want))]))

	q.NoTotal = true
	walked := []token.Token{}
	for q.Offset, q.After = 0, nil; ; {
		page, err := r.store.ListTokens(r.ctx, q)
		r.must(err)
		walked = append(walked, page.Tokens...)
		if len(page.Tokens) < q.Limit {
			break
		}
		q.After = cursorOf(page.Tokens[len(page.Tokens)-1], q.Sort)
	}
	r.same("walk by keyset", ids(walked), ids(want))
}

func records(tokens []token.Token) []token.Token { return append([]token.Token{}, tokens...) }

func cursorOf(t token.Token, sort token.SortBy) *token.Cursor {
	switch sort {
	case token.SortExpiresAt:
		return &token.Cursor{ID: t.ID, Time: t.ExpiresAt}
	case token.SortLastUsedAt:
		return &token.Cursor{ID: t.ID, Time: t.LastUsedAt, Never: t.LastUsedAt.IsZero()}
	case token.SortName:
		return &token.Cursor{ID: t.ID, Text: t.Name}
	case token.SortOwner:
		return &token.Cursor{ID: t.ID, Text: t.Owner}
	case token.SortCreatedAt:
	}
	return &token.Cursor{ID: t.ID, Time: t.CreatedAt}
}

// expect makes the whole list from the records.
func (tbl table) expect(q token.Query) []token.Token {
	var out []token.Token
	for _, t := range tbl.tokens {
		all := strings.ToLower(t.Name + "\n" + t.Description + "\n" + t.Hint)
		switch {
		case q.Owner != "" && t.Owner != q.Owner:
		case len(q.States) > 0 && !slices.Contains(q.States, t.State(q.Now, q.Notice)):
		case !strings.Contains(all, strings.ToLower(q.Text)):
		case q.Scope != "" && !slices.Contains(t.Scopes, q.Scope):
		case !q.ExpiresFrom.IsZero() && t.ExpiresAt.Before(q.ExpiresFrom):
		case !q.ExpiresBefore.IsZero() && !t.ExpiresAt.Before(q.ExpiresBefore):
		case !q.UnusedSince.IsZero() && !isUnused(t, q.UnusedSince):
		default:
			out = append(out, t)
		}
	}
	slices.SortFunc(out, func(a, b token.Token) int {
		if never := boolCompare(a.LastUsedAt.IsZero(), b.LastUsedAt.IsZero()); q.Sort == token.SortLastUsedAt && never != 0 {
			return never
		}
		n := cmp.Or(compareBy(q.Sort, a, b), strings.Compare(a.ID, b.ID))
		if !q.Asc {
			n = -n
		}
		return n
	})
	return out
}

// isUnused reports whether a token was last used before a time, or never and made
// before it.
func isUnused(t token.Token, since time.Time) bool {
	if t.LastUsedAt.IsZero() {
		return t.CreatedAt.Before(since)
	}
	return t.LastUsedAt.Before(since)
}

func compareBy(sort token.SortBy, a, b token.Token) int {
	switch sort {
	case token.SortExpiresAt:
		return a.ExpiresAt.Compare(b.ExpiresAt)
	case token.SortLastUsedAt:
		return a.LastUsedAt.Compare(b.LastUsedAt)
	case token.SortName:
		return strings.Compare(a.Name, b.Name)
	case token.SortOwner:
		return strings.Compare(a.Owner, b.Owner)
	case token.SortCreatedAt:
	}
	return a.CreatedAt.Compare(b.CreatedAt)
}

func boolCompare(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
