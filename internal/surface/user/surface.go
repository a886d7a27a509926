package user

import (
	"context"
	"net/http"

	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/directory"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/internal/wire"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

// Base is the path of the collection; everything else is below it.
const (
	Base  = mount + "/user"
	mount = "/api/access-tokens"
)

// Options are what the surface is made of.
type Options struct {
	Authority *authority.Authority
	People    directory.PeopleFinder
	// Deputies are back ends that may act for administrators; nil means none.
	Deputies *web.Deputies
	// PerMinute is how many requests a minute one caller may make; 0 means
	// no limit.
	PerMinute int
}

// New gives the surface of an authority that issues user tokens.
func New(opts Options) web.Surface {
	h := handlers{opts.Authority, opts.People}
	read := web.Users(string(policy.UserAdminRead)).AndBrowsers()
	write := web.Users(string(policy.UserAdminWrite)).AndBrowsers()
	revoke := web.Users(string(policy.UserAdminRevoke)).AndBrowsers()
	history := wire.History[wireEvent]{Authority: h.authority, Kind: token.KindUser, Actions: wire.EventActions(), Event: newWireEvent}
	return web.Surface{
		Base: mount, Dialect: Dialect{}, Deputies: opts.Deputies,
		Limits: web.Limits{PerPrincipal: opts.PerMinute},
		Routes: []web.Route{
			{Method: http.MethodGet, Pattern: "/user", Access: read, Handle: h.list},
			{Method: http.MethodPost, Pattern: "/user", Access: write, Handle: h.issue},
			{Method: http.MethodGet, Pattern: "/user/users", Access: write, Handle: h.people},
			{Method: http.MethodGet, Pattern: "/user/{id}", Access: read, Handle: h.find},
			{Method: http.MethodDelete, Pattern: "/user/{id}", Access: revoke, Handle: h.delete},
			{Method: http.MethodPost, Pattern: "/user/{id}/revoke", Access: revoke, Handle: h.revoke},
			{Method: http.MethodPost, Pattern: "/user/{id}/rotate", Access: write, Handle: h.rotate},
			{Method: http.MethodGet, Pattern: "/user/{id}/audit", Access: read, Handle: history.Handle},
		},
	}
}

// handlers answer the routes.
type handlers struct {
	authority *authority.Authority
	directory directory.PeopleFinder
}

func (h handlers) find(w http.ResponseWriter, r *web.Request) error {
	t, err := h.authority.Find(r.Context(), r.Principal, token.KindUser, r.PathValue("id"))
	if err != nil {
		return err
	}
	record, err := h.wire(r.Context(), t)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, record)
}

// wire gives the wire form of one record at this moment.
func (h handlers) wire(ctx context.Context, t token.Token) (wireToken, error) {
	records, err := h.wireAll(ctx, []token.Token{t})
	if err != nil {
		return wireToken{}, err
	}
	return records[0], nil
}

// wireAll gives the wire forms of records. Names of people are not stored with
// a token: they are those of this moment.
func (h handlers) wireAll(ctx context.Context, tokens []token.Token) ([]wireToken, error) {
	rules, err := h.authority.Rules(token.KindUser)
	if err != nil {
		return nil, err
	}
	refs := make([]string, len(tokens))
	for i, t := range tokens {
		refs[i] = t.Owner
	}
	names, err := h.directory.NamesOf(ctx, refs)
	if err != nil {
		return nil, token.Unavailable(err)
	}
	now := h.authority.Now()
	records := make([]wireToken, len(tokens))
	for i := range tokens {
		records[i] = newWireToken(tokens[i], names[tokens[i].Owner], tokens[i].State(now, rules.Notice))
	}
	return records, nil
}
