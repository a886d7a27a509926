package oauth_test

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// The client libraries of others find everything by themselves and get through:
// golang.org/x/oauth2 and coreos/go-oidc, which verifies the ID token by the
// published keys.
func TestClientLibrariesOfOthersGetThrough(t *testing.T) {
	w := start(t)
	ctx := oidc.ClientContext(t.Context(), &http.Client{})
	provider, err := oidc.NewProvider(ctx, w.issuer())
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]app{"public": w.public(), "confidential": w.register(loopback, "")} {
		config := oauth2.Config{
			ClientID: c.id, ClientSecret: c.secret, RedirectURL: c.redirect, Endpoint: provider.Endpoint(),
			Scopes: []string{oidc.ScopeOpenID, oidc.ScopeOfflineAccess},
		}
		proof, b := oauth2.GenerateVerifier(), w.browser(alice)
		there := b.get(config.AuthCodeURL("st-1", oauth2.S256ChallengeOption(proof), oidc.Nonce("n-1")))
		back := b.say(there.header.Get("Location")[len(w.URL+"/oauth2/authorize/"):], "approve")
		if back.location(t, "state") != "st-1" || back.location(t, "iss") != w.issuer() {
			t.Fatalf("%s: sent back to %s", name, back.header.Get("Location"))
		}
		made, err := config.Exchange(ctx, back.location(t, "code"), oauth2.VerifierOption(proof))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		raw, _ := made.Extra("id_token").(string)
		id, err := provider.Verifier(&oidc.Config{ClientID: c.id, Now: w.clock.Now}).Verify(ctx, raw)
		if err != nil || id.Subject != alice || id.Nonce != "n-1" {
			t.Fatalf("%s: ID token %+v, %v", name, id, err)
		}
		info, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(made))
		if err != nil || info.Subject != alice {
			t.Errorf("%s: user info %+v, %v", name, info, err)
		}
		next := refreshed(ctx, t, config, made.RefreshToken)
		if next.RefreshToken == made.RefreshToken || !w.works(next.AccessToken) {
			t.Errorf("%s: the refreshed token is not a new one that works", name)
		}
		var failed *oauth2.RetrieveError
		if _, err := config.TokenSource(ctx, &oauth2.Token{RefreshToken: made.RefreshToken}).Token(); !errors.As(err, &failed) || failed.ErrorCode != "invalid_grant" {
			t.Errorf("%s: a used refresh token: %v", name, err)
		}
	}
}

func refreshed(ctx context.Context, t *testing.T, config oauth2.Config, refresh string) *oauth2.Token {
	t.Helper()
	next, err := config.TokenSource(ctx, &oauth2.Token{RefreshToken: refresh}).Token()
	if err != nil {
		t.Fatal(err)
	}
	return next
}
