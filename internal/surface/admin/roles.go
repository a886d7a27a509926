package admin

import (
	"net/http"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/internal/login"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

func (s surface) roleRoutes() []web.Route {
	return []web.Route{
		route(http.MethodGet, api.PathRoles, policy.Admin, s.listRoles),
		route(http.MethodPost, api.PathRoleGrant, policy.Admin, onPair("ref", "role", s.Directory.GrantRole)),
		route(http.MethodPost, api.PathRoleWithdraw, policy.Admin, onPair("ref", "role", s.Directory.WithdrawRole)),
		route(http.MethodPost, api.PathLinks, policy.Admin, s.makeLink),
		route(http.MethodPost, api.PathAccessTokens, policy.Admin, s.makeAccessToken),
	}
}

func (s surface) listRoles(w http.ResponseWriter, r *web.Request) error {
	roles, grants, err := s.Directory.ListRoles(r.Context(), r.Principal)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, api.Roles{
		Roles:  roles,
		Grants: each(grants, func(g token.RoleGrant) api.RoleGrant { return api.RoleGrant(g) }),
	})
}

func (s surface) makeLink(w http.ResponseWriter, r *web.Request) error {
	f := body(r, "user")
	user := f.text("user")
	if f.err != nil {
		return f.err
	}
	link, err := s.Directory.MakeLink(r.Context(), r.Principal, user)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusCreated, api.Link{
		URL: s.About.PublicURL + login.SignInPath + link.Code.Reveal(), User: link.User, ExpiresAt: link.ExpiresAt,
	})
}

func (s surface) makeAccessToken(w http.ResponseWriter, r *web.Request) error {
	f := body(r, "user", "ttlSeconds")
	user, ttl := f.text("user"), f.seconds("ttlSeconds")
	if f.err != nil {
		return f.err
	}
	made, err := s.AccessTokens.Issue(r.Context(), r.Principal, user, ttl)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusCreated, api.AccessToken{
		AccessToken: made.Token.Reveal(), User: made.User, ExpiresAt: made.ExpiresAt,
	})
}
