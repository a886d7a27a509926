package service

import (
	"net/http"

	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/internal/wire"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

// Base is where the surface is mounted.
const Base = "/api/access-tokens"

const defaultPerMinute = 600

// Options change the surface. The zero Options are the defaults.
type Options struct {
	// PerMinute is how many requests a minute one user may make; 0 means
	// 600, less than 0 means no limit.
	PerMinute int
	// Personal says that people make personal tokens here, whose permissions
	// are then listed beside those of service tokens.
	Personal bool
}

// New gives the surface of an authority that issues service tokens.
func New(a *authority.Authority, opts Options) web.Surface {
	if opts.PerMinute == 0 {
		opts.PerMinute = defaultPerMinute
	}
	h := handlers{a, opts.Personal}
	read, write := web.Users(string(policy.ServiceRead)).AndBrowsers(), web.Users(string(policy.ServiceWrite)).AndBrowsers()
	revoke := web.Users(string(policy.ServiceRevoke)).AndBrowsers()
	history := wire.History[wire.Event]{Authority: h.authority, Kind: token.KindService, Actions: wire.EventActions(), Event: wire.NewEvent}
	return web.Surface{
		Base: Base, Dialect: Dialect{},
		Limits: web.Limits{PerPrincipal: opts.PerMinute},
		Routes: []web.Route{
			{Method: http.MethodGet, Pattern: "/service", Access: read, Handle: h.list},
			{Method: http.MethodPost, Pattern: "/service", Access: write, Handle: h.issue},
			{Method: http.MethodGet, Pattern: "/service/scopes", Access: read, Handle: h.scopes},
			{Method: http.MethodGet, Pattern: "/service/{id}", Access: read, Handle: h.find},
			{Method: http.MethodDelete, Pattern: "/service/{id}", Access: revoke, Handle: h.revoke},
			{Method: http.MethodGet, Pattern: "/service/{id}/audit", Access: read, Handle: history.Handle},
			{Method: http.MethodPost, Pattern: "/service/{id}/rotate", Access: write, Handle: h.rotate},
			{Method: http.MethodGet, Pattern: "/.well-known/backstage/permissions/metadata", Access: web.Users("").AndBrowsers(), Handle: h.metadata},
		},
	}
}

// handlers answer the routes.
type handlers struct {
	authority *authority.Authority
	personal  bool
}

// wire gives the wire form of a record at this moment.
func (h handlers) wire(t token.Token) (wireToken, error) {
	rules, err := h.authority.Rules(token.KindService)
	if err != nil {
		return wireToken{}, err
	}
	return newWireToken(t, t.State(h.authority.Now(), rules.Notice)), nil
}

func (h handlers) find(w http.ResponseWriter, r *web.Request) error {
	t, err := h.authority.Find(r.Context(), r.Principal, token.KindService, r.PathValue("id"))
	if err != nil {
		return err
	}
	record, err := h.wire(t)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, record)
}

func (h handlers) scopes(w http.ResponseWriter, r *web.Request) error {
	catalogue, err := h.authority.Catalogue(r.Context(), r.Principal, token.KindService)
	if err != nil {
		return err
	}
	answer := wireScopes{Scopes: make([]wireScope, len(catalogue))}
	for i, scope := range catalogue {
		answer.Scopes[i] = wireScope(scope)
	}
	return web.WriteJSON(w, http.StatusOK, answer)
}
