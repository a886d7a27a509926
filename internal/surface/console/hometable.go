package console

import (
	"github.com/a-h/templ"

	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// soonTable lists tokens that end soon.
func (h handlers) soonTable(v *page.Visitor, r *web.Request, tokens []token.Token) page.Table {
	table := page.Table{
		Caption: v.Text("home.soon"),
		Columns: []page.Column{
			{Title: v.Text("token.name")},
			{Title: v.Text("token.owner")},
			{Title: v.Text("token.expires")},
			{Title: v.Text("token.last-used")},
			{},
		},
		Empty: page.Empty{Title: v.Text("home.soon.none"), Text: v.Text("home.soon.none.text")},
	}
	for _, t := range tokens {
		one := h.servicePages().view(r, t)
		table.Rows = append(table.Rows, page.Row{Cells: []templ.Component{
			nameCell(one), ownerCell(one), expiresCell(v, one), usedCell(v, one), tokenMenu(v, one),
		}})
	}
	return table
}
