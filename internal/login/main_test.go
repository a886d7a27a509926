package login_test

import (
	"context"
	"os"
	"testing"

	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/store/postgres"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// database gives a test a PostgreSQL database of its own, with the schema.
func database(t *testing.T) string {
	t.Helper()
	return pgtest.Start(t).Database(t, func(url string) error {
		store, err := postgres.Open(context.Background(), url, postgres.Options{})
		if err != nil {
			return err
		}
		return store.Close()
	})
}
