package directory_test

import (
	"context"
	"os"
	"testing"

	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/store/postgres"
	"github.com/tokenwright/tokenwright/tokentest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// twoNodes starts two servers of one installation on a PostgreSQL database.
func twoNodes(t *testing.T, opts ...tokentest.Option) (a, b *tokentest.Server) {
	t.Helper()
	url := pgtest.Start(t).Database(t, func(url string) error {
		store, err := postgres.Open(context.Background(), url, postgres.Options{})
		if err != nil {
			return err
		}
		return store.Close()
	})
	opts = append(opts, tokentest.WithDatabase(url), tokentest.WithPublicURL("https://tokens.example.com"))
	a = tokentest.Start(t, opts...)
	return a, tokentest.Start(t, append(opts, tokentest.WithKeyOf(a))...)
}
