package tokentest_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/tokentest"
	"github.com/tokenwright/tokenwright/verify"
)

// myAPI is what the tests below guard.
func myAPI(w http.ResponseWriter, r *http.Request) {
	_, _ = w.Write([]byte(verify.FromContext(r.Context()).Subject()))
}

func TestMyAPIRefusesARevokedToken(t *testing.T) {
	tw := tokentest.Start(t)
	issued := tw.Issue("group:default/platform", "ci", "catalog:read")
	api := guarded(t, tw)

	if status := ask(api, issued.Secret.Reveal()); status != http.StatusOK {
		t.Errorf("a good token: %d", status)
	}
	tw.Revoke(issued)
	if status := ask(api, issued.Secret.Reveal()); status != http.StatusUnauthorized {
		t.Errorf("a revoked token: %d", status)
	}
}

func TestMyAPIRefusesAnExpiredToken(t *testing.T) {
	clock := tokentest.NewClock(time.Time{})
	tw := tokentest.Start(t, tokentest.WithClock(clock),
		tokentest.WithConfig("kinds: {service: {default_lifetime: 30d}}"))
	issued := tw.Issue("group:default/platform", "ci", "catalog:read")
	api := guarded(t, tw)

	clock.Advance(30*24*time.Hour - time.Second)
	if status := ask(api, issued.Secret.Reveal()); status != http.StatusOK {
		t.Errorf("a second before its end: %d", status)
	}
	clock.Advance(time.Second)
	if status := ask(api, issued.Secret.Reveal()); status != http.StatusUnauthorized {
		t.Errorf("at its end: %d", status)
	}
}

func guarded(t *testing.T, tw *tokentest.Server) http.Handler {
	t.Helper()
	rules, _, err := verify.NewRules([]verify.Rule{{Path: "/**", Scopes: []string{"catalog:read"}}})
	if err != nil {
		t.Fatal(err)
	}
	return verify.Middleware(tw.Verifier(), rules)(http.HandlerFunc(myAPI))
}

func ask(api http.Handler, bearer string) int {
	r := httptest.NewRequest(http.MethodGet, "/entities", nil)
	r.Header.Set("Authorization", "Bearer "+bearer)
	w := httptest.NewRecorder()
	api.ServeHTTP(w, r)
	return w.Code
}
