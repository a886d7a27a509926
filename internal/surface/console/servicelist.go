package console

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

// pageLength is how many rows a page of a list has.
const pageLength = 50

// maxSearch is the longest text that is searched for, in bytes.
const maxSearch = 100

// listedService is the list of service tokens.
type listedService struct {
	filter  tokenFilter
	table   page.Table
	groups  []string
	mayMake bool
}

func (h handlers) listService(w http.ResponseWriter, r *web.Request) error {
	v, err := h.Site.Visitor(r)
	if err != nil {
		return err
	}
	filter, err := readTokenFilter(r, servicePath)
	if err != nil {
		return err
	}
	found, err := h.seek(r, filter, token.Query{Kind: token.KindService})
	if err != nil {
		return err
	}
	groups, err := h.ownerChoices(r, policy.ServiceRead)
	if err != nil {
		return err
	}
	list := listedService{filter: filter, groups: groups, mayMake: h.may(r.Principal, policy.ServiceWrite)}
	list.table = h.serviceTable(v, r, list, found)
	return h.Site.Write(w, v, page.Sheet{Title: v.Text("service.title"), Tab: servicePath, Content: serviceList(v, list)})
}

func (h handlers) serviceTable(v *page.Visitor, r *web.Request, list listedService, found tokenPage) page.Table {
	column := func(title string, by token.SortBy) page.Column { return list.filter.column(title, by) }
	table := page.Table{
		Caption: v.Text("service.title"),
		Columns: []page.Column{
			column(v.Text("token.name"), token.SortName), column(v.Text("token.owner"), token.SortOwner),
			{Title: v.Text("token.scopes")},
			column(v.Text("token.created"), token.SortCreatedAt), column(v.Text("token.expires"), token.SortExpiresAt),
			column(v.Text("token.last-used"), token.SortLastUsedAt),
			{Title: v.Text("token.state")},
			{},
		},
		Pages: list.filter.pages(found),
		Empty: serviceEmpty(v, list),
	}
	table.Pages.Total = v.Count("service.count", found.total)
	for _, t := range found.tokens {
		one := h.viewService(r, t)
		table.Rows = append(table.Rows, page.Row{ID: one.ID, Cells: []templ.Component{
			nameCell(serviceTokenPath(one.ID), one), ownerCell(one), scopesCell(v, one), createdCell(v, one),
			expiresCell(v, one), usedCell(v, one), stateCell(v, one), serviceMenu(v, one),
		}})
	}
	return table
}

// viewService puts a record into words, with what the principal can do to it.
func (h handlers) viewService(r *web.Request, t token.Token) tokenView {
	state := token.StateActive
	if rules, err := h.Authority.Rules(token.KindService); err == nil { // they are there: it was found by them
		state = t.State(h.Authority.Now(), rules.Notice)
	}
	one := viewOf(t, state)
	one.MayRevoke = t.RevokedAt.IsZero() && h.may(r.Principal, policy.ServiceRevoke)
	one.MayChange = one.Works() && !one.IsDisabled() && h.may(r.Principal, policy.ServiceWrite)
	one.MayDisable = one.Works() && h.may(r.Principal, policy.Admin)
	return one
}

func serviceEmpty(v *page.Visitor, list listedService) page.Empty {
	switch {
	case list.filter.active():
		return page.Empty{
			Title: v.Text("service.nothing.title"), Text: v.Text("service.nothing.text"),
			Action: page.Link{Text: v.Text("table.clear"), Path: servicePath},
		}
	case list.mayMake:
		return page.Empty{
			Title: v.Text("service.none.title"), Text: v.Text("service.none.text"),
			Action: page.Link{Text: v.Text("service.new"), Path: servicePath + "/new"}, Dialog: true,
		}
	}
	return page.Empty{Title: v.Text("service.none.title"), Text: v.Text("service.none.ask")}
}

// ownerChoices gives the groups that somebody may hold a permission for, to
// choose from.
func (h handlers) ownerChoices(r *web.Request, permission policy.Permission) ([]string, error) {
	owners, all := h.Policy().Owners(r.Principal, permission)
	if !all {
		return slices.Sorted(slices.Values(owners)), nil
	}
	return h.Groups(r.Context())
}

// at gives a path with a query.
func at(path string, query url.Values) string {
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}
