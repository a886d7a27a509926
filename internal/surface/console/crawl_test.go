package console_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/page/pagetest"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
)

// station is a page: its route and an address of it.
type station struct {
	pattern, path string
	file          bool // it is nothing that a browser shows
}

// crawl follows links from the landing page and gives an address of every page
// that it finds, so that pages which are added later are found by themselves.
func crawl(tw *tokentest.Server, b *pagetest.Browser) []station {
	routes := pageRoutes(tw)
	var found []station
	seen := map[string]bool{"": true}
	for next := []string{"/"}; len(next) > 0; next = next[1:] {
		pattern := routes(next[0])
		if seen[pattern] {
			continue
		}
		p := b.Get(next[0])
		if p.Status != http.StatusOK {
			continue // another address of the page may be good
		}
		seen[pattern] = true
		found = append(found, station{pattern, next[0], !isPage(p)})
		for _, target := range slices.Concat(p.Attrs("a[href]", "href"), p.Attrs("form[method=get]", "action"), p.Attrs("button[formaction]", "formaction")) {
			if u, err := url.Parse(target); err == nil && u.Host == "" && strings.HasPrefix(u.Path, "/") {
				next = append(next, u.RequestURI())
			}
		}
	}
	slices.SortFunc(found, func(x, y station) int { return strings.Compare(x.pattern, y.pattern) })
	return found
}

// pageRoutes gives the pattern of the page at a path, "" where there is none.
func pageRoutes(tw *tokentest.Server) func(path string) string {
	mux := http.NewServeMux()
	for _, route := range tw.Routes() {
		if isConsole(route) {
			pattern := route.Pattern
			if pattern == "/" {
				pattern = "/{$}"
			}
			mux.Handle(pattern, http.NotFoundHandler())
		}
	}
	return func(path string) string {
		_, pattern := mux.Handler(httptest.NewRequest(http.MethodGet, path, http.NoBody))
		return strings.TrimSuffix(pattern, "{$}")
	}
}

// isConsole reports whether a route is a page for whoever is signed in.
func isConsole(route tokentest.Route) bool {
	page := route.Pattern == "/" || strings.HasPrefix(route.Pattern, "/admin/") || strings.HasPrefix(route.Pattern, "/settings/")
	return page && route.Method == http.MethodGet && strings.HasPrefix(route.Access, "users signed in in a browser")
}

// Whoever looks for a page need not know its address.
func TestEveryPageIsReachedByLinks(t *testing.T) {
	tw, b := visit(t)
	furnish(t, tw)
	reached := map[string]bool{}
	for _, one := range append(crawl(tw, b), crawl(tw, pagetest.SignIn(t, tw, alice))...) {
		reached[one.pattern] = true
	}
	except := map[string]string{
		"/admin/inventory/change":                 "a form leads there, with what was chosen",
		"/admin/people/{namespace}/{name}/rebind": "of people who came from a provider",
	}
	for _, route := range tw.Routes() {
		if isConsole(route) && !reached[route.Pattern] && except[route.Pattern] == "" {
			t.Errorf("no link leads to %s", route.Pattern)
		}
	}
}

// furnish gives every list something to show, with every change still open.
func furnish(t *testing.T, tw *tokentest.Server) {
	t.Helper()
	tw.Issue(platform, "furnished", "catalog:read")
	assign(t, tw, alice, "Furnished", "upload")
	mint(t, pagetest.SignIn(t, tw, alice), "furnished")
	order(t, tw, "/api/admin/v1/roles/grant", `{"ref":"`+data+`","role":"auditor"}`)
	inDemo(t, tw, "Furnished")
}

// inDemo makes a token of Alice for the workspace of the demonstration and gives
// its id.
func inDemo(t *testing.T, tw *tokentest.Server, name string) string {
	t.Helper()
	issued, err := tw.Authority().Issue(t.Context(), token.Principal{Type: token.PrincipalUser, Ref: alice}, authority.Request{
		Kind: token.KindWorkspace, Name: name, Owner: alice, Workspace: "demo", Scopes: []string{token.ScopeRead}, Expiry: authority.Expiry{Days: 30},
	})
	if err != nil {
		t.Fatal(err)
	}
	return issued.Token.ID
}
