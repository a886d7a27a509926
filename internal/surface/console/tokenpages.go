package console

import (
	"context"
	"net/http"

	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/page/message"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

// tokenPages are the pages on which administrators look after the tokens of one
// kind: list, form, one-time display, detail, and what changes a token. What
// differs between the kinds stands here; the pages are the same.
type tokenPages struct {
	handlers

	kind token.Kind
	path string // of the list
	// owner is what a token belongs to, as refs begin with it: "group" or "user".
	// The list is narrowed by a parameter of that name.
	owner string
	// owners gives the refs of those that exist, for suggestions.
	owners func(ctx context.Context) ([]string, error)

	read, write, revoke policy.Permission
	words               kindWords
	form                formRules
}

// kindWords are what pages say that differs between kinds.
type kindWords struct {
	title, lead, search       message.Key
	owner, scopes             message.Key
	add, addLead              message.Key
	noneTitle, none, mayNot   message.Key // of a list without tokens
	nothing                   message.Key // of a filter without tokens
	nameHint, ownerHint       message.Key
	expiryLimit               message.Key
	nameTaken, nameCharacters message.Key
	ownerEmpty, ownerUnknown  message.Key
	ownerFull                 message.Key
	scopesEmpty, scopesLost   message.Key
}

// formRules are what the form of a new token asks for and takes.
type formRules struct {
	described bool                   // there is a description
	presets   bool                   // scopes are chosen by a preset or one by one
	named     func(name string) bool // whether a name has its characters alone
}

// routes gives the routes of all pages of the kind, below adminBase.
func (p tokenPages) routes(pattern string) []web.Route {
	read, write, revoke := web.Browsers(string(p.read)), web.Browsers(string(p.write)), web.Browsers(string(p.revoke))
	admin := web.Browsers(string(policy.Admin))
	routes := []web.Route{
		{Method: http.MethodGet, Pattern: pattern, Access: read, Handle: p.list},
		{Method: http.MethodPost, Pattern: pattern + "/new/summary", Access: write, Handle: p.summarise},
		{Method: http.MethodGet, Pattern: pattern + "/{id}", Access: read, Handle: p.show},
	}
	routes = append(routes, change(pattern+"/new", write, p.begin, p.issue)...)
	routes = append(routes, change(pattern+"/{id}/rotate", write, p.askRotate, p.rotate)...)
	routes = append(routes, change(pattern+"/{id}/revoke", revoke, p.askRevoke, p.end)...)
	routes = append(routes, change(pattern+"/{id}/disable", admin, p.askDisable, p.disable)...)
	return append(routes, web.Route{Method: http.MethodPost, Pattern: pattern + "/{id}/enable", Access: admin, Handle: p.enable})
}

// find gives the record of the path's id.
func (p tokenPages) find(r *web.Request) (token.Token, error) {
	return p.Authority.Find(r.Context(), r.Principal, p.kind, r.PathValue("id"))
}

// pathOf gives the page of a token.
func (p tokenPages) pathOf(id string) string { return p.path + "/" + id }

// trail leads from a page about a token back to it; from others to the list.
func (p tokenPages) trail(v *page.Visitor, name, id string) []page.Link {
	trail := []page.Link{{Text: v.Text(p.words.title), Path: p.path}}
	if id != "" {
		trail = append(trail, page.Link{Text: name, Path: p.pathOf(id)})
	}
	return trail
}
