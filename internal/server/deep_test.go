package server_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/tokentest"
)

// dataChecks gives what a server finds in its data, by name.
func dataChecks(t *testing.T, s *tokentest.Server) map[string]api.Check {
	t.Helper()
	var found api.Checks
	if err := json.Unmarshal([]byte(local(t, s, http.MethodGet, "/api/admin/v1/status/data", "").body), &found); err != nil {
		t.Fatal(err)
	}
	byName := map[string]api.Check{}
	for _, check := range found.Checks {
		byName[check.Name] = check
	}
	return byName
}

// Row K-05: what is well formed and still not what was written shows when the
// records are compared with the log.
func TestDoctorReadsThroughTheData(t *testing.T) {
	url := database(t, pgtest.Start(t))
	s := tokentest.Start(t, tokentest.WithDatabase(url))
	db := openSQL(t, url)
	kept := s.Issue(platform, "kept", "catalog:read")
	revoked := s.Issue(platform, "revoked", "catalog:read")
	s.Revoke(revoked)
	s.Rotate(s.Issue(platform, "rotated", "catalog:read"), 0)
	cutHere(t, db) // every entry has its place
	for _, check := range dataChecks(t, s) {
		if !check.OK {
			t.Fatalf("a false alarm: %+v", check)
		}
	}
	for what, change := range map[string]string{
		"another subject":         `UPDATE tokens SET subject = 'service-token:group:default/platform:pept' WHERE id = '` + kept.Token.ID + `'`,
		"a revocation taken back": `UPDATE tokens SET revoked_at = NULL WHERE id = '` + revoked.Token.ID + `'`,
	} {
		if _, err := db.ExecContext(t.Context(), change); err != nil {
			t.Fatal(err)
		}
		id := kept.Token.ID
		if strings.Contains(what, "revocation") {
			id = revoked.Token.ID
		}
		if got := dataChecks(t, s)["records"]; got.OK || !strings.Contains(got.Message, id) || got.Mend == "" {
			t.Errorf("%s is not found: %+v", what, got)
		}
	}
}

// Row K-05: what a damaged row would say is not known. The client hears no more
// than that, and the operator which token it is.
func TestADamagedTokenIsUnavailableAndItsNameIsInTheLog(t *testing.T) {
	url := database(t, pgtest.Start(t))
	s := tokentest.Start(t, tokentest.WithDatabase(url))
	issued := s.Issue(platform, "ci", "catalog:read")
	if _, err := openSQL(t, url).ExecContext(t.Context(), `UPDATE tokens SET scopes = 'catalog:write' WHERE id = '`+issued.Token.ID+`'`); err != nil {
		t.Fatal(err)
	}
	raw := issued.Secret.Reveal()
	got := askForm(t, s.URL+"/oauth2/introspect", s.UserToken("user:default/admin"), "token="+raw)
	if got.status != http.StatusServiceUnavailable || got.header.Get("Retry-After") == "" || strings.Contains(got.body, "damaged") {
		t.Errorf("introspection: %d %v %s", got.status, got.header, got.body)
	}
	if got := ask(t, http.DefaultClient, http.MethodGet, s.URL+"/forward-auth", raw, ""); got.status != http.StatusServiceUnavailable {
		t.Errorf("forward-auth: %d %s", got.status, got.body)
	}
	if logs := s.Logs(); !strings.Contains(logs, "a row is damaged") || !strings.Contains(logs, issued.Token.ID) || strings.Contains(logs, raw[12:]) {
		t.Error("the log does not tell of the damage, or holds the token")
	}
}

func TestDoctorWarnsOfASchemaThatIsNewer(t *testing.T) {
	url := database(t, pgtest.Start(t))
	s := tokentest.Start(t, tokentest.WithDatabase(url))
	if _, err := openSQL(t, url).ExecContext(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)`); err != nil {
		t.Fatal(err)
	}
	var status api.Status
	if err := json.Unmarshal([]byte(local(t, s, http.MethodGet, "/api/admin/v1/status", "").body), &status); err != nil {
		t.Fatal(err)
	}
	for _, check := range status.Checks {
		switch check.Name {
		case "schema":
			if !check.OK || !check.Warning || !strings.Contains(check.Message, "9999") || check.Mend == "" {
				t.Errorf("schema: %+v", check)
			}
		case "database clock":
			if !check.OK || check.Warning {
				t.Errorf("database clock: %+v", check)
			}
		}
	}
}
