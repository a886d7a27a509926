package server_test

import (
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/tokentest"
)

const tokensList = "/api/access-tokens/service"

// keysOf lists the signing keys as a node knows them.
func keysOf(t *testing.T, s *tokentest.Server) []api.Key {
	t.Helper()
	var list api.Keys
	if err := json.Unmarshal([]byte(local(t, s, http.MethodGet, "/api/admin/v1/keys", "").body), &list); err != nil {
		t.Fatal(err)
	}
	return list.Keys
}

// usable gives the newest key of a use that is neither retired nor removed.
func usable(t *testing.T, s *tokentest.Server, use string) string {
	t.Helper()
	for _, key := range keysOf(t, s) {
		if key.Use == use && key.RetiredAt.IsZero() && key.RemovedAt.IsZero() {
			return key.KID
		}
	}
	t.Fatalf("no key for %s", use)
	return ""
}

// published gives the key set that a node shows to everybody.
func published(t *testing.T, s *tokentest.Server) string {
	t.Helper()
	return ask(t, http.DefaultClient, http.MethodGet, s.URL+"/.well-known/jwks.json", "", "").body
}

const oneURL = "http://127.0.0.1:7080" // nodes of one installation have one

// Standing rule 14 and row K-11: retiring ends new signatures, removing ends
// what was signed, each on both nodes within two seconds.
func TestRetiringAndRemovingASigningKeyCountOnBothNodes(t *testing.T) {
	url := database(t, pgtest.Start(t))
	a, b := twoNodes(t, url, url, tokentest.WithPublicURL(oneURL))
	kid := usable(t, a, "access")
	before := map[*tokentest.Server]string{a: a.UserToken("user:default/admin"), b: b.UserToken("user:default/admin")}
	good := func(node *tokentest.Server, jwt string) bool { return get(t, node, tokensList, jwt) == http.StatusOK }
	for _, jwt := range before {
		for _, node := range []*tokentest.Server{a, b} {
			if !good(node, jwt) {
				t.Fatal("a good JWT is refused")
			}
		}
	}

	local(t, a, http.MethodPost, "/api/admin/v1/keys/retire", `{"kid":"`+kid+`"}`)
	if signedBy(t, a.UserToken("user:default/admin")) == kid {
		t.Error("the retired key signs on the node that retired it")
	}
	until(t, 2*time.Second, "it signs no more on the other node", func() bool {
		return signedBy(t, b.UserToken("user:default/admin")) != kid
	})
	for _, jwt := range before {
		if !good(a, jwt) || !good(b, jwt) {
			t.Error("what the retired key signed is refused")
		}
	}
	if !strings.Contains(published(t, b), kid) {
		t.Error("the retired key is not published any more")
	}

	local(t, a, http.MethodPost, "/api/admin/v1/keys/remove", `{"kid":"`+kid+`"}`)
	for _, jwt := range before {
		if status := get(t, a, tokensList, jwt); status != http.StatusUnauthorized {
			t.Errorf("on the node that removed the key: %d", status)
		}
		until(t, 2*time.Second, "refused on the other node", func() bool {
			return get(t, b, tokensList, jwt) == http.StatusUnauthorized
		})
	}
	for _, node := range []*tokentest.Server{a, b} {
		if strings.Contains(published(t, node), kid) {
			t.Error("the removed key is still published")
		}
		if !good(a, node.UserToken("user:default/admin")) || !good(b, node.UserToken("user:default/admin")) {
			t.Error("what is signed now is refused")
		}
	}
}

// signedBy gives the kid of a JWT.
func signedBy(t *testing.T, jwt string) string {
	t.Helper()
	header, _, _ := strings.Cut(jwt, ".")
	text, err := base64.RawURLEncoding.DecodeString(header)
	if err != nil {
		t.Fatal(err)
	}
	var named struct{ Kid string }
	if err := json.Unmarshal(text, &named); err != nil {
		t.Fatal(err)
	}
	return named.Kid
}

// A node that has not heard of the removal yet must not sign the head of the
// log with the removed key: nobody would take the log for a good one.
func TestNoHeadIsSignedByALogKeyThatWasRemovedBefore(t *testing.T) {
	url := database(t, pgtest.Start(t))
	a, b := twoNodes(t, url, url)
	db := openSQL(t, url)
	for round := range 16 {
		node, other := a, b
		if round%2 == 1 {
			node, other = b, a
		}
		removed := usable(t, node, "log")
		local(t, node, http.MethodPost, "/api/admin/v1/keys/remove", `{"kid":"`+removed+`"}`)
		until(t, 2*time.Second, "the removal has its place in the log", func() bool { return sequenced(t, db, removed) })
		until(t, 2*time.Second, "the other node knows of it", func() bool { return usable(t, other, "log") == usable(t, node, "log") })
		var head api.LogHead
		if err := json.Unmarshal([]byte(local(t, other, http.MethodGet, "/api/admin/v1/log/head", "").body), &head); err != nil {
			t.Fatal(err)
		}
		var verifiers []note.Verifier
		for _, key := range head.Keys {
			verifier, err := note.NewVerifier(key)
			if err != nil {
				t.Fatal(err)
			}
			verifiers = append(verifiers, verifier)
		}
		if _, err := audit.OpenCheckpoint([]byte(head.Checkpoint), note.VerifierList(verifiers...)); err != nil {
			t.Fatalf("round %d: the head after the removal: %v", round, err)
		}
	}
}

// sequenced reports whether the removal of a key has its position.
func sequenced(t *testing.T, db *sql.DB, kid string) (yes bool) {
	t.Helper()
	err := db.QueryRowContext(t.Context(), `SELECT EXISTS (SELECT FROM audit_entries
		WHERE action = 'key.removed' AND position IS NOT NULL AND convert_from(body, 'UTF8') LIKE '%' || $1 || '%')`, kid).Scan(&yes)
	if err != nil {
		t.Fatal(err)
	}
	return yes
}

// One damaged record is refused alone, and told: by readyz, doctor and the log.
func TestOneUnreadableKeyDoesNotKeepANodeFromBeingReady(t *testing.T) {
	url := database(t, pgtest.Start(t))
	a, b := twoNodes(t, url, url, tokentest.WithPublicURL(oneURL))
	db := openSQL(t, url)
	local(t, a, http.MethodPost, "/api/admin/v1/keys/rotate", `{}`)
	damaged := usable(t, a, "access")
	if _, err := db.ExecContext(t.Context(), `UPDATE signing_keys SET sealed = '\x00' WHERE kid = $1`, damaged); err != nil {
		t.Fatal(err)
	}
	local(t, a, http.MethodPost, "/api/admin/v1/keys/rotate", `{"use":"log"}`) // the nodes read the keys again
	for _, node := range []*tokentest.Server{a, b} {
		until(t, 2*time.Second, "readyz tells of it", func() bool {
			got := ask(t, http.DefaultClient, http.MethodGet, node.URL+"/readyz", "", "")
			return got.status == http.StatusOK && strings.Contains(got.body, `"impaired":["keys"]`)
		})
		if !strings.Contains(node.Logs(), "a signing key cannot be read") || !strings.Contains(node.Logs(), damaged) {
			t.Error("the log does not name the key")
		}
		if strings.Contains(published(t, node), damaged) {
			t.Error("the damaged key is still published")
		}
		issued := a.Issue(platform, "while-damaged-"+node.URL[len("http://127.0.0.1:"):], "catalog:read")
		if err := check(node, issued); err != nil {
			t.Error(err)
		}
	}
	heardBy(t, a, b)
	restarted := tokentest.Start(t, tokentest.WithDatabase(url), tokentest.WithKeyOf(a), tokentest.WithPublicURL(oneURL))
	if status := get(t, restarted, tokensList, a.UserToken("user:default/admin")); status != http.StatusOK {
		t.Errorf("a node that starts meanwhile: %d", status)
	}
	var status api.Status
	if err := json.Unmarshal([]byte(local(t, a, http.MethodGet, "/api/admin/v1/status", "").body), &status); err != nil {
		t.Fatal(err)
	}
	told := false
	for _, check := range status.Checks {
		told = told || !check.OK && strings.Contains(check.Message, damaged) && strings.Contains(check.Mend, "keys remove")
	}
	if !told {
		t.Errorf("doctor does not tell of it: %+v", status.Checks)
	}
	local(t, a, http.MethodPost, "/api/admin/v1/keys/remove", `{"kid":"`+damaged+`"}`)
	for _, node := range []*tokentest.Server{a, b} {
		until(t, 2*time.Second, "all is well again", func() bool {
			got := ask(t, http.DefaultClient, http.MethodGet, node.URL+"/readyz", "", "")
			return got.status == http.StatusOK && !strings.Contains(got.body, "impaired")
		})
	}
}
