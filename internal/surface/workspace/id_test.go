package workspace_test

import (
	"net/http"
	"testing"

	"github.com/tokenwright/tokenwright/tokentest"
)

// TestAnIDIsNoCredential: ids stand in lists and in the log. A verifier that has
// a token in its cache must not take its id for it, however it is written (C-02).
func TestAnIDIsNoCredential(t *testing.T) {
	k := start(t, tokentest.WithConfig("rules: [{path: /api/**, scopes: ['read:*']}]\ntrusted_proxies: [127.0.0.0/8]"))
	made := k.create(bob, k.demo)
	ask := func(header, value string) int {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, k.URL+"/forward-auth", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set(header, value)
		req.Header.Set("X-Original-Method", "GET")
		req.Header.Set("X-Original-URI", "/api/x")
		return k.do(http.DefaultClient, req).status
	}
	k.equal("the token", ask("Authorization", "Bearer "+made.Token), http.StatusOK)
	for _, forged := range []string{made.ID, "workspace token " + made.ID, "workspace-token:" + made.ID} {
		k.equal(forged, ask("X-API-Key", forged), http.StatusUnauthorized)
	}
}
