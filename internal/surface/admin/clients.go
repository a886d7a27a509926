package admin

import (
	"net/http"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

func (s surface) clientRoutes() []web.Route {
	return []web.Route{
		route(http.MethodGet, api.PathClients, policy.Admin, s.listClients),
		route(http.MethodPost, api.PathClientRemove, policy.Admin, onOne("id", s.Authority.RemoveClient)),
	}
}

func (s surface) listClients(w http.ResponseWriter, r *web.Request) error {
	clients, err := s.Authority.ListClients(r.Context(), r.Principal)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, api.OAuthClients{Clients: each(clients, wireClient)})
}

func wireClient(c token.Client) api.OAuthClient {
	return api.OAuthClient{
		ID: c.ID, Name: c.Name, RedirectURIs: c.RedirectURIs, Public: c.IsPublic(), Scopes: append([]string{}, c.Scopes...),
		CreatedBy: c.CreatedBy, CreatedAt: c.CreatedAt, UsedAt: c.UsedAt, ExpiresAt: c.ExpiresAt,
	}
}
