package tokentest_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
	"github.com/tokenwright/tokenwright/verify"
)

// The test of the package comment: an API of a user of the library.
func TestAnAPIRefusesARevokedToken(t *testing.T) {
	tw := tokentest.Start(t)
	issued := tw.Issue("group:default/platform", "ci", "catalog:read")
	rules, _, err := verify.NewRules([]verify.Rule{{Path: "/**", Scopes: []string{"catalog:read"}}})
	if err != nil {
		t.Fatal(err)
	}
	api := verify.Middleware(tw.Verifier(), rules)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(verify.FromContext(r.Context()).Subject()))
	}))
	ask := func() *httptest.ResponseRecorder {
		r, w := httptest.NewRequest(http.MethodGet, "/entities", nil), httptest.NewRecorder()
		r.Header.Set("Authorization", "Bearer "+issued.Secret.Reveal())
		api.ServeHTTP(w, r)
		return w
	}
	if got := ask(); got.Code != http.StatusOK || got.Body.String() != "service-token:group:default/platform:ci" {
		t.Fatalf("a good token: %d %s", got.Code, got.Body)
	}
	tw.Revoke(issued)
	if got := ask(); got.Code != http.StatusUnauthorized {
		t.Errorf("a revoked token: %d", got.Code)
	}
}

func TestATestMovesTheClock(t *testing.T) {
	clock := tokentest.NewClock(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	tw := tokentest.Start(t, tokentest.WithClock(clock), tokentest.WithConfig("kinds: {service: {max_lifetime: 1d}}"))
	issued := tw.Issue("group:default/platform", "short", "catalog:read")
	good := func() error {
		_, err := tw.Verifier().Verify(t.Context(), issued.Secret.Reveal(), verify.Expect{})
		return err
	}
	clock.Advance(24*time.Hour - time.Second)
	if err := good(); err != nil {
		t.Errorf("a second before its end: %v", err)
	}
	clock.Advance(time.Second)
	if err := good(); !errors.Is(err, token.ErrExpired) {
		t.Errorf("at its end: %v", err)
	}
}

func TestTheLogNeverHoldsAnIssuedSecret(t *testing.T) {
	tw := tokentest.Start(t)
	issued := tw.Issue("group:default/platform", "quiet", "catalog:read")
	if raw := issued.Secret.Reveal(); strings.Contains(tw.Logs(), raw[len(raw)-12:]) {
		t.Error("the log holds a part of the secret")
	}
	if err := tw.Stop(); err != nil {
		t.Error(err)
	}
}
