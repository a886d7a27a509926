package console

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/page/message"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

// pageLength is how many rows a page of a list has.
const pageLength = 50

// maxSearch is the longest text that is searched for, in bytes.
const maxSearch = 100

// listedTokens is the list of the tokens of a kind.
type listedTokens struct {
	tokenPages

	filter  tokenFilter
	table   page.Table
	choices []string // owners, to choose from
	mayMake bool
}

func (p tokenPages) list(w http.ResponseWriter, r *web.Request) error {
	if p.in != nil {
		return p.listInWorkspace(w, r)
	}
	v, err := p.Site.Visitor(r)
	if err != nil {
		return err
	}
	filter, err := readTokenFilter(r, p.path, p.owner)
	if err != nil {
		return err
	}
	found, err := p.seek(r, filter, token.Query{Kind: p.kind})
	if err != nil {
		return err
	}
	choices, err := p.ownerChoices(r, p.read)
	if err != nil {
		return err
	}
	list := listedTokens{tokenPages: p, filter: filter, choices: choices, mayMake: p.may(r.Principal, p.write)}
	list.table = p.tableOf(v, r, list, found)
	return p.Site.Write(w, v, page.Sheet{
		Title: v.Text(p.words.title), Tab: p.path, Content: tokenList(v, list), Live: []token.Kind{p.kind},
	})
}

func (p tokenPages) tableOf(v *page.Visitor, r *web.Request, list listedTokens, found tokenPage) page.Table {
	column := func(title message.Key, by token.SortBy) page.Column { return list.filter.column(v.Text(title), by) }
	table := page.Table{
		Caption: v.Text(p.words.title),
		Columns: []page.Column{
			column("token.name", token.SortName), column(p.words.owner, token.SortOwner),
			{Title: v.Text(p.words.scopes)},
			column("token.created", token.SortCreatedAt), column("token.expires", token.SortExpiresAt),
			column("token.last-used", token.SortLastUsedAt),
			{Title: v.Text("token.state")},
			{},
		},
		Pages: list.filter.pages(found),
		Empty: list.empty(v),
	}
	table.Pages.Total = v.Count("token.count", found.total)
	for _, t := range found.tokens {
		one := p.view(r, t)
		table.Rows = append(table.Rows, page.Row{ID: one.ID, Cells: []templ.Component{
			nameCell(one), ownerCell(one), scopesCell(v, one), createdCell(v, one),
			expiresCell(v, one), usedCell(v, one), stateCell(v, one), tokenMenu(v, one),
		}})
	}
	return table
}

// view puts a record into words, with what the principal can do to it.
func (p tokenPages) view(r *web.Request, t token.Token) tokenView {
	state := token.StateActive
	if rules, err := p.Authority.Rules(p.kind); err == nil { // they are there: it was found by them
		state = t.State(p.Authority.Now(), rules.Notice)
	}
	one := viewOf(t, state)
	one.Path, one.OwnerTitle, one.ScopesTitle = p.pathOf(t.ID), p.words.owner, p.words.scopes
	one.MayRevoke = t.RevokedAt.IsZero() && p.may(r.Principal, p.revoke)
	one.MayChange = one.Works() && !one.IsDisabled() && p.may(r.Principal, p.write)
	one.MayDisable = one.Works() && p.may(r.Principal, policy.Admin)
	if p.in != nil {
		one.MayChange = one.MayChange && p.in.usable && t.Owner == r.Principal.Ref
	}
	return one
}

// empty says why the list has no rows, and what to do about it.
func (l listedTokens) empty(v *page.Visitor) page.Empty {
	switch {
	case l.filter.active():
		return page.Empty{
			Title: v.Text("token.nothing.title"), Text: v.Text(l.words.nothing),
			Action: page.Link{Text: v.Text("table.clear"), Path: l.filter.cleared()},
		}
	case l.mayMake:
		return page.Empty{
			Title: v.Text(l.words.noneTitle), Text: v.Text(l.words.none),
			Action: page.Link{Text: v.Text(l.words.add), Path: l.path + "/new"}, Dialog: true,
		}
	}
	return page.Empty{Title: v.Text(l.words.noneTitle), Text: v.Text(l.words.mayNot)}
}

// ownerChoices gives the owners that somebody may hold a permission for, to
// choose from.
func (p tokenPages) ownerChoices(r *web.Request, permission policy.Permission) ([]string, error) {
	owners, all := p.Policy().Owners(r.Principal, permission)
	if !all || p.owners == nil {
		return slices.Sorted(slices.Values(owners)), nil
	}
	return p.owners(r.Context())
}

// at gives a path with a query.
func at(path string, query url.Values) string {
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}
