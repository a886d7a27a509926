package admin

import (
	"context"
	"net/http"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

func (s surface) directoryRoutes() []web.Route {
	d := s.Directory
	return []web.Route{
		route(http.MethodGet, api.PathUsers, policy.Admin, s.listUsers),
		route(http.MethodPost, api.PathUsers, policy.Admin, s.addUser),
		route(http.MethodPost, api.PathUserDisable, policy.Admin, onOne("ref", d.DisableUser)),
		route(http.MethodPost, api.PathUserEnable, policy.Admin, onOne("ref", d.EnableUser)),
		route(http.MethodPost, api.PathUserRebind, policy.Admin, s.rebindUser),
		route(http.MethodGet, api.PathGroups, policy.Admin, s.listGroups),
		route(http.MethodPost, api.PathGroups, policy.Admin, s.addGroup),
		route(http.MethodPost, api.PathGroupJoin, policy.Admin, onPair("ref", "user", d.JoinGroup)),
		route(http.MethodPost, api.PathGroupLeave, policy.Admin, onPair("ref", "user", d.LeaveGroup)),
		route(http.MethodGet, api.PathWorkspaces, policy.Admin, s.listWorkspaces),
		route(http.MethodPost, api.PathWorkspaces, policy.Admin, s.addWorkspace),
		route(http.MethodPost, api.PathWorkspaceDisable, policy.Admin, onOne("name", d.DisableWorkspace)),
		route(http.MethodPost, api.PathWorkspaceEnable, policy.Admin, onOne("name", d.EnableWorkspace)),
		route(http.MethodPost, api.PathWorkspaceJoin, policy.Admin, s.joinWorkspace),
		route(http.MethodPost, api.PathWorkspaceLeave, policy.Admin, onPair("name", "user", d.LeaveWorkspace)),
	}
}

// done answers a change that has nothing more to tell.
func done(w http.ResponseWriter, err error) error {
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, struct{}{})
}

// onOne handles a change of what one field names.
func onOne(field string, change func(context.Context, token.Principal, string) error) web.Handler {
	return func(w http.ResponseWriter, r *web.Request) error {
		f := body(r, field)
		name := f.text(field)
		if f.err != nil {
			return f.err
		}
		return done(w, change(r.Context(), r.Principal, name))
	}
}

// onPair handles a change that takes two names.
func onPair(a, b string, change func(context.Context, token.Principal, string, string) error) web.Handler {
	return func(w http.ResponseWriter, r *web.Request) error {
		f := body(r, a, b)
		first, second := f.text(a), f.text(b)
		if f.err != nil {
			return f.err
		}
		return done(w, change(r.Context(), r.Principal, first, second))
	}
}

func (s surface) listUsers(w http.ResponseWriter, r *web.Request) error {
	users, err := s.Directory.ListUsers(r.Context(), r.Principal)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, api.Users{Users: each(users, wireUser)})
}

func (s surface) addUser(w http.ResponseWriter, r *web.Request) error {
	f := body(r, "ref", "name")
	ref, name := f.text("ref"), f.text("name")
	if f.err != nil {
		return f.err
	}
	u, err := s.Directory.AddUser(r.Context(), r.Principal, ref, name)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusCreated, wireUser(u))
}

// rebindUser opens a user to another account and, where that is wished, ends what
// the former one has left: second, when it can make nothing more.
func (s surface) rebindUser(w http.ResponseWriter, r *web.Request) error {
	f := body(r, "ref", "endTokens")
	ref, endTokens := f.text("ref"), f.flag("endTokens")
	if f.err != nil {
		return f.err
	}
	err := s.Directory.RebindUser(r.Context(), r.Principal, ref)
	if user, ok := token.ParseUserRef(ref); err == nil && endTokens && ok {
		_, err = s.Authority.RevokeAll(r.Context(), r.Principal, authority.RevokeAllRequest{Owner: user, Reason: "rebound to another account"})
	}
	return done(w, err)
}

func wireUser(u token.User) api.User {
	return api.User{Ref: u.Ref, UUID: u.UUID, Name: u.Name, CreatedAt: u.CreatedAt, DisabledAt: u.DisabledAt}
}

func (s surface) listGroups(w http.ResponseWriter, r *web.Request) error {
	groups, err := s.Directory.ListGroups(r.Context(), r.Principal)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, api.Groups{Groups: each(groups, wireGroup)})
}

func (s surface) addGroup(w http.ResponseWriter, r *web.Request) error {
	f := body(r, "ref")
	ref := f.text("ref")
	if f.err != nil {
		return f.err
	}
	g, err := s.Directory.AddGroup(r.Context(), r.Principal, ref)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusCreated, wireGroup(g))
}

func wireGroup(g token.Group) api.Group {
	return api.Group{Ref: g.Ref, CreatedAt: g.CreatedAt, Members: each(g.Members, func(s string) string { return s })}
}

func (s surface) listWorkspaces(w http.ResponseWriter, r *web.Request) error {
	workspaces, err := s.Directory.ListWorkspaces(r.Context(), r.Principal)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, api.Workspaces{Workspaces: each(workspaces, wireWorkspace)})
}

func (s surface) addWorkspace(w http.ResponseWriter, r *web.Request) error {
	f := body(r, "name")
	name := f.text("name")
	if f.err != nil {
		return f.err
	}
	added, err := s.Directory.AddWorkspace(r.Context(), r.Principal, name)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusCreated, wireWorkspace(added))
}

func (s surface) joinWorkspace(w http.ResponseWriter, r *web.Request) error {
	f := body(r, "name", "user", "role")
	name, m := f.text("name"), token.WorkspaceMember{User: f.text("user"), Role: f.text("role")}
	if f.err != nil {
		return f.err
	}
	return done(w, s.Directory.JoinWorkspace(r.Context(), r.Principal, name, m))
}

func wireWorkspace(w token.Workspace) api.Workspace {
	return api.Workspace{
		Name: w.Name, UUID: w.UUID, CreatedAt: w.CreatedAt, DisabledAt: w.DisabledAt,
		Members: each(w.Members, func(m token.WorkspaceMember) api.WorkspaceMember { return api.WorkspaceMember(m) }),
	}
}
