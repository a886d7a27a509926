package cli_test

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/internal/cli"
	"github.com/tokenwright/tokenwright/tokentest"
	"github.com/tokenwright/tokenwright/verify"
)

// vectors gives what the plugin made of its tokens, or skips.
func vectors(t *testing.T) (list []struct{ Raw, TokenHash, TokenPrefix string }) {
	t.Helper()
	text, err := os.ReadFile("../../../shared/vectors/primedx-primitives.json")
	if os.IsNotExist(err) {
		t.Skip("the recorded tokens of the plugin are not on this machine")
	}
	var all struct {
		RawTokens []struct{ Raw, TokenHash, TokenPrefix string }
	}
	if err == nil {
		err = json.Unmarshal(text, &all)
	}
	if err != nil || len(all.RawTokens) == 0 {
		t.Fatalf("no tokens were recorded: %v", err)
	}
	return all.RawTokens
}

// runBeside runs the program beside a server and gives its exit status.
func runBeside(t *testing.T, s *tokentest.Server, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, said bytes.Buffer
	status = cli.Run(t.Context(), cli.Process{
		Args: append(args, "--data", s.Data), Stdin: strings.NewReader(""), Stdout: &out, Stderr: &said,
		Env: func(string) (string, bool) { return "", false }, Clock: time.Now,
	})
	return status, out.String(), said.String()
}

// TestUsersOfThePluginMoveWithoutANewToken: what the plugin issued opens the same
// doors here.
func TestUsersOfThePluginMoveWithoutANewToken(t *testing.T) {
	recorded := vectors(t)
	path := filepath.Join(t.TempDir(), "plugin.sqlite")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	exec := func(statement string, args ...any) {
		t.Helper()
		if _, err := db.ExecContext(t.Context(), statement, args...); err != nil {
			t.Fatal(err)
		}
	}
	exec(`CREATE TABLE service_access_tokens (id varchar(36), name varchar(100), description text, token_hash varchar(64), token_prefix varchar(12),
		group_entity_ref varchar(255), scopes text, created_by varchar(255), created_at datetime, expires_at datetime, last_used_at datetime,
		revoked_at datetime, revoked_by varchar(255))`)
	exec(`CREATE TABLE service_access_token_audit_log (id varchar(36), token_id varchar(36), event varchar(50), actor varchar(255),
		metadata text, occurred_at datetime)`)
	add := func(id, group, hash, prefix string) {
		exec(`INSERT INTO service_access_tokens VALUES (?, 'ci', 'CI', ?, ?, ?, '["catalog:read"]', 'user:default/admin', ?, ?, NULL, NULL, NULL)`,
			id, hash, prefix, group, time.Now().Add(-time.Hour).UTC().Format(time.RFC3339), time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
	}
	const first, second = "5f6cbd8e-7f6a-4b7c-9a55-0d8e3d1f2a11", "5f6cbd8e-7f6a-4b7c-9a55-0d8e3d1f2a12"
	add(first, "group:default/platform", recorded[0].TokenHash, recorded[0].TokenPrefix)
	// The plugin keeps these two apart; here they are the same group and name.
	add(second, "Platform", recorded[1].TokenHash, recorded[1].TokenPrefix)

	s := tokentest.Start(t, tokentest.WithConfig("imported: [{kind: service, prefix: bsat, length: 43, alphabet: base64url}]"))
	status, out, said := runBeside(t, s, "import", "--from", "primedx", "sqlite:"+path)
	if status != 1 || strings.Count(out, "the owner has several tokens with this name in the file") != 2 || !strings.Contains(said, "2 of 2") {
		t.Fatalf("two that are one here: status %d\n%s%s", status, out, said)
	}
	status, out, said = runBeside(t, s, "import", "--from", "primedx", "sqlite:"+path, "--leave-out", second, "-o", "json")
	var done api.Import
	if err := json.Unmarshal([]byte(out), &done); err != nil || status != 0 || done.Imported != 1 {
		t.Fatalf("status %d, %v\n%s%s", status, err, out, said)
	}
	proof, err := s.Verifier().Verify(t.Context(), recorded[0].Raw, verify.Expect{})
	if err != nil {
		t.Fatal(err)
	}
	if proof.TokenID() != first || proof.Subject() != "service-token:group:default/platform:ci" {
		t.Errorf("it is %s, %s", proof.TokenID(), proof.Subject())
	}
	if status, out, _ = runBeside(t, s, "import", "--from", "primedx", "sqlite:"+path, "--leave-out", second); status != 1 || !strings.Contains(out, "here already") {
		t.Errorf("once more: status %d\n%s", status, out)
	}
}

// TestAFileThatIsNoFileIsRefused: it is read twice.
func TestAFileThatIsNoFileIsRefused(t *testing.T) {
	s := tokentest.Start(t)
	if status, _, said := runBeside(t, s, "import", "--format", "jsonl", t.TempDir()); status == 0 || !strings.Contains(said, "is no file") {
		t.Errorf("status %d: %s", status, said)
	}
}
