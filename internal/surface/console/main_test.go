package console_test

import (
	"os"
	"testing"

	"github.com/tokenwright/tokenwright/internal/page/pagetest"
	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/tokentest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// People and groups of the demonstration directory.
const (
	admin    = "user:default/admin"
	alice    = "user:default/alice"
	platform = "group:default/platform"
	data     = "group:default/data"
)

const servicePath = "/admin/access-tokens"

// visit gives a server and the browser of an administrator.
func visit(t *testing.T) (*tokentest.Server, *pagetest.Browser) {
	t.Helper()
	tw := tokentest.Start(t)
	return tw, pagetest.SignIn(t, tw, admin)
}

// onBoth runs a test on SQLite and on PostgreSQL.
func onBoth(t *testing.T, test func(t *testing.T, with ...tokentest.Option)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t) })
	t.Run("postgres", func(t *testing.T) {
		test(t, tokentest.WithDatabase(pgtest.Start(t).Database(t, nil)))
	})
}
