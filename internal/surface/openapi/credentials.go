package openapi

import (
	"net/http"

	"github.com/tokenwright/tokenwright/internal/web"
)

// Names of the ways to show who one is.
const (
	accessToken = "accessToken"
	opaqueToken = "opaqueToken"
	peerToken   = "peerToken"
	onBehalfOf  = "onBehalfOf"
	session     = "session"
	csrf        = "csrf"
)

// schemes describes the ways in. Without a name for their cookie there are no
// login sessions.
func schemes(cookie string) map[string]securityScheme {
	all := map[string]securityScheme{
		accessToken: {
			Type: "http", Scheme: "bearer", BearerFormat: "JWT",
			Description: "A short-lived access JWT of a person, or of an issuer that the operator trusts.",
		},
		opaqueToken: {
			Type: "http", Scheme: "bearer",
			Description: "A service token or a user token. It acts as itself, as far as roles are bound to its subject.",
		},
		peerToken: {
			Type: "http", Scheme: "bearer", BearerFormat: "JWT",
			Description: "The token of another service, signed with a secret that both have.",
		},
		onBehalfOf: {
			Type: "apiKey", In: "header", Name: web.OnBehalfOf,
			Description: "The ref of the person for whom a trusted back end acts, beside its peer token. The person must hold the permission.",
		},
		session: {
			Type: "apiKey", In: "cookie", Name: cookie,
			Description: "A login session of a browser. Together with a bearer it is refused.",
		},
		csrf: {
			Type: "apiKey", In: "header", Name: "X-Csrf-Token",
			Description: "The member csrf of GET /api/session, for changes by a login session. Forms send it as the field csrf.",
		},
	}
	if cookie == "" {
		delete(all, session)
		delete(all, csrf)
	}
	return all
}

// security gives the ways in to a route, any of which is enough. The list of a
// scheme holds the permission that is needed.
func (c *composer) security(route web.RouteInfo) []requirement {
	takes := route.Access.Credentials()
	needs := []string{}
	if permission := route.Access.Permission(); permission != "" {
		needs = append(needs, permission)
	}
	ways := []requirement{}
	add := func(offered bool, schemes ...string) {
		if !offered {
			return
		}
		way := requirement{}
		for _, name := range schemes {
			way[name] = needs
		}
		ways = append(ways, way)
	}
	sessions := takes.Sessions && c.opts.SessionCookie != ""
	changes := route.Method != http.MethodGet
	add(takes.None)
	add(takes.People, accessToken)
	add(takes.Services, opaqueToken)
	add(takes.Services, peerToken)
	add(route.Deputies, peerToken, onBehalfOf)
	add(sessions && !changes, session)
	add(sessions && changes, session, csrf)
	return ways
}

// closed reports whether a route needs a credential.
func closed(route web.RouteInfo) bool { return !route.Access.Credentials().None }
