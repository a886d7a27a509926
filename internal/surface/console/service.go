package console

import (
	"net/http"

	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

// servicePath is the list of service tokens.
const servicePath = adminBase + "/access-tokens"

func (h handlers) serviceRoutes() []web.Route {
	read, write := web.Browsers(string(policy.ServiceRead)), web.Browsers(string(policy.ServiceWrite))
	revoke, admin := web.Browsers(string(policy.ServiceRevoke)), web.Browsers(string(policy.Admin))
	routes := []web.Route{
		{Method: http.MethodGet, Pattern: "/access-tokens", Access: read, Handle: h.listService},
		{Method: http.MethodPost, Pattern: "/access-tokens/new/summary", Access: write, Handle: h.summariseService},
		{Method: http.MethodGet, Pattern: "/access-tokens/{id}", Access: read, Handle: h.showService},
	}
	routes = append(routes, change("/access-tokens/new", write, h.newService, h.issueService)...)
	routes = append(routes, change("/access-tokens/{id}/rotate", write, h.askRotateService, h.rotateService)...)
	routes = append(routes, change("/access-tokens/{id}/revoke", revoke, h.askRevokeService, h.revokeService)...)
	routes = append(routes, change("/access-tokens/{id}/disable", admin, h.askDisableService, h.disableService)...)
	return append(routes, web.Route{Method: http.MethodPost, Pattern: "/access-tokens/{id}/enable", Access: admin, Handle: h.enableService})
}

// findService gives the record of the path's id.
func (h handlers) findService(r *web.Request) (token.Token, error) {
	return h.Authority.Find(r.Context(), r.Principal, token.KindService, r.PathValue("id"))
}

// tokenPath gives the page of a service token.
func serviceTokenPath(id string) string { return servicePath + "/" + id }

// serviceTrail leads from a page about a token back to it.
func serviceTrail(v *page.Visitor, name, id string) []page.Link {
	trail := []page.Link{{Text: v.Text("service.title"), Path: servicePath}}
	if id != "" {
		trail = append(trail, page.Link{Text: name, Path: serviceTokenPath(id)})
	}
	return trail
}
