package console

import (
	"context"
	"net/http"

	"github.com/tokenwright/tokenwright/audit"
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
	// in is the workspace that all of the tokens are for; nil for other kinds.
	in *openedWorkspace

	words kindWords
	form  formRules
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
	nameLong                  message.Key
	ownerEmpty, ownerUnknown  message.Key
	ownerFull                 message.Key
	scopesEmpty, scopesLost   message.Key
}

// formRules are what the form of a new token asks for and takes.
type formRules struct {
	described bool                   // there is a description
	presets   bool                   // scopes are chosen by a preset or one by one
	longest   int                    // characters of a name
	named     func(name string) bool // whether a name has its characters alone
}

// routes gives the routes of all pages of the kind.
func (p tokenPages) routes(pattern string) []web.Route {
	return p.routesOf(pattern, func(*web.Request) (tokenPages, error) { return p, nil })
}

// routesOf gives the routes of pages that are another for each request, with the
// permissions of p.
func (p tokenPages) routesOf(pattern string, open opener) []web.Route {
	read, write, revoke := web.Browsers(string(p.read)), web.Browsers(string(p.write)), web.Browsers(string(p.revoke))
	admin, in := web.Browsers(string(policy.Admin)), open.within
	routes := []web.Route{
		{Method: http.MethodGet, Pattern: pattern, Access: read, Live: true, Handle: in(tokenPages.list)},
		{Method: http.MethodPost, Pattern: pattern + "/new/summary", Access: write, Handle: in(tokenPages.summarise)},
		{Method: http.MethodGet, Pattern: pattern + "/{id}", Access: read, Live: true, Handle: in(tokenPages.show)},
	}
	routes = append(routes, change(pattern+"/new", write, in(tokenPages.begin), in(tokenPages.issue))...)
	routes = append(routes, change(pattern+"/{id}/rotate", write, in(tokenPages.askRotate), in(tokenPages.rotate))...)
	routes = append(routes, change(pattern+"/{id}/revoke", revoke, in(tokenPages.askRevoke), in(tokenPages.end))...)
	routes = append(routes, change(pattern+"/{id}/disable", admin, in(tokenPages.askDisable), in(tokenPages.disable))...)
	return append(routes, web.Route{Method: http.MethodPost, Pattern: pattern + "/{id}/enable", Access: admin, Handle: in(tokenPages.enable)})
}

// find gives the record of the path's id.
func (p tokenPages) find(r *web.Request) (token.Token, error) {
	t, err := p.Authority.Find(r.Context(), r.Principal, p.kind, r.PathValue("id"))
	if err == nil && p.in != nil && t.Workspace != p.in.name {
		return token.Token{}, token.NewError(token.ErrNotFound, "Token not found", nil)
	}
	return t, err
}

// findFor gives the record of the path's id to whoever may do to it what action
// tells of, whether or not they may read it.
func (p tokenPages) findFor(r *web.Request, action audit.Action) (token.Token, error) {
	if p.in != nil {
		return p.find(r) // owners of a workspace may end what they may read
	}
	return p.Authority.FindFor(r.Context(), r.Principal, p.kind, r.PathValue("id"), action)
}

// pathOf gives the page of a token.
func (p tokenPages) pathOf(id string) string { return p.path + "/" + id }

// back gives where a change of a token leads: to its page, or home for whoever may
// not read what they may change.
func (p tokenPages) back(r *web.Request, id string) string {
	if !p.may(r.Principal, p.read) {
		return "/"
	}
	return p.pathOf(id)
}

// trail leads from a page about a token back to it; from others to the list.
func (p tokenPages) trail(v *page.Visitor, name, id string) []page.Link {
	if !v.May(string(p.read)) {
		return nil
	}
	trail := []page.Link{{Text: v.Text(p.words.title), Path: p.path}}
	if p.in != nil {
		trail = []page.Link{{Text: v.Text(p.words.title), Path: myWorkspacesPath}, {Text: p.in.name, Path: p.path}}
	}
	if id != "" {
		trail = append(trail, page.Link{Text: name, Path: p.pathOf(id)})
	}
	return trail
}
