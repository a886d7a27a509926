package personal

import (
	"net/http"

	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/login"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

// Base is the path of the collection; everything else is below it.
const (
	Base  = mount + "/personal"
	mount = "/api/access-tokens"
)

// Options are what the surface is made of. All are required but PerMinute.
type Options struct {
	Authority *authority.Authority
	// Cookies recognise the browser that began a mint.
	Cookies login.Cookies
	// PublicURL is the base of the consent page, the callback and the settings
	// page, without a slash at its end.
	PublicURL string
	// PerMinute is how many requests a minute one person, and at the callback
	// one address, may make; 0 means no limit.
	PerMinute int
}

// New gives the surface of an authority that issues personal tokens.
func New(opts Options) web.Surface {
	h := handlers{opts}
	read := web.Users(string(policy.PersonalRead)).AndBrowsers()
	write := web.Users(string(policy.PersonalWrite)).AndBrowsers()
	revoke := web.Users(string(policy.PersonalRevoke)).AndBrowsers()
	back := web.Public("the state, in the browser that began the mint, is the credential")
	return web.Surface{
		Base: mount, Dialect: Dialect{},
		Limits: web.Limits{PerWindow: opts.PerMinute},
		Routes: []web.Route{
			{Method: http.MethodGet, Pattern: "/personal", Access: read, Handle: private(h.list)},
			{Method: http.MethodPost, Pattern: "/personal/mint", Access: write, Handle: private(h.mint)},
			{Method: http.MethodGet, Pattern: "/personal/mint/callback", Access: back, Handle: private(h.callback)},
			{Method: http.MethodGet, Pattern: "/personal/{id}", Access: read, Handle: private(h.find)},
			{Method: http.MethodDelete, Pattern: "/personal/{id}", Access: revoke, Handle: private(h.revoke)},
			{Method: http.MethodGet, Pattern: "/personal/{id}/audit", Access: read, Handle: private(h.history)},
		},
	}
}

// handlers answer the routes.
type handlers struct{ Options }

// private marks the answers of a handler for caches that know no more than
// HTTP/1.0; Cache-Control has every answer (PER-22).
func private(handle web.Handler) web.Handler {
	return func(w http.ResponseWriter, r *web.Request) error {
		setPragma(w)
		return handle(w, r)
	}
}

func setPragma(w http.ResponseWriter) { w.Header().Set("Pragma", "no-cache") }

// own gives the record that the path names, if it is the caller's. To
// everybody else, administrators included, it is not found (row C5).
func (h handlers) own(r *web.Request) (token.Token, error) {
	t, err := h.Authority.Find(r.Context(), r.Principal, token.KindPersonal, r.PathValue("id"))
	if err == nil && t.Owner != r.Principal.Ref {
		err = token.NewError(token.ErrNotFound, "Not found", nil)
	}
	return t, err
}

func (h handlers) find(w http.ResponseWriter, r *web.Request) error {
	t, err := h.own(r)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, newWireOne(t, h.Authority.Now()))
}
