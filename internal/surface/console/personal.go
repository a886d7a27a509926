package console

import (
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/login"
	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/page/message"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

// personalPath is the list of one's own personal tokens. It is also where the
// callback of a mint leads, with the new token in the fragment.
const personalPath = "/settings/personal-tokens"

// Personal is how personal tokens are begun, and known again when they are made.
type Personal struct {
	// Begin keeps a wish for a token, makes the browser known, and gives the
	// address at which the person consents to it.
	Begin func(w http.ResponseWriter, r *web.Request, wish authority.Request) (consent string, err error)
	// Cookies tell which tokens were made in a browser a moment ago.
	Cookies login.Cookies
}

// personalPages are the pages on which people look after tokens of their own.
// They differ from those of administrators in three ways: there is no owner but
// whoever looks, a token is made by consent, and it arrives in the fragment.
type personalPages struct{ tokenPages }

func (h handlers) personalPages() personalPages {
	return personalPages{tokenPages{
		handlers: h, kind: token.KindPersonal, path: personalPath, owner: "user",
		read: policy.PersonalRead, write: policy.PersonalWrite, revoke: policy.PersonalRevoke,
		form: formRules{presets: true, longest: maxPersonalName, named: namedAsPersonal},
		words: kindWords{
			title: "personal.title", lead: "personal.lead", search: "personal.search",
			owner: "token.subject", scopes: "personal.may",
			add: "personal.new", addLead: "personal.new.lead",
			noneTitle: "personal.none.title", none: "personal.none.text", mayNot: "personal.none.ask",
			nothing:  "personal.nothing.text",
			nameHint: "personal.name.hint", expiryLimit: "personal.expiry.limit",
			nameTaken: "personal.fault.name.taken", nameCharacters: "personal.fault.name.characters",
			nameLong:    "token.fault.name.long",
			scopesEmpty: "personal.fault.scopes.empty", scopesLost: "personal.fault.scopes.unknown",
		},
	}}
}

// maxPersonalName is the longest name, in characters: all of them are ASCII.
const maxPersonalName = 100

// namedAsPersonal reports whether a name has the characters of the contract
// alone.
func namedAsPersonal(name string) bool {
	const letters = "abcdefghijklmnopqrstuvwxyz"
	return strings.Trim(name, letters+strings.ToUpper(letters)+"0123456789 _.-:/") == ""
}

// personalSurfaces gives the pages, where people make such tokens.
func (h handlers) personalSurfaces() []web.Surface {
	if h.Personal == nil {
		return nil
	}
	return []web.Surface{h.personalPages().surface()}
}

// surface gives the routes of the pages.
func (p personalPages) surface() web.Surface {
	read, write, revoke := web.Browsers(string(p.read)), web.Browsers(string(p.write)), web.Browsers(string(p.revoke))
	routes := []web.Route{
		{Method: http.MethodGet, Pattern: "", Access: read, Live: true, Handle: p.list},
		{Method: http.MethodGet, Pattern: "/fragment.js", Access: web.Public("the script of the page, the same for everybody"), Handle: p.script},
		{Method: http.MethodPost, Pattern: "/new/summary", Access: write, Handle: p.summarise},
		{Method: http.MethodGet, Pattern: "/{id}", Access: read, Live: true, Handle: p.show},
	}
	routes = append(routes, change("/new", write, p.begin, p.send)...)
	routes = append(routes, change("/{id}/revoke", revoke, p.askRevoke, p.end)...)
	return web.Surface{Base: personalPath, Dialect: p, Limits: p.Limits, Routes: routes}
}

func (p personalPages) list(w http.ResponseWriter, r *web.Request) error {
	v, err := p.Site.Visitor(r)
	if err != nil {
		return err
	}
	filter, err := readTokenFilter(r, p.path, p.owner)
	if err != nil {
		return err
	}
	filter.owner = ""
	// Whoever looks is the owner: administrators have no list of everybody here.
	found, err := p.seek(r, filter, token.Query{Kind: p.kind, Owner: r.Principal.Ref})
	if err != nil {
		return err
	}
	list := listedTokens{tokenPages: p.tokenPages, filter: filter, mayMake: p.may(r.Principal, p.write)}
	list.table = p.tableOf(v, r, list, found)
	made := p.arrival(v, r)
	sheet := page.Sheet{Title: v.Text(p.words.title), Tab: p.path, First: fragmentPath, Content: personalList(v, list, made)}
	if !made.happened() { // else looking again would take the token from the page
		sheet.Live = []token.Kind{p.kind}
	}
	return p.Site.Write(w, v, sheet)
}

func (p personalPages) tableOf(v *page.Visitor, r *web.Request, list listedTokens, found tokenPage) page.Table {
	column := func(title message.Key, by token.SortBy) page.Column { return list.filter.column(v.Text(title), by) }
	table := page.Table{
		Caption: v.Text(p.words.title),
		Columns: []page.Column{
			column("token.name", token.SortName),
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
			nameCell(one), personalScopes(v, one), page.Moment(v, one.Created, ""),
			expiresCell(v, one), usedCell(v, one), stateCell(v, one), personalMenu(v, one),
		}})
	}
	return table
}

// findOwn gives the record of the path's id, if it belongs to whoever looks. That
// of somebody else is not found, not even by an administrator (row C5).
func (p personalPages) findOwn(r *web.Request) (token.Token, error) {
	t, err := p.find(r)
	if err == nil && t.Owner != r.Principal.Ref {
		return token.Token{}, token.NewError(token.ErrNotFound, "Not found", nil)
	}
	return t, err
}
