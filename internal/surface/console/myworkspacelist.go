package console

import (
	"net/http"

	"github.com/a-h/templ"

	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/page/message"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// viewAll is the value of "view" for the tokens of everybody in a workspace.
const viewAll = "all"

// workspaceTokens is the list of one's own tokens in a workspace, or of all.
type workspaceTokens struct {
	tokenPages

	filter  tokenFilter
	table   page.Table
	api     workspaceAPI
	mayMake bool
}

func (p tokenPages) listInWorkspace(w http.ResponseWriter, r *web.Request) error {
	v, err := p.Site.Visitor(r)
	if err != nil {
		return err
	}
	list := workspaceTokens{tokenPages: p, api: p.in.api(p.PublicURL, p.Directory.RPC), mayMake: p.in.usable}
	if list.filter, err = p.readWorkspaceFilter(r); err != nil {
		return err
	}
	q := token.Query{Kind: p.kind, Workspace: p.in.name}
	if !list.filter.whole {
		q.Owner = r.Principal.Ref
	}
	found, err := p.seek(r, list.filter, q)
	if err != nil {
		return err
	}
	list.table = p.workspaceTable(v, r, list, found)
	return p.Site.Write(w, v, page.Sheet{
		Title: v.Text("workspace.tokens.title", "workspace", p.in.name), Tab: p.path,
		Trail: p.trail(v, "", "")[:1], Content: workspaceTokenList(v, list), Live: []token.Kind{p.kind},
	})
}

// readWorkspaceFilter reads the query of the list. By whom tokens are is a
// question about all of them alone.
func (p tokenPages) readWorkspaceFilter(r *web.Request) (tokenFilter, error) {
	filter, err := readTokenFilter(r, p.path, p.owner)
	if err != nil {
		return tokenFilter{}, err
	}
	params, err := r.Query()
	if err != nil {
		return tokenFilter{}, err
	}
	view, err := params.One("view")
	if filter.whole = view == viewAll; !filter.whole {
		filter.owner = ""
	}
	return filter, err
}

func (p tokenPages) workspaceTable(v *page.Visitor, r *web.Request, list workspaceTokens, found tokenPage) page.Table {
	column := func(title message.Key, by token.SortBy) page.Column { return list.filter.column(v.Text(title), by) }
	table := page.Table{
		Caption: v.Text("workspace.tokens.title", "workspace", p.in.name),
		Columns: []page.Column{
			column("token.name", token.SortName),
			{Title: v.Text("workspace.access")},
			column("token.created", token.SortCreatedAt), column("token.expires", token.SortExpiresAt),
			column("token.last-used", token.SortLastUsedAt),
			{Title: v.Text("token.state")},
			{},
		},
		Pages: list.filter.pages(found),
		Empty: list.empty(v),
	}
	if list.filter.whole {
		table.Columns = append(table.Columns[:1:1], append([]page.Column{column("workspace.account", token.SortOwner)}, table.Columns[1:]...)...)
	}
	table.Pages.Total = v.Count("token.count", found.total)
	for _, t := range found.tokens {
		one := p.view(r, t)
		cells := []templ.Component{nameCell(one)}
		if list.filter.whole {
			cells = append(cells, ownerCell(one))
		}
		table.Rows = append(table.Rows, page.Row{ID: one.ID, Cells: append(cells,
			accessCell(v, one), page.Moment(v, one.Created, ""), expiresCell(v, one), usedCell(v, one), stateCell(v, one), tokenMenu(v, one),
		)})
	}
	return table
}

// empty says why the list has no rows, and what to do about it.
func (l workspaceTokens) empty(v *page.Visitor) page.Empty {
	return listedTokens{tokenPages: l.tokenPages, filter: l.filter, mayMake: l.mayMake && !l.filter.whole}.empty(v)
}
