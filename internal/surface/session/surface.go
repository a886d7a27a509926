package session

import (
	"context"
	"errors"
	"net/http"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/internal/login"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// Options are what the surface is made of. All are required.
type Options struct {
	Sessions *login.Sessions
	Cookies  login.Cookies
	// Describe tells who somebody is here.
	Describe func(ctx context.Context, by token.Principal) (login.Person, error)
}

type surface struct{ Options }

// Surface gives the routes.
func Surface(opts Options) web.Surface {
	s := surface{opts}
	person := web.Users("").AndBrowsers()
	return web.Surface{
		Base: "/api", Dialect: web.Problem{},
		Routes: []web.Route{
			{Method: http.MethodGet, Pattern: "/session", Access: person, Handle: s.whoAmI},
			{Method: http.MethodDelete, Pattern: "/session", Access: web.Browsers(""), Handle: s.endThis},
			{Method: http.MethodGet, Pattern: "/sessions", Access: person, Handle: s.list},
			{Method: http.MethodDelete, Pattern: "/sessions", Access: person, Handle: s.endAll},
			{Method: http.MethodDelete, Pattern: "/sessions/{id}", Access: person, Handle: s.end},
		},
	}
}

func (s surface) whoAmI(w http.ResponseWriter, r *web.Request) error {
	person, err := s.Describe(r.Context(), r.Principal)
	if err != nil {
		return err
	}
	out := api.WhoAmI{
		User: person.User, Name: person.Name, SignedInBy: "bearer",
		Groups: listed(person.Groups), Roles: listed(person.Roles), Permissions: listed(person.Permissions),
	}
	if r.FromBrowser() {
		found, err := s.Sessions.Find(r.Context(), s.Cookies.Session(r.Request))
		if err != nil {
			return err
		}
		out.SignedInBy, out.CSRF = string(found.Method), r.CSRF("")
		session := s.wire(found, r)
		out.Session = &session
	}
	return web.WriteJSON(w, http.StatusOK, out)
}

func (s surface) list(w http.ResponseWriter, r *web.Request) error {
	found, err := s.Sessions.List(r.Context(), r.Principal, r.Principal.Ref)
	if err != nil {
		return err
	}
	out := api.Sessions{Sessions: make([]api.Session, len(found))}
	for i, one := range found {
		out.Sessions[i] = s.wire(one, r)
	}
	return web.WriteJSON(w, http.StatusOK, out)
}

func (s surface) wire(one token.Session, r *web.Request) api.Session {
	return api.Session{
		ID: one.ID, User: one.User, SignedInBy: string(one.Method), Address: one.Address, Browser: one.Agent,
		CreatedAt: one.CreatedAt, LastSeenAt: one.SeenAt, ExpiresAt: one.ExpiresAt, IdleAt: s.Sessions.Ends(one),
		Current: r.FromBrowser() && one.ID == r.Principal.TokenID,
	}
}

// endThis signs this browser out. A session that somebody ended meanwhile has
// ended as asked.
func (s surface) endThis(w http.ResponseWriter, r *web.Request) error {
	err := s.Sessions.End(r.Context(), r.Principal, r.Principal.Ref, r.Principal.TokenID)
	if err != nil && !errors.Is(err, token.ErrNotFound) {
		return err
	}
	s.Cookies.ClearSession(w)
	return web.WriteEmpty(w, http.StatusNoContent)
}

func (s surface) end(w http.ResponseWriter, r *web.Request) error {
	if err := s.Sessions.End(r.Context(), r.Principal, r.Principal.Ref, r.PathValue("id")); err != nil {
		return err
	}
	return web.WriteEmpty(w, http.StatusNoContent)
}

func (s surface) endAll(w http.ResponseWriter, r *web.Request) error {
	n, err := s.Sessions.EndAll(r.Context(), r.Principal, r.Principal.Ref)
	if err != nil {
		return err
	}
	if r.FromBrowser() {
		s.Cookies.ClearSession(w)
	}
	return web.WriteJSON(w, http.StatusOK, api.SessionsEnded{Ended: n})
}

// listed never gives null in JSON.
func listed(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
