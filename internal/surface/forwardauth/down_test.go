package forwardauth_test

import (
	"context"
	"net/http"
	"os"
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

// Rows C10, D-11: never a yes, and never "your token is bad".
func TestAStoreThatDoesNotAnswerIsNoVerdict(t *testing.T) {
	t.Parallel() // it waits for a deadline
	cluster := pgtest.New(t, pgtest.Options{})
	s := tokentest.Start(t, tokentest.WithDatabase(database(t, cluster)), tokentest.WithConfig(proxied))
	unseen := s.Issue(platform, "unseen", "catalog:read").Secret.Reveal()

	cluster.Pause(t)
	got := ask(t, s, question{header: nginx("GET", "/api/catalog/x", unseen)})
	wantStatus(t, got, http.StatusServiceUnavailable)
	if got.header.Get("Retry-After") == "" || got.header.Get("WWW-Authenticate") != "" {
		t.Errorf("the headers are %v", got.header)
	}
	cluster.Resume(t)
	wantStatus(t, ask(t, s, question{header: nginx("GET", "/api/catalog/x", unseen)}), http.StatusOK)
}

// A refusal that belongs into the log and cannot be written there is not
// given: nobody known is turned away without a trace.
func TestARefusalThatCannotBeRecordedIsNoVerdict(t *testing.T) {
	t.Parallel() // it waits for a deadline
	cluster := pgtest.New(t, pgtest.Options{})
	s := tokentest.Start(t, tokentest.WithDatabase(database(t, cluster)), tokentest.WithConfig(proxied))
	raw := s.Issue(platform, "reader", "catalog:read").Secret.Reveal()
	wantStatus(t, ask(t, s, question{header: nginx("GET", "/api/catalog/x", raw)}), http.StatusOK)

	cluster.Pause(t)
	wantStatus(t, ask(t, s, question{header: nginx("POST", "/api/catalog/x", raw)}), http.StatusServiceUnavailable)
	cluster.Resume(t)
	wantStatus(t, ask(t, s, question{header: nginx("POST", "/api/catalog/x", raw)}), http.StatusForbidden)
}

// A refusal that was just recorded is repeated from what is known: a program
// that goes on asking for too much does not reach the store each time.
func TestARefusalThatWasRecordedNeedsTheStoreNoMore(t *testing.T) {
	t.Parallel() // it waits for a deadline
	cluster := pgtest.New(t, pgtest.Options{})
	s := tokentest.Start(t, tokentest.WithDatabase(database(t, cluster)), tokentest.WithConfig(proxied+"verify: {lease: 1m}\n"))
	raw := s.Issue(platform, "reader", "catalog:read").Secret.Reveal()
	wantStatus(t, ask(t, s, question{header: nginx("POST", "/api/catalog/x", raw)}), http.StatusForbidden)

	cluster.Pause(t)
	wantStatus(t, ask(t, s, question{header: nginx("POST", "/api/catalog/x", raw)}), http.StatusForbidden)
	cluster.Resume(t)
}
