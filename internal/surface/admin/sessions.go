package admin

import (
	"net/http"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

func (s surface) sessionRoutes() []web.Route {
	return []web.Route{
		route(http.MethodGet, api.PathSessions, policy.Admin, s.listSessions),
		route(http.MethodPost, api.PathSessionEnd, policy.Admin, s.endSession),
	}
}

func (s surface) listSessions(w http.ResponseWriter, r *web.Request) error {
	query, err := r.Query()
	if err != nil {
		return err
	}
	user, err := query.One("user")
	if err != nil {
		return err
	}
	if user != "" {
		if user, err = sessionUser(user); err != nil {
			return err
		}
	}
	found, err := s.Sessions.List(r.Context(), r.Principal, user)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, api.Sessions{Sessions: each(found, s.wireSession)})
}

func (s surface) wireSession(one token.Session) api.Session {
	return api.Session{
		ID: one.ID, User: one.User, SignedInBy: string(one.Method), Address: one.Address, Browser: one.Agent,
		CreatedAt: one.CreatedAt, LastSeenAt: one.SeenAt, ExpiresAt: one.ExpiresAt, IdleAt: s.Sessions.Ends(one),
	}
}

// endSession ends one session of a user, or all of them when none is named.
func (s surface) endSession(w http.ResponseWriter, r *web.Request) error {
	f := body(r, "id", "user")
	id, user := f.text("id"), f.text("user")
	if f.err != nil {
		return f.err
	}
	user, err := sessionUser(user)
	if err != nil {
		return err
	}
	ended := 1
	if id == "" {
		ended, err = s.Sessions.EndAll(r.Context(), r.Principal, user)
	} else {
		err = s.Sessions.End(r.Context(), r.Principal, user, id)
	}
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, api.SessionsEnded{Ended: ended})
}

func sessionUser(s string) (string, error) {
	if ref, ok := token.ParseUserRef(s); ok {
		return ref, nil
	}
	return "", token.Invalid("user must be a user ref such as user:default/alice")
}
