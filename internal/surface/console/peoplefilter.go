package console

import (
	"maps"
	"net/url"
	"slices"

	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// nameFilter is which part of a list by name is shown, as its URL says it: of
// people, groups, workspaces, and of the members of one.
type nameFilter struct {
	path          string // of the list
	text, state   string
	after, before string // names
}

// readNameFilter reads the query of a list whose entries are in one of these
// states. What means nothing is as good as none.
func readNameFilter(r *web.Request, path string, states ...string) (nameFilter, error) {
	f := nameFilter{path: path}
	params, err := r.Query()
	if err != nil {
		return f, err
	}
	for _, one := range []struct {
		name string
		into *string
	}{{"q", &f.text}, {"state", &f.state}, {"after", &f.after}, {"before", &f.before}} {
		if *one.into, err = params.One(one.name); err != nil {
			return f, err
		}
	}
	if !slices.Contains(states, f.state) {
		f.state = ""
	}
	if f.after != "" {
		f.before = ""
	}
	return f, nil
}

func (f nameFilter) active() bool { return f.text != "" || f.state != "" }

// good reports whether anything can match.
func (f nameFilter) good() bool {
	return len(f.text) <= maxSearch && (f.text == "" || token.ValidText(f.text))
}

func (f nameFilter) place() token.Place {
	return token.Place{After: f.after, Before: f.before, Limit: pageLength}
}

// values gives the filter as the URL has it, without the place.
func (f nameFilter) values() url.Values {
	values := url.Values{}
	for name, value := range map[string]string{"q": f.text, "state": f.state} {
		if value != "" {
			values.Set(name, value)
		}
	}
	return values
}

// pages leads from a part of the list, between two names, to those beside it.
func (f nameFilter) pages(in token.Section, first, last string) page.Pages {
	to := func(name, value string) string {
		values := maps.Clone(f.values())
		values.Set(name, value)
		return at(f.path, values)
	}
	var p page.Pages
	if in.More && last != "" {
		p.Next = to("after", last)
	}
	if in.Less || first == "" && (f.after != "" || f.before != "") {
		p.First = at(f.path, f.values())
	}
	if in.Less && first != "" {
		p.Previous = to("before", first)
	}
	return p
}

// ends gives the first and the last name of a page.
func ends[T any](list []T, name func(T) string) (first, last string) {
	if len(list) == 0 {
		return "", ""
	}
	return name(list[0]), name(list[len(list)-1])
}
