package web_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/internal/web"
)

func itoa(n int) string { return strconv.Itoa(n) }

func TestMountRefusesARouteThatIsNotDeclaredWell(t *testing.T) {
	good := web.Route{Method: "GET", Pattern: "/a", Access: web.Public("test"), Handle: echo}
	with := func(change func(*web.Route)) []web.Route {
		route := good
		change(&route)
		return []web.Route{route}
	}
	tests := []struct {
		name    string
		surface web.Surface
		want    string
	}{
		{"no access", web.Surface{Dialect: web.Problem{}, Routes: with(func(r *web.Route) { r.Access = web.Access{} })}, "declares no access"},
		{"public without a reason", web.Surface{Dialect: web.Problem{}, Routes: with(func(r *web.Route) { r.Access = web.Public("") })}, "declares no access"},
		{"no handler", web.Surface{Dialect: web.Problem{}, Routes: with(func(r *web.Route) { r.Handle = nil })}, "needs a method"},
		{"no method", web.Surface{Dialect: web.Problem{}, Routes: with(func(r *web.Route) { r.Method = "" })}, "needs a method"},
		{"a subtree", web.Surface{Dialect: web.Problem{}, Routes: with(func(r *web.Route) { r.Pattern = "/a/" })}, "not exact"},
		{"a rest", web.Surface{Dialect: web.Problem{}, Routes: with(func(r *web.Route) { r.Pattern = "/a/{x...}" })}, "not exact"},
		{"a broken pattern", web.Surface{Dialect: web.Problem{}, Routes: with(func(r *web.Route) { r.Pattern = "/{" })}, "pattern"},
		{"twice", web.Surface{Dialect: web.Problem{}, Routes: []web.Route{good, good}}, "twice"},
		{"no dialect", web.Surface{Routes: []web.Route{good}}, "dialect"},
		{"base with a final slash", web.Surface{Base: "/x/", Dialect: web.Problem{}, Routes: []web.Route{good}}, "slash"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := start(t, nil)
			if err := s.mux.Mount(test.surface); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("Mount = %v, want an error about %q", err, test.want)
			}
		})
	}
}

func TestRoutesListsWhatWasDeclared(t *testing.T) {
	s := start(t, nil, gates())
	var list []string
	for _, route := range s.mux.Routes() {
		list = append(list, route.Method+" "+route.Pattern+" "+route.Access.String())
	}
	want := []string{
		"* /api/any public: it judges for itself",
		"GET /api/local admin socket",
		"GET /api/open public: everybody may see it",
		"DELETE /api/thing/{id} users with remove",
		"GET /api/thing/{id} users with read",
		"GET /api/who principals",
	}
	if got := strings.Join(list, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("Routes:\n%s\nwant:\n%s", got, strings.Join(want, "\n"))
	}
}

// gates is a surface with one route of each access.
func gates() web.Surface {
	return web.Surface{
		Base: "/api", Dialect: web.Problem{},
		Routes: []web.Route{
			{Method: "GET", Pattern: "/thing/{id}", Access: web.Users("read"), Handle: echo},
			{Method: "DELETE", Pattern: "/thing/{id}", Access: web.Users("remove"), Handle: echo},
			{Method: "GET", Pattern: "/who", Access: web.Principals(""), Handle: echo},
			{Method: "GET", Pattern: "/open", Access: web.Public("everybody may see it"), Handle: echo},
			{Method: "*", Pattern: "/any", Access: web.Public("it judges for itself"), Handle: echo},
			{Method: "GET", Pattern: "/local", Access: web.Local(), Handle: echo},
		},
	}
}
