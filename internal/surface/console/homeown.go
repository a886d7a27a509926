package console

import (
	"github.com/a-h/templ"

	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/page/message"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

// ownTokens lists the tokens that the person has made for themselves, those that
// end next first.
func (h handlers) ownTokens(v *page.Visitor, r *web.Request, shown *homeView) error {
	table := page.Table{
		Caption: v.Text("home.plain"),
		Columns: []page.Column{
			{Title: v.Text("token.name")},
			{Title: v.Text("inventory.kind")},
			{Title: v.Text("token.expires")},
			{Title: v.Text("token.last-used")},
			{Title: v.Text("token.state")},
		},
		Empty: page.Empty{
			Title: v.Text("home.own.none"), Text: v.Text("home.plain.text"),
			Action: page.Link{Text: v.Text("home.plain.action"), Path: personalPath},
		},
	}
	for _, kind := range []token.Kind{token.KindPersonal, token.KindWorkspace} {
		rules, err := h.Authority.Rules(kind)
		if err != nil || !h.may(r.Principal, rules.Read) {
			continue // not here, or not for them
		}
		found, err := h.Authority.List(r.Context(), r.Principal, token.Query{
			Kind: kind, Owner: r.Principal.Ref, Sort: token.SortExpiresAt, Asc: true, Limit: soonest, NoTotal: true,
			States: []token.State{token.StateActive, token.StateExpiring, token.StateDisabled},
		})
		if err != nil {
			return err
		}
		for _, t := range found.Tokens {
			row := inventoryRow{tokenView: viewOf(t, h.stateOf(t)), kind: v.Text(kindKey(kind))}
			table.Rows = append(table.Rows, page.Row{Cells: []templ.Component{
				plainName(row), kindCell(row), expiresCell(v, row.tokenView), usedCell(v, row.tokenView), stateCell(v, row.tokenView),
			}})
		}
	}
	shown.own = table
	return nil
}

// shortcut leads to what one often wants.
type shortcut struct {
	icon   page.Icon
	text   message.Key
	path   string
	dialog bool
}

// shortcuts are those of the pages that somebody may use.
func (h handlers) shortcuts(v *page.Visitor) []shortcut {
	var list []shortcut
	for _, one := range []struct {
		shortcut

		permission policy.Permission
	}{
		{shortcut{page.IconPlus, "service.new", servicePath + "/new", true}, policy.ServiceWrite},
		{shortcut{page.IconPlus, "user.new", userPath + "/new", true}, policy.UserAdminWrite},
		{shortcut{page.IconGrid, "tab.inventory", inventoryPath, false}, policy.Admin},
		{shortcut{page.IconLog, "tab.audit", adminBase + "/audit", false}, policy.AuditRead},
		{shortcut{page.IconKey, "tab.personal", personalPath, false}, policy.PersonalRead},
		{shortcut{page.IconScreen, "tab.sessions", sessionsPath, false}, ""},
	} {
		if v.May(string(one.permission)) {
			list = append(list, one.shortcut)
		}
	}
	return list
}
