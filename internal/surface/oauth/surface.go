package oauth

import (
	"context"
	"net/http"
	"time"

	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/login"
	"github.com/tokenwright/tokenwright/internal/oauth"
	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/verify"
)

// Options are what the surfaces are made of. All but the last ones are
// required.
type Options struct {
	Site      *page.Site
	Authority *authority.Authority
	Access    *login.AccessTokens
	Verifier  Verifier
	Cookies   login.Cookies
	// Issuer is PublicURL and oauth.Base.
	Issuer, PublicURL string
	// Catalogue holds the scopes that clients may ask for beside those of
	// OAuth itself.
	Catalogue []authority.Scope
	// AccessLifetime of the JWTs.
	AccessLifetime time.Duration
	Redirects      oauth.RedirectRules
	// GroupsOf gives the groups of a person, for the answer of userinfo.
	GroupsOf func(ctx context.Context, user string) ([]string, error)
	// PerAddress is how many requests a minute one client address may make,
	// PerClient how many one OAuth client; see countClient.
	PerAddress, PerClient int
	// Personal says that personal tokens are made here, Registration that
	// administrators may register clients.
	Personal, Registration bool
	// Documents, when set, lets programs be clients by a document.
	Documents *Documents
}

// Verifier judges tokens that somebody wants to end. *verify.Verifier does.
type Verifier interface {
	Inspect(ctx context.Context, bearer string) (*verify.Verified, token.Token, error)
}

// handlers answer the routes.
type handlers struct {
	Options

	scopes    map[string]bool // all that may be asked for
	documents *documents      // nil: no client has one
}

// Surfaces gives the routes: those for programs, those by which pages with
// scripts answer for a person, and those that show pages.
func Surfaces(opts Options) []web.Surface {
	h := &handlers{
		Options: opts, documents: newDocuments(opts.Documents, opts.PublicURL),
		scopes: map[string]bool{oauth.ScopeOpenID: true, oauth.ScopeOffline: true},
	}
	for _, scope := range opts.Catalogue {
		h.scopes[scope.ID] = true
	}
	reading := web.Limits{Timeout: fetchDeadline + time.Second} // a client's document may have to be read
	surfaces := []web.Surface{
		{Base: oauth.Base, Dialect: dialect{}, Routes: h.programRoutes()},
		{Base: oauth.Base, Dialect: bearerDialect{}, Routes: h.bearerRoutes()},
		{Base: oauth.Base, Dialect: sessionDialect{}, Limits: reading, Routes: h.sessionRoutes()},
		{Base: oauth.Base, Dialect: h, Limits: reading, Routes: []web.Route{{
			Method: http.MethodGet, Pattern: "/v1/authorize", Handle: h.authorize,
			Access: web.Public("begins an authorization, which a person has to answer").TakesCodes(),
		}}},
		{Base: oauth.ConsentPath, Dialect: h, Limits: reading, Routes: h.pageRoutes()},
	}
	for i := range surfaces {
		surfaces[i].Limits.PerAddress = opts.PerAddress
	}
	return surfaces
}

func (h *handlers) programRoutes() []web.Route {
	var routes []web.Route
	if h.documents != nil {
		routes = append(routes, web.Route{
			Method: http.MethodGet, Pattern: "/.well-known/oauth-client/cli.json", Handle: h.commandLine,
			Access: web.Public("describes the command line client"),
		})
	}
	return append(routes, []web.Route{
		{
			Method: http.MethodPost, Pattern: "/v1/token", Handle: h.token,
			Access: web.Public("codes and refresh tokens are the credential; clients that have a secret prove it"),
		},
		{
			Method: http.MethodPost, Pattern: "/v1/revoke", Handle: h.revoke,
			Access: web.Public("the token is the credential; clients that have a secret prove it (RFC 7009)"),
		},
	}...)
}

// bearerRoutes are those on which somebody presents a bearer.
func (h *handlers) bearerRoutes() []web.Route {
	routes := []web.Route{
		{Method: http.MethodGet, Pattern: "/v1/userinfo", Handle: h.userinfo, Access: web.Users("")},
		{Method: http.MethodPost, Pattern: "/v1/userinfo", Handle: h.userinfo, Access: web.Users("")},
	}
	if h.Registration {
		// Services too: a token of one that may do nothing but register clients
		// is what RFC 7591 calls an initial access token.
		routes = append(routes, web.Route{
			Method: http.MethodPost, Pattern: "/v1/register", Handle: h.register,
			Access: web.Principals(string(policy.ClientRegister)).AndBrowsers(),
		})
	}
	return routes
}

func (h *handlers) sessionRoutes() []web.Route {
	person := web.Users("").AndBrowsers().BoundTo("id")
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/v1/sessions/{id}", Access: person, Handle: h.describe},
		{Method: http.MethodPost, Pattern: "/v1/sessions/{id}/approve", Access: person.SameOrigin(), Handle: h.approve},
		{Method: http.MethodPost, Pattern: "/v1/sessions/{id}/reject", Access: person.SameOrigin(), Handle: h.reject},
	}
}

func (h *handlers) pageRoutes() []web.Route {
	person := web.Browsers("").BoundTo("id")
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/{id}", Access: person, Handle: h.consent},
		{Method: http.MethodPost, Pattern: "/{id}", Access: person, Handle: h.decide},
	}
}
