package cli_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	_ "modernc.org/sqlite" // to change stored rows behind the server's back

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/tokentest"
)

// behind opens the database of a running server behind its back.
func behind(t *testing.T, tw *tokentest.Server) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(tw.Data, "tokenwright.db")+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func TestVerifyFindsWhatWasChangedInTheStoredLog(t *testing.T) {
	for name, statement := range map[string]string{
		"a body":                   `UPDATE audit_entries SET body = CAST(replace(CAST(body AS TEXT), 'local:', 'lokal:') AS BLOB) WHERE position = 5`,
		"a body, not in UTF-8":     `UPDATE audit_entries SET body = CAST(replace(CAST(body AS TEXT), 'local:', CAST(x'ff' AS TEXT)) AS BLOB) WHERE position = 3`,
		"a column beside a body":   `UPDATE audit_entries SET actor = 'user:default/bob' WHERE position = 2`,
		"an entry taken out":       `DELETE FROM audit_entries WHERE position = 4`,
		"the last entry cut off":   `DELETE FROM audit_entries WHERE position = (SELECT max(position) FROM audit_entries)`,
		"a hash of the tree":       `UPDATE log_nodes SET hash = zeroblob(32) WHERE idx = 1`,
		"a hash cut short":         `UPDATE log_nodes SET hash = x'00' WHERE idx = 1`,
		"the root of the head":     `UPDATE log_head SET root = zeroblob(32)`,
		"the size of the head":     `UPDATE log_head SET size = size - 1`,
		"the signature":            `UPDATE log_head SET signed = x'00'`,
		"an entry put behind":      `INSERT INTO audit_entries SELECT 'x', at, action, outcome, actor, token_id, owner, kind, workspace, body, 1000000 FROM audit_entries WHERE position = 1`,
		"two entries interchanged": `UPDATE audit_entries SET position = CASE position WHEN 1 THEN -2 ELSE -1 END WHERE position IN (1, 2)`,
	} {
		t.Run(name, func(t *testing.T) {
			tw := tokentest.Start(t)
			whole := run(t, nil, "audit", "verify", "--data", tw.Data)
			if whole.status != 0 {
				t.Fatalf("a false alarm: %s", whole.stderr)
			}
			done, err := behind(t, tw).ExecContext(t.Context(), statement)
			if err != nil {
				t.Fatal(err)
			}
			if n, err := done.RowsAffected(); err != nil || n == 0 {
				t.Fatalf("nothing was changed: %v", err)
			}
			got := run(t, nil, "audit", "verify", "--data", tw.Data)
			if got.status != 1 || got.stdout != "" || !strings.Contains(got.stderr, "the log was changed after it was written") {
				t.Errorf("status %d\n%s%s", got.status, got.stdout, got.stderr)
			}
		})
	}
}

func stopped(t *testing.T, tw *tokentest.Server) {
	t.Helper()
	if err := tw.Stop(); err != nil {
		t.Fatal(err)
	}
}

// copyFiles makes to hold the regular files of from, and no others.
func copyFiles(t *testing.T, to, from string) {
	t.Helper()
	if err := errors.Join(os.RemoveAll(to), os.Mkdir(to, 0o700)); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		text, err := os.ReadFile(filepath.Join(from, entry.Name()))
		if err != nil || !entry.Type().IsRegular() {
			t.Fatalf("%s: %v", entry.Name(), err)
		}
		if err := os.WriteFile(filepath.Join(to, entry.Name()), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// waitSequenced waits until every entry has its place in the log.
func waitSequenced(t *testing.T, data string) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for {
		var page api.EntryPage
		var head api.LogHead
		entries := run(t, nil, "audit", "list", "--limit", "1", "-o", "json", "--data", data)
		end := run(t, nil, "audit", "checkpoint", "-o", "json", "--data", data)
		if err := errors.Join(json.Unmarshal([]byte(entries.stdout), &page), json.Unmarshal([]byte(end.stdout), &head)); err != nil {
			t.Fatal(err)
		}
		if head.Size == int64(page.Total) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d entries, %d of them in the log", page.Total, head.Size)
		}
		<-time.After(5 * time.Millisecond)
	}
}

func TestAKeptCheckpointFindsALogThatWasPutBack(t *testing.T) {
	const url = "https://tokens.example.com"
	tw := tokentest.Start(t, tokentest.WithPublicURL(url))
	stopped(t, tw)
	earlier := t.TempDir()
	copyFiles(t, earlier, tw.Data)

	tw = tokentest.Start(t, tokentest.WithPublicURL(url), tokentest.WithData(tw.Data))
	tw.Issue("group:default/platform", "ci", "catalog:read")
	kept := filepath.Join(t.TempDir(), "kept.txt")
	waitSequenced(t, tw.Data)
	checkpoint := run(t, nil, "audit", "checkpoint", "--data", tw.Data)
	if err := os.WriteFile(kept, []byte(checkpoint.stdout), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := run(t, nil, "audit", "verify", "--checkpoint", kept, "--data", tw.Data); got.status != 0 {
		t.Fatalf("a false alarm: %s", got.stderr)
	}
	stopped(t, tw)

	copyFiles(t, tw.Data, earlier)
	tw = tokentest.Start(t, tokentest.WithPublicURL(url), tokentest.WithData(tw.Data))
	if got := run(t, nil, "audit", "verify", "--data", tw.Data); got.status != 0 {
		t.Fatalf("the log that was put back is whole by itself: %s", got.stderr)
	}
	got := run(t, nil, "audit", "verify", "--checkpoint", kept, "--data", tw.Data)
	if got.status != 1 || !strings.Contains(got.stderr, "checkpoint") {
		t.Errorf("status %d\n%s%s", got.status, got.stdout, got.stderr)
	}
}

func TestVerifyRaisesNoFalseAlarmWhileTheLogGrows(t *testing.T) {
	tw := tokentest.Start(t)
	ctx, enough := context.WithCancel(t.Context())
	var growing sync.WaitGroup
	growing.Go(func() {
		for i := 0; ctx.Err() == nil && i < 5000; i++ {
			tw.RevokeOwner("group:default/data") // each is one entry
		}
	})
	for range 8 {
		if got := run(t, nil, "audit", "verify", "--data", tw.Data); got.status != 0 {
			t.Errorf("a false alarm: %s", got.stderr)
			break
		}
	}
	enough()
	growing.Wait()
}
