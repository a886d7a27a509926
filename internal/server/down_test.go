package server_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
)

// needNoStore are the routes that a paused database does not touch.
func needNoStore(route string) bool {
	return route == "GET /healthz" || strings.HasPrefix(route, "GET /sign-in") || strings.HasPrefix(route, "GET /login") || strings.Contains(route, "/.well-known/jwks.json") ||
		strings.Contains(route, "/.well-known/oauth-authorization-server") || strings.HasSuffix(route, "/.well-known/openid-configuration") ||
		route == "GET /api/auth/v1/authorize" || // it names no client in this request
		strings.HasSuffix(route, "/fragment.js") || route == "GET /static/{name}" || route == "POST /preferences" ||
		strings.HasSuffix(route, "/personal/mint/callback") // it has no state in this request, and leads on to the settings page
}

// forBrowsersAlone names routes on which a bearer is no credential.
func forBrowsersAlone(route tokentest.Route) bool {
	return strings.HasPrefix(route.Access, "users signed in in a browser")
}

func TestAPausedDatabaseIsUnavailableOnEveryRouteAndNothingElse(t *testing.T) {
	cluster := pgtest.New(t, pgtest.Options{})
	s := tokentest.Start(t, tokentest.WithDatabase(database(t, cluster)))
	admin := s.UserToken("user:default/admin")
	held := s.Issue(platform, "held", "catalog:read")
	_, refresh := token.NewRefresh()
	bodies := map[string]string{
		"POST /_accounts":          `{"method":"listApiTokens","params":{}}`,
		"POST /oauth2/revoke":      "token=" + held.Secret.Reveal(),
		"POST /api/auth/v1/revoke": "token=" + held.Secret.Reveal(),
		"POST /api/auth/v1/token":  "grant_type=refresh_token&refresh_token=" + refresh.Reveal(),
	}
	routes := s.Routes()
	if len(routes) < 20 {
		t.Fatalf("only %d routes are mounted", len(routes))
	}

	cluster.Pause(t)
	s.WaitStatus("/readyz", http.StatusServiceUnavailable) // it remembers a good look for a moment
	var asking sync.WaitGroup
	for _, route := range routes {
		name := route.Method + " " + route.Pattern
		if needNoStore(name) || forBrowsersAlone(route) {
			continue
		}
		asking.Go(func() {
			method := route.Method
			if method == "*" {
				method = http.MethodGet
			}
			got := ask(t, http.DefaultClient, method, s.URL+fill(route.Pattern), admin, bodies[name])
			if got.status != http.StatusServiceUnavailable || got.header.Get("Retry-After") == "" {
				t.Errorf("%s answers %d with Retry-After %q: %s", name, got.status, got.header.Get("Retry-After"), got.body)
			}
		})
	}
	asking.Wait()

	cluster.Resume(t)
	until(t, 2*time.Second, "right answers again", func() bool {
		return get(t, s, "/api/access-tokens/service", admin) == http.StatusOK
	})
	s.WaitReady()
}

// fill puts something into the wildcards of a pattern.
func fill(pattern string) string {
	return strings.NewReplacer("{id}", "01980000-0000-7000-8000-000000000000", "{code}", "link_UNKNOWN").Replace(pattern)
}

func TestReadinessFollowsTheDatabase(t *testing.T) {
	cluster := pgtest.New(t, pgtest.Options{})
	s := tokentest.Start(t, tokentest.WithDatabase(database(t, cluster)))
	cluster.Pause(t)
	s.WaitStatus("/readyz", http.StatusServiceUnavailable)
	down := ask(t, http.DefaultClient, http.MethodGet, s.URL+"/readyz", "", "")
	if !strings.Contains(down.body, `"store":false`) || strings.Contains(down.body, "postgres") {
		t.Errorf("strangers are told: %s", down.body)
	}
	if status := get(t, s, "/healthz", ""); status != http.StatusOK {
		t.Errorf("the process runs, and /healthz answers %d", status)
	}
	cluster.Resume(t)
	until(t, 5*time.Second, "ready again", func() bool { return get(t, s, "/readyz", "") == http.StatusOK })
}

func TestADatabaseThatIsAwayAtTheStartIsAPlainError(t *testing.T) {
	why := refused(t, map[string]string{"data": newData(t), "database": "postgres://nobody:hunter2@127.0.0.1:1/none?sslmode=disable"})
	if strings.Contains(why, "hunter2") {
		t.Errorf("the password is told: %s", why)
	}
}
