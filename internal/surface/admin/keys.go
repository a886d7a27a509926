package admin

import (
	"net/http"

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
		route(http.MethodPost, api.PathKeyRemove, policy.Admin, s.removeKey),
		route(http.MethodGet, api.PathStatus, policy.Admin, s.status),
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
	case use != token.KeyUseAccess && use != token.KeyUseLog:
		return token.Invalid("use must be access or log")
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

func (s surface) removeKey(w http.ResponseWriter, r *web.Request) error {
	f := body(r, "kid")
	kid := f.text("kid")
	if f.err != nil {
		return f.err
	}
	if err := s.Authority.Allow(r.Context(), r.Principal, policy.Admin, audit.KeyRemoved); err != nil {
		return err
	}
	return done(w, s.Keys.Remove(r.Context(), kid, r.Principal))
}

func wireKey(k token.KeyRecord) api.Key {
	return api.Key{
		KID: k.KID, Use: string(k.Use), Algorithm: k.Algorithm, CreatedBy: k.CreatedBy,
		CreatedAt: k.CreatedAt, RetiredAt: k.RetiredAt, RemovedAt: k.RemovedAt,
	}
}
