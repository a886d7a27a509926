package console

import (
	"maps"
	"net/url"
	"slices"

	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// tokenFilter is which tokens a list shows and in which order, as its URL says
// it.
type tokenFilter struct {
	path               string // of the list
	of                 string // what owns its tokens, "group" or "user"; the parameter
	state, owner, text string
	sort               token.SortBy
	asc                bool
	after, before      string // ids of tokens
	whole              bool   // the list is of a whole workspace, for its owners
}

// readTokenFilter reads the query of a list. What means nothing is as good as
// none; what was given twice is an error.
func readTokenFilter(r *web.Request, path, of string) (tokenFilter, error) {
	params, err := r.Query()
	if err != nil {
		return tokenFilter{}, err
	}
	f := tokenFilter{path: path, of: of, sort: token.SortCreatedAt}
	var sort, order string
	for _, one := range []struct {
		name string
		into *string
	}{
		{"state", &f.state},
		{of, &f.owner},
		{"q", &f.text},
		{"sort", &sort},
		{"order", &order},
		{"after", &f.after},
		{"before", &f.before},
	} {
		if *one.into, err = params.One(one.name); err != nil {
			return tokenFilter{}, err
		}
	}
	if !slices.Contains(token.States(), token.State(f.state)) {
		f.state = ""
	}
	if by := token.SortBy(sort); slices.Contains(sorts(), by) {
		f.sort = by
	}
	f.asc = order == "asc"
	return f, nil
}

func sorts() []token.SortBy {
	return []token.SortBy{token.SortName, token.SortOwner, token.SortCreatedAt, token.SortExpiresAt, token.SortLastUsedAt}
}

// active reports whether the list shows a part alone.
func (f tokenFilter) active() bool { return f.state != "" || f.owner != "" || f.text != "" }

// cleared gives the address of the list without filter and order.
func (f tokenFilter) cleared() string {
	return at(f.path, tokenFilter{sort: token.SortCreatedAt, whole: f.whole}.values())
}

// query puts the filter into a query of the authority. ok is false when nothing
// can match it.
func (f tokenFilter) query(q token.Query) (_ token.Query, ok bool) {
	q.Sort, q.Asc, q.Text = f.sort, f.asc, f.text
	if f.state != "" {
		q.States = []token.State{token.State(f.state)}
	}
	if f.owner != "" {
		if q.Owner, ok = token.ParseRef(f.of, f.owner); !ok {
			return q, false
		}
	}
	return q, len(f.text) <= maxSearch && (f.text == "" || token.ValidText(f.text))
}

// values gives the filter and the order as the URL has them, without the place.
func (f tokenFilter) values() url.Values {
	values := url.Values{}
	for name, value := range map[string]string{"state": f.state, f.of: f.owner, "q": f.text} {
		if value != "" {
			values.Set(name, value)
		}
	}
	if f.sort != token.SortCreatedAt || f.asc {
		values.Set("sort", string(f.sort))
	}
	if f.asc {
		values.Set("order", "asc")
	}
	if f.whole {
		values.Set("view", viewAll)
	}
	return values
}

// column gives a column by which the list can be ordered. Names begin at the
// front, times at the newest.
func (f tokenFilter) column(title string, by token.SortBy) page.Column {
	next := f
	next.sort = by
	next.asc = by == token.SortName || by == token.SortOwner
	column := page.Column{Title: title}
	if f.sort == by {
		next.asc = !f.asc
		column.Order = page.Descending
		if f.asc {
			column.Order = page.Ascending
		}
	}
	column.Sort = at(f.path, next.values())
	return column
}

// pages leads from a part of the list to those beside it.
func (f tokenFilter) pages(found tokenPage) page.Pages {
	to := func(name, id string) string {
		values := maps.Clone(f.values())
		values.Set(name, id)
		return at(f.path, values)
	}
	var p page.Pages
	if n := len(found.tokens); n > 0 {
		if found.more {
			p.Next = to("after", found.tokens[n-1].ID)
		}
		if found.less {
			p.First = at(f.path, f.values())
			p.Previous = to("before", found.tokens[0].ID)
		}
	}
	return p
}
