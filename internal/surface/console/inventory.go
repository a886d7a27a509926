package console

import (
	"net/http"

	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

// inventoryView is the page about the tokens of every kind.
type inventoryView struct {
	filter  inventoryFilter
	kinds   []token.Kind
	scopes  []string // to choose from
	figures *inventoryFigures
	table   page.Table
	all     map[bulkAction]string // what asks about all that match; empty without a filter
}

func (h handlers) inventoryRoutes() []web.Route {
	admin := web.Browsers(string(policy.Admin))
	routes := []web.Route{{Method: http.MethodGet, Pattern: "/inventory", Access: admin, Handle: h.inventory}}
	return append(routes, change("/inventory/change", admin, h.askBulk, h.changeBulk)...)
}

// inventory shows the list, and pictures of all of it where nothing narrows it:
// whoever follows a picture wants the list.
func (h handlers) inventory(w http.ResponseWriter, r *web.Request) error {
	v, err := h.Site.Visitor(r)
	if err != nil {
		return err
	}
	params, err := r.Query()
	if err != nil {
		return err
	}
	f, err := readInventoryFilter(params)
	if err != nil {
		return err
	}
	shown := inventoryView{filter: f, kinds: h.inventoryKinds(r, inventoryFilter{}), all: bulkPaths(f)}
	if !f.active() && f.after == "" {
		figures, err := h.figures(v, r, shown.kinds)
		if err != nil {
			return err
		}
		shown.figures = &figures
	}
	if shown.scopes, err = h.inventoryScopes(r, shown.kinds); err != nil {
		return err
	}
	list, more, err := h.listInventory(r, f)
	if err != nil {
		return err
	}
	shown.table = h.inventoryTable(v, r, f, list, more)
	return h.Site.Write(w, v, page.Sheet{Title: v.Text("inventory.title"), Tab: inventoryPath, Content: inventoryPage(v, shown)})
}

// inventoryScopes gives the scopes that tokens of these kinds may hold.
func (h handlers) inventoryScopes(r *web.Request, kinds []token.Kind) ([]string, error) {
	var all token.Scopes
	for _, kind := range kinds {
		catalogue, err := h.Authority.Catalogue(r.Context(), r.Principal, kind)
		if err != nil {
			return nil, err
		}
		for _, scope := range catalogue {
			all = append(all, scope.ID)
		}
	}
	return all.Unique(), nil
}

// owners gives the refs that are offered while one types: those with the most
// tokens.
func (s inventoryView) owners() []string {
	if s.figures == nil {
		return nil
	}
	refs := make([]string, len(s.figures.owners))
	for i, one := range s.figures.owners {
		refs[i] = one.text
	}
	return refs
}
