package server_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/tokentest"
)

// A role that was withdrawn is of no use from the answer on, also when the node
// cannot read who holds which role just then.
func TestAWithdrawnRoleIsOfNoUseAlthoughThePolicyCannotBeRead(t *testing.T) {
	const list = "/api/access-tokens/service"
	url := database(t, pgtest.Start(t))
	s := tokentest.Start(t, tokentest.WithDatabase(url))
	local(t, s, http.MethodPost, "/api/admin/v1/roles/grant", `{"ref":"user:default/alice","role":"auditor"}`)
	alice, admin := s.UserToken("user:default/alice"), s.UserToken("user:default/admin")
	if status := get(t, s, list, alice); status != http.StatusOK {
		t.Fatalf("with the role: %d", status)
	}
	db := openSQL(t, url)
	for _, statement := range []string{
		`CREATE TABLE unreadable (now boolean)`,
		`CREATE FUNCTION readable() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
			IF EXISTS (SELECT FROM unreadable) THEN RAISE 'the roles cannot be read'; END IF;
			RETURN true; END $$`,
		`ALTER TABLE role_grants RENAME TO stored_role_grants`,
		`CREATE VIEW role_grants AS SELECT * FROM stored_role_grants WHERE readable()`,
		`CREATE FUNCTION withdraw() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
			DELETE FROM stored_role_grants WHERE ref = OLD.ref AND role = OLD.role;
			RETURN OLD; END $$`,
		`CREATE TRIGGER withdraw INSTEAD OF DELETE ON role_grants FOR EACH ROW EXECUTE FUNCTION withdraw()`,
		// From the commit of the withdrawal on they cannot be read.
		`CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO unreadable VALUES (true); RETURN NULL; END $$`,
		`CREATE CONSTRAINT TRIGGER spoil AFTER DELETE ON stored_role_grants DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION spoil()`,
	} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}

	local(t, s, http.MethodPost, "/api/admin/v1/roles/withdraw", `{"ref":"user:default/alice","role":"auditor"}`)
	for who, bearer := range map[string]string{"who lost the role": alice, "an administrator": admin} {
		if status := get(t, s, list, bearer); status != http.StatusServiceUnavailable {
			t.Errorf("%s: %d, want 503 as long as it is not known who may do what", who, status)
		}
	}
	local(t, s, http.MethodGet, "/api/admin/v1/status", "") // the admin socket still works

	if _, err := db.ExecContext(t.Context(), `DELETE FROM unreadable`); err != nil {
		t.Fatal(err)
	}
	until(t, 2*time.Second, "the policy is known again", func() bool { return get(t, s, list, admin) == http.StatusOK })
	if status := get(t, s, list, alice); status != http.StatusForbidden {
		t.Errorf("who lost the role: %d, want 403", status)
	}
}
