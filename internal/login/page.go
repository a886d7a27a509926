package login

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// Where people sign in and out. CallbackPath is what is registered at a
// provider; behind SignInPath stands the code of a one-time link.
const (
	SignInPage   = "/sign-in"
	SignInPath   = "/sign-in/"
	CallbackPath = "/sign-in/oidc/callback"
	beginPath    = "/sign-in/oidc"
	signOutPath  = "/sign-out"
)

// The same pages at the addresses that people try.
const (
	loginPage     = "/login"
	loginLinkPath = "/login/link/"
)

// Page is the pages on which people sign in and out: by a one-time link or
// through a provider. All fields but OIDC are required.
type Page struct {
	Site     *page.Site
	Links    Links
	Access   *AccessTokens
	Sessions *Sessions
	Cookies  Cookies
	OIDC     *OIDC // nil: no provider
	// FirstRun reports whether no administrator has signed in yet. It waits for
	// nothing: strangers can ask as often as they like.
	FirstRun func() bool
}

// Links knows one-time links.
type Links interface {
	// UseLink gives the user of a link and ends the link. A link that is not
	// good is token.ErrUnauthenticated; of two simultaneous uses one wins.
	// from says where it comes from, for the log.
	UseLink(ctx context.Context, from token.Principal, code token.Secret) (token.User, error)
}

// Person is who somebody is here, for people.
type Person struct {
	User, Name  string
	Groups      []string
	Roles       []string
	Permissions []string
}

// Surface gives the routes of the pages.
func (p Page) Surface(limits web.Limits) web.Surface {
	h := handlers{p}
	show := web.Public("shows how to sign in, or who is signed in").AndBrowsers()
	confirm := web.Public("shows a button and changes nothing")
	redeem := web.Public("the one-time code in the path is the credential").SameOrigin()
	return web.Surface{Dialect: h, Limits: limits, Routes: []web.Route{
		{Method: http.MethodGet, Pattern: SignInPage, Handle: h.signIn, Access: show},
		{Method: http.MethodGet, Pattern: loginPage, Handle: h.signIn, Access: show},
		{Method: http.MethodGet, Pattern: beginPath, Handle: h.begin, Access: web.Public("leads to the identity provider")},
		{
			Method: http.MethodGet, Pattern: CallbackPath, Handle: h.callback,
			Access: web.Public("the provider's answer, bound to the browser, is the credential").TakesCodes(),
		},
		{Method: http.MethodGet, Pattern: SignInPath + "{code}", Handle: h.confirm, Access: confirm},
		{Method: http.MethodPost, Pattern: SignInPath + "{code}", Handle: h.redeem, Access: redeem},
		{Method: http.MethodGet, Pattern: loginLinkPath + "{code}", Handle: h.confirm, Access: confirm},
		{Method: http.MethodPost, Pattern: loginLinkPath + "{code}", Handle: h.redeem, Access: redeem},
		{Method: http.MethodPost, Pattern: signOutPath, Handle: h.signOut, Access: web.Browsers("")},
	}}
}

// SignInURL gives the path of the sign-in page that leads on to next, a path
// of this server; "" is nowhere in particular.
func SignInURL(next string) string {
	if next == "" {
		return SignInPage
	}
	return SignInPage + "?" + url.Values{"next": {next}}.Encode()
}

// HoldsCode reports whether a path holds the code of a link, or its query the
// answer of a provider: what must not be repeated in a page or a Location (row
// B-06).
func HoldsCode(path string) bool {
	return strings.HasPrefix(path, SignInPath) || strings.HasPrefix(path, loginLinkPath)
}

// handlers answer the routes.
type handlers struct{ Page }

// WriteError implements web.Dialect.
//
// Whoever is not signed in is led to where they can be, and not back to where
// they were: all that needs a session here is to end it. The cookie of one that
// is over goes.
func (h handlers) WriteError(w http.ResponseWriter, r *web.Request, err error) {
	if web.Status(err) == http.StatusUnauthorized {
		h.Cookies.ForgetSession(w, r.Request)
		_ = page.SeeOther(w, SignInPage) // it has no body that could fail
		return
	}
	h.Site.WriteError(w, r, err)
}
