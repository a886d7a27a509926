package console_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/oauth"
	"github.com/tokenwright/tokenwright/internal/page/pagetest"
	"github.com/tokenwright/tokenwright/tokentest"
)

// Signing in, and saying yes or no to a program of somebody else, in a real
// browser, on both databases.
func TestSignInAndConsentInABrowser(t *testing.T) {
	node := needBrowser(t)
	onBoth(t, func(t *testing.T, with ...tokentest.Option) {
		if len(with) > 0 && !everything() {
			t.Skip("on PostgreSQL with TOKENWRIGHT_PROOF=full")
		}
		tw := tokentest.Start(t, append(with, tokentest.WithConfig(decisionConfig(t)))...)
		settled(t, tw)
		runScript(t, node, "signin.mjs", "ORIGIN="+tw.URL, "FRESH="+tokentest.Start(t).URL, "LINKS="+linksOf(t, tw, admin, 3))
		runScript(t, node, "consent.mjs", "ORIGIN="+tw.URL, "ADMIN="+tw.UserToken(admin),
			"ALICE="+linksOf(t, tw, alice, 5), "BOB="+linksOf(t, tw, bob, 3))
	})
}

// settled waits until a server knows that somebody has administered it.
func settled(t *testing.T, tw *tokentest.Server) {
	t.Helper()
	pagetest.SignIn(t, tw, admin)
	p := pagetest.Open(t, tw)
	await(t, "the first administrator", func() bool { return !p.Get("/sign-in").Has("#first") })
}

// await waits for a condition, and fails when it does not come.
func await(t *testing.T, what string, condition func() bool) {
	t.Helper()
	again, late := time.NewTicker(250*time.Millisecond), time.After(30*time.Second)
	defer again.Stop()
	for !condition() {
		select {
		case <-again.C:
		case <-late:
			t.Fatalf("in vain: %s", what)
		}
	}
}

// decisionConfig lets clients be registered and has an OpenID provider, which lets
// nobody in.
func decisionConfig(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	provider := httptest.NewServer(mux)
	t.Cleanup(provider.Close)
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"issuer":%[1]q,"authorization_endpoint":"%[1]s/authorize","token_endpoint":"%[1]s/token","jwks_uri":"%[1]s/keys",
			"response_types_supported":["code"],"subject_types_supported":["public"],"id_token_signing_alg_values_supported":["ES256"]}`, provider.URL)
	})
	mux.HandleFunc("GET /authorize", func(w http.ResponseWriter, r *http.Request) {
		asked := r.URL.Query()
		answer := url.Values{"error": {"access_denied"}, "state": {asked.Get("state")}, "iss": {provider.URL}}
		http.Redirect(w, r, asked.Get("redirect_uri")+"?"+answer.Encode(), http.StatusSeeOther)
	})
	secret := filepath.Join(t.TempDir(), "client-secret")
	if err := os.WriteFile(secret, []byte("the-clients-secret-of-this-test"), 0o600); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("oauth: {registration: true}\nsign_in: {oidc: {issuer: %q, client_id: tokenwright, client_secret_file: %q}}", provider.URL, secret)
}

// decisions are the pictures of the pages for one decision.
func decisions(t *testing.T, tw *tokentest.Server) []shot {
	t.Helper()
	const redirect = "https://reports.example.com/callback"
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, tw.URL+oauth.RegisterPath, strings.NewReader(
		`{"client_name":"Quarterly reports","redirect_uris":["`+redirect+`"],"token_endpoint_auth_method":"none"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+tw.UserToken(admin))
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var client struct {
		ID string `json:"client_id"`
	}
	if err := json.NewDecoder(res.Body).Decode(&client); err != nil || client.ID == "" {
		t.Fatalf("register: %d %v", res.StatusCode, err)
	}
	asks := func(scope string) string {
		return oauth.AuthorizePath + "?" + url.Values{
			"response_type": {"code"}, "client_id": {client.ID}, "redirect_uri": {redirect}, "scope": {scope},
			"code_challenge": {oauth.Challenge(strings.Repeat("v", 43))}, "code_challenge_method": {oauth.MethodS256},
		}.Encode()
	}
	return []shot{
		{Name: "sign-in-first", Path: tokentest.Start(t).URL + "/sign-in", Stranger: true},
		{Name: "sign-in", Path: "/sign-in", Stranger: true},
		{Name: "sign-in-link", Path: "/sign-in/link_x", Stranger: true},
		{Name: "sign-in-refused", Path: "/sign-in/oidc", Stranger: true},
		{Name: "signed-in", Path: "/sign-in"},
		{Name: "consent", Path: asks("openid offline_access catalog:read techdocs:read")},
		{Name: "consent-everything", Path: asks("openid")},
		{Name: "consent-gone", Path: oauth.ConsentPath + "/none"},
	}
}
