package cli_test

import (
	"database/sql"
	"encoding/json"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/tokentest"
)

// A token of Backstage and what Backstage kept of it, made for tests.
const (
	theirRaw  = "ac0244d3-6a34-4b24-b7f5-a8b3331b3110.UMfLOELOVlf02F1fBiBalvbewTRSgouK2fkSQp1vgBg"
	theirHash = "p9UFxZ3xwkQ9RMpmTxIw5g==.FE0ZGN8RBzbDr/DxayD3GIZALxl1sVXXDU3za3EnQFEbJ6xHPy+Ihhm4yOCPFGGJAgHZJr53nETaiAnCYCRUGQ=="
)

// PER section 11: people go on with the personal tokens that they have.
func TestPersonalTokensOfThePluginGoOn(t *testing.T) {
	plugin, auth := filepath.Join(t.TempDir(), "plugin.sqlite"), filepath.Join(t.TempDir(), "auth.sqlite")
	now := time.Now().UTC()
	at := func(d time.Duration) string { return now.Add(d).Format(time.RFC3339) }
	fillDatabase(t, plugin,
		`CREATE TABLE personal_access_tokens (id text, name text, user_entity_ref text, session_id text, created_at datetime,
			expires_at datetime, last_used_at datetime, revoked_at datetime)`,
		`CREATE TABLE personal_access_token_audit_log (id text, token_id text, event text, actor text, metadata text, occurred_at datetime)`,
		`INSERT INTO personal_access_tokens VALUES
			('5f6cbd8e-7f6a-4b7c-9a55-0d8e3d1f2a11', 'laptop', 'user:default/alice', '`+theirRaw[:36]+`', '`+at(-time.Hour)+`', '`+at(time.Hour)+`', NULL, NULL),
			('5f6cbd8e-7f6a-4b7c-9a55-0d8e3d1f2a12', 'before', 'user:default/alice', 'ac0244d3-6a34-4b24-b7f5-a8b3331b3111', '`+
			at(-2*time.Hour)+`', '`+at(time.Hour)+`', NULL, NULL)`)
	fillDatabase(t, auth,
		`CREATE TABLE offline_sessions (id text, user_entity_ref text, token_hash text, created_at datetime, last_used_at datetime)`,
		`INSERT INTO offline_sessions VALUES ('`+theirRaw[:36]+`', 'user:default/alice', '`+theirHash+`', '`+at(-time.Hour)+`', '`+at(-time.Hour)+`')`)

	s := tokentest.Start(t)
	from := []string{"import", "--from", "primedx-personal", "sqlite:" + plugin}
	if status, _, said := runBeside(t, s, from...); status == 0 || !strings.Contains(said, "needs --sessions") {
		t.Errorf("without the sessions: status %d\n%s", status, said)
	}
	status, out, said := runBeside(t, s, append(from, "--sessions", "sqlite:"+auth, "-o", "json")...)
	var done api.Import
	if err := json.Unmarshal([]byte(out), &done); err != nil || status != 0 || done.Imported != 2 {
		t.Fatalf("status %d, %v\n%s%s", status, err, out, said)
	}
	for range 2 {
		resp, err := http.PostForm(s.URL+"/api/auth/v1/token", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {theirRaw}})
		if err != nil {
			t.Fatal(err)
		}
		if err := resp.Body.Close(); err != nil || resp.StatusCode != http.StatusOK {
			t.Errorf("%d %v", resp.StatusCode, err)
		}
	}
	_, out, _ = runBeside(t, s, "token", "list", "--kind", "personal", "-o", "json")
	if strings.Count(out, `"revoked"`) != 1 || !strings.Contains(out, "ac0244d3-6a34-4b24-b7f5-a8b3331b3111") {
		t.Errorf("the list: %s", out)
	}
}

func fillDatabase(t *testing.T, path string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range statements {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
}
