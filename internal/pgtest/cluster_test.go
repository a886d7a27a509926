package pgtest_test

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tokenwright/tokenwright/internal/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

func TestEveryTestGetsItsOwnCopyOfOneTemplate(t *testing.T) {
	cluster := pgtest.Start(t)
	migrations := 0
	migrate := func(url string) error {
		migrations++
		return run(t.Context(), url, "CREATE TABLE things (name TEXT PRIMARY KEY)")
	}
	one, other := cluster.Database(t, migrate), cluster.Database(t, migrate)
	for _, url := range []string{one, other} {
		if err := run(t.Context(), url, "INSERT INTO things VALUES ('the same name')"); err != nil {
			t.Error(err)
		}
	}
	if one == other || migrations != 1 {
		t.Errorf("addresses %s and %s after %d migrations, want two and one", one, other, migrations)
	}
}

func TestTestsOfOneProcessShareAServer(t *testing.T) {
	if first, second := pgtest.Start(t), pgtest.Start(t); first != second {
		t.Error("two servers, want one")
	}
}

func TestAPausedServerIsSilentUntilItResumes(t *testing.T) {
	cluster := pgtest.New(t, pgtest.Options{})
	url := cluster.Database(t, nil)
	cluster.Pause(t)

	patience, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if err := run(patience, url, "SELECT 1"); err == nil {
		t.Error("a paused server answered")
	}
	cluster.Resume(t)
	if err := run(t.Context(), url, "SELECT 1"); err != nil {
		t.Errorf("after the pause: %v", err)
	}
}

func TestADurableServerKeepsWhatItAcknowledged(t *testing.T) {
	cluster := pgtest.New(t, pgtest.Options{Durable: true})
	url := cluster.Database(t, nil)
	if err := run(t.Context(), url, "CREATE TABLE kept AS SELECT 1 AS one"); err != nil {
		t.Fatal(err)
	}
	cluster.Kill(t)
	if err := run(t.Context(), url, "SELECT 1"); err == nil {
		t.Error("a killed server answered")
	}
	cluster.Restart(t)
	if err := run(t.Context(), url, "SELECT one FROM kept"); err != nil {
		t.Errorf("after the kill: %v", err)
	}
}

func TestAStoppedServerStartsAgain(t *testing.T) {
	cluster := pgtest.New(t, pgtest.Options{Settings: []string{"log_statement=all"}})
	url := cluster.Database(t, nil)
	cluster.Stop(t)
	cluster.Restart(t)
	if err := run(t.Context(), url, "SELECT 'words to be found'"); err != nil {
		t.Error(err)
	}
	if !strings.Contains(cluster.Log(t), "words to be found") {
		t.Error("the setting log_statement=all did not reach the server")
	}
}

func TestADemotedServerReadsAndDoesNotWriteUntilItIsPromoted(t *testing.T) {
	cluster := pgtest.New(t, pgtest.Options{})
	url := cluster.Database(t, nil)
	cluster.Demote(t)
	if err := run(t.Context(), url, "SELECT 1"); err != nil {
		t.Errorf("read: %v", err)
	}
	if err := run(t.Context(), url, "CREATE TABLE written (one INTEGER)"); err == nil {
		t.Error("a standby was written to")
	}
	for _, statement := range []string{"SELECT pg_promote()", "CREATE TABLE written (one INTEGER)"} {
		if err := run(t.Context(), url, statement); err != nil {
			t.Errorf("%s: %v", statement, err)
		}
	}
}

// run executes one statement on a connection of its own.
func run(ctx context.Context, url, statement string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx)) // nothing is left to lose
	_, err = conn.Exec(ctx, statement)
	return err
}
