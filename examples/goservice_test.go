package examples_test

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	verbs "github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/peer"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// A service with the public packages alone, in a process of its own, beside a
// server on one database.
func TestAGoServiceChecksTokensItself(t *testing.T) {
	database := pgtest.Start(t).Database(t, nil)
	tw := tokentest.Start(t, tokentest.WithDatabase(database))
	secret, file := peer.GenerateSecret(), filepath.Join(t.TempDir(), "search")
	if err := os.WriteFile(file, []byte(secret.Reveal()), 0o600); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "go-service")
	if out, err := exec.Command("go", "build", "-o", program, "./go-service").CombinedOutput(); err != nil {
		t.Fatalf("build the example: %v\n%s", err, out)
	}
	t.Setenv("TOKENWRIGHT_DATABASE", database)
	url := deployment(t, program, "-peer", "search="+file)

	service := tw.Issue("group:default/platform", "ci", "catalog:read")
	person, err := tw.Authority().Issue(t.Context(), tokentest.Admin(), verbs.Request{
		Kind: token.KindUser, Name: "phone", Owner: "user:default/alice", Scopes: []string{"upload"},
	})
	if err != nil {
		t.Fatal(err)
	}
	caller := peerToken(t, secret)
	ask := func(method, path string, bearer token.Secret) int {
		return statusOf(t, method, url+path, bearer)
	}
	for _, tc := range []struct {
		name, method, path string
		bearer             token.Secret
		want               int
	}{
		{"nobody, where everybody may", http.MethodGet, "/healthz", token.Secret{}, http.StatusOK},
		{"nobody", http.MethodGet, "/catalog/x", token.Secret{}, http.StatusUnauthorized},
		{"a service token", http.MethodGet, "/catalog/x", service.Secret, http.StatusOK},
		{"a peer", http.MethodGet, "/catalog/x", caller, http.StatusOK},
		{"a user token without the scope", http.MethodGet, "/catalog/x", person.Secret, http.StatusForbidden},
		{"a user token", http.MethodPost, "/upload", person.Secret, http.StatusOK},
		{"a service token where people are let in", http.MethodPost, "/upload", service.Secret, http.StatusUnauthorized},
		{"a peer where people are let in", http.MethodPost, "/upload", caller, http.StatusUnauthorized},
		{"where no rule lets in", http.MethodGet, "/elsewhere", service.Secret, http.StatusForbidden},
	} {
		if got := ask(tc.method, tc.path, tc.bearer); got != tc.want {
			t.Errorf("%s: %d, want %d", tc.name, got, tc.want)
		}
	}
	tw.Revoke(service)
	if got := ask(http.MethodGet, "/catalog/x", service.Secret); got != http.StatusUnauthorized {
		t.Errorf("a revoked token: %d", got)
	}
	disableUser(t, tw, "user:default/alice")
	if got := ask(http.MethodPost, "/upload", person.Secret); got != http.StatusUnauthorized {
		t.Errorf("a token of somebody who was disabled: %d", got)
	}
}

func statusOf(t *testing.T, method, url string, bearer token.Secret) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if !bearer.IsZero() {
		req.Header.Set("Authorization", "Bearer "+bearer.Reveal())
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.StatusCode
}

func peerToken(t *testing.T, secret token.Secret) token.Secret {
	t.Helper()
	manager, err := peer.New(peer.Options{Keys: []peer.Key{{Secret: secret}}})
	if err != nil {
		t.Fatal(err)
	}
	made, err := manager.GetToken(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func disableUser(t *testing.T, tw *tokentest.Server, ref string) {
	t.Helper()
	client := tw.LocalClient()
	client.Timeout = 10 * time.Second
	res, err := client.Post("http://localhost/api/admin/v1/users/disable", "application/json", strings.NewReader(`{"ref":"`+ref+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Fatalf("disable %s: %d", ref, res.StatusCode)
	}
}
