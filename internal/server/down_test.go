package server_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/tokentest"
)

// needNoStore are the routes that a paused database does not touch.
func needNoStore(route string) bool {
	return route == "GET /healthz" || route == "GET /sign-in/{code}" || strings.Contains(route, "/.well-known/jwks.json") ||
		strings.Contains(route, "/.well-known/oauth-authorization-server")
}

func TestAPausedDatabaseIsUnavailableOnEveryRouteAndNothingElse(t *testing.T) {
	cluster := pgtest.New(t, pgtest.Options{})
	s := tokentest.Start(t, tokentest.WithDatabase(database(t, cluster)))
	admin := s.UserToken("user:default/admin")
	held := s.Issue(platform, "held", "catalog:read")
	bodies := map[string]string{"POST /oauth2/revoke": "token=" + held.Secret.Reveal()}
	routes := s.Routes()
	if len(routes) < 20 {
		t.Fatalf("only %d routes are mounted", len(routes))
	}

	cluster.Pause(t)
	s.WaitStatus("/readyz", http.StatusServiceUnavailable) // it remembers a good look for a moment
	var asking sync.WaitGroup
	for _, route := range routes {
		name := route.Method + " " + route.Pattern
		if needNoStore(name) {
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
