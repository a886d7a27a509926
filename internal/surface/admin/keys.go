package admin

import (
	"context"
	"net/http"
	"slices"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

func (s surface) keyRoutes() []web.Route {
	return []web.Route{
		route(http.MethodGet, api.PathKeys, policy.Admin, s.listKeys),
		route(http.MethodPost, api.PathKeyRotate, policy.Admin, s.rotateKey),
		route(http.MethodPost, api.PathKeyRetire, policy.Admin, s.retireKey),
		route(http.MethodPost, api.PathKeyRemove, policy.Admin, s.removeKey),
	}
}

func (s surface) listKeys(w http.ResponseWriter, _ *web.Request) error {
	return web.WriteJSON(w, http.StatusOK, api.Keys{Keys: each(s.Keys.List(), wireKey)})
}

func (s surface) rotateKey(w http.ResponseWriter, r *web.Request) error {
	f := body(r, "use")
	use := token.KeyUse(f.text("use"))
	switch {
	case f.err != nil:
		return f.err
	case use == "":
		use = token.KeyUseAccess
	case !slices.Contains(token.KeyUses(), use):
		return token.Invalid("use must be access, log or workspace")
	}
	if err := s.Authority.Allow(r.Context(), r.Principal, policy.Admin, audit.KeyAdded); err != nil {
		return err
	}
	if err := s.Keys.Rotate(r.Context(), use, r.Principal); err != nil {
		return err
	}
	for _, key := range s.Keys.List() {
		if key.Use == use {
			return web.WriteJSON(w, http.StatusCreated, wireKey(key)) // newest first
		}
	}
	return token.ErrUnavailable
}

func (s surface) retireKey(w http.ResponseWriter, r *web.Request) error {
	return s.endKey(w, r, audit.KeyRetired, s.Keys.Retire)
}

func (s surface) removeKey(w http.ResponseWriter, r *web.Request) error {
	return s.endKey(w, r, audit.KeyRemoved, s.Keys.Remove)
}

func (s surface) endKey(
	w http.ResponseWriter, r *web.Request, action audit.Action, end func(context.Context, string, token.Principal) error,
) error {
	f := body(r, "kid")
	kid := f.text("kid")
	if f.err != nil {
		return f.err
	}
	if err := s.Authority.Allow(r.Context(), r.Principal, policy.Admin, action); err != nil {
		return err
	}
	return done(w, end(r.Context(), kid, r.Principal))
}

func wireKey(k token.KeyRecord) api.Key {
	return api.Key{
		KID: k.KID, Use: string(k.Use), Algorithm: k.Algorithm, CreatedBy: k.CreatedBy,
		CreatedAt: k.CreatedAt, RetiredAt: k.RetiredAt, RemovedAt: k.RemovedAt,
	}
}
