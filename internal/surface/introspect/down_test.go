package introspect_test

import (
	"context"
	"net/http"
	"os"
	"sync"
	"testing"

	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/store/postgres"
	"github.com/tokenwright/tokenwright/tokentest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// database gives a test a PostgreSQL database of its own, with the schema.
func database(t *testing.T, cluster *pgtest.Cluster) string {
	t.Helper()
	return cluster.Database(t, func(url string) error {
		store, err := postgres.Open(context.Background(), url, postgres.Options{})
		if err != nil {
			return err
		}
		return store.Close()
	})
}

// Row C10: what cannot be looked up is neither active nor inactive, and what
// could not be revoked was not.
func TestAStoreThatDoesNotAnswerIsNoAnswer(t *testing.T) {
	t.Parallel() // it waits for a deadline
	cluster := pgtest.New(t, pgtest.Options{})
	s := tokentest.Start(t, tokentest.WithDatabase(database(t, cluster)), tokentest.WithConfig(`
roles: {introspector: [access-tokens:introspect]}
bindings: [{role: introspector, to: ["service-token:group:default/platform:gateway"]}]`))
	gateway := s.Issue(platform, "gateway", "catalog:read").Secret.Reveal()
	unseen := s.Issue(platform, "unseen", "catalog:read").Secret.Reveal()
	ask := func(path, contentType, body string) answer {
		return send(t, http.MethodPost, s.URL+path, gateway, contentType, body)
	}
	// The caller is known from now on and passes the guard by the cache.
	if got := ask("/oauth2/introspect", form, "token="+gateway); got.status != http.StatusOK {
		t.Fatalf("before: got %d %s", got.status, got.body)
	}

	cluster.Pause(t)
	defer cluster.Resume(t)
	var asking sync.WaitGroup
	for _, q := range []struct{ path, contentType, body string }{
		{"/oauth2/introspect", form, "token=" + unseen},
		{"/oauth2/introspect/batch", "application/json", `{"tokens":["` + gateway + `","` + unseen + `"]}`},
		{"/oauth2/revoke", form, "token=" + unseen},
	} {
		asking.Go(func() {
			got := ask(q.path, q.contentType, q.body)
			if got.status != http.StatusServiceUnavailable || got.header.Get("Retry-After") == "" {
				t.Errorf("%s: got %d with Retry-After %q: %s", q.path, got.status, got.header.Get("Retry-After"), got.body)
			}
		})
	}
	asking.Wait()
}
