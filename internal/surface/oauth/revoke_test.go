package oauth_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/oauth"
	"github.com/tokenwright/tokenwright/tokentest"
)

// revoke asks to end a token, as a client or as nobody.
func (w world) revoke(c app, raw string, more ...string) reply {
	w.t.Helper()
	form := url.Values{"token": {raw}}
	if c.id != "" {
		form.Set("client_id", c.id)
	}
	for i := 0; i+1 < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return w.agent().post(oauth.RevokePath, form)
}

func (w world) done(got reply) {
	w.t.Helper()
	if got.status != http.StatusOK || got.body != "" || got.header.Get("Pragma") != "no-cache" {
		w.t.Errorf("%d %q, want 200 and nothing", got.status, got.body)
	}
}

// Rows MUST-37 and MUST-38.
func TestAClientEndsItsOwnTokens(t *testing.T) {
	both(t, func(t *testing.T, with ...tokentest.Option) {
		w := start(t, with...)
		c := w.public()
		raw, got := w.offline(c, alice)
		w.done(w.revoke(c, raw, "token_type_hint", "access_token"))
		w.refused(w.refresh(c, raw))
		if w.works(got.text("access_token")) {
			t.Error("the access token outlives its refresh token")
		}
		w.done(w.revoke(c, raw))
	})
}

// Rows PER-20 and MUST-35.
func TestPER20ATokenOfAnotherClientIsNotEnded(t *testing.T) {
	w := start(t)
	c, other := w.public(), w.public()
	raw, got := w.offline(c, alice)
	const foreign = "The token belongs to another client"
	w.wants(w.revoke(other, raw), http.StatusBadRequest, "invalid_grant", foreign)
	w.wants(w.revoke(app{}, raw), http.StatusUnauthorized, "invalid_client", "Client authentication required")
	w.wants(w.revoke(other, got.text("access_token")), http.StatusBadRequest, "invalid_grant", foreign)
	w.wants(w.revoke(other, w.mint(alice, "laptop")), http.StatusBadRequest, "invalid_grant", foreign)
	elsewhere := w.agent().post("/oauth2/revoke", url.Values{"token": {raw}})
	if elsewhere.status != http.StatusBadRequest || elsewhere.text("error") != "invalid_grant" {
		t.Errorf("/oauth2/revoke: %d %s", elsewhere.status, elsewhere.body)
	}
	if !w.works(got.text("access_token")) {
		t.Error("the access token was ended")
	}
	w.must(w.refresh(c, raw))
}

func TestPER20APersonalTokenIsEndedByWhoeverHoldsItWhole(t *testing.T) {
	w := start(t)
	for i, end := range []func(raw string) reply{
		func(raw string) reply { return w.revoke(app{}, raw) },
		func(raw string) reply { return w.revoke(app{id: oauth.PersonalClient}, raw) },
		func(raw string) reply { return w.agent().post("/oauth2/revoke", url.Values{"token": {raw}}) },
	} {
		raw := w.mint(alice, "laptop "+strings.Repeat("i", i+1))
		jwt := w.must(w.refresh(app{}, raw)).text("access_token")
		for _, half := range []string{raw[:36], raw[:37] + oauth.NewCode(), raw + "x"} {
			if got := end(half); got.status != http.StatusOK || got.body != "" {
				t.Errorf("%d: %d %s", i, got.status, got.body)
			}
		}
		if !w.works(jwt) {
			t.Fatalf("%d: half a token ended it", i)
		}
		if got := end(raw); got.status != http.StatusOK || got.body != "" {
			t.Errorf("%d: %d %s", i, got.status, got.body)
		}
		if w.works(jwt) {
			t.Errorf("%d: the access token outlives it", i)
		}
		w.refused(w.refresh(app{}, raw))
		entries := w.Entries(audit.Query{TokenID: raw[:36], Actions: []audit.Action{audit.TokenRevoked}})
		if len(entries) != 1 || entries[0].Actor != "" || !strings.Contains(entries[0].Reason, "holder") {
			t.Errorf("%d: entries %v", i, entries)
		}
	}
}

func TestPER20AnAccessTokenIsEndedByItself(t *testing.T) {
	both(t, func(t *testing.T, with ...tokentest.Option) {
		w := start(t, with...)
		c := w.public()
		raw, got := w.offline(c, alice)
		next := w.must(w.refresh(c, raw))
		for range 2 { // the second time from the cache
			if !w.works(got.text("access_token")) || !w.works(next.text("access_token")) {
				t.Fatal("an access token does not work")
			}
		}
		w.done(w.revoke(c, got.text("access_token")))
		if w.works(got.text("access_token")) || !w.works(next.text("access_token")) {
			t.Error("not the one token was ended that was named")
		}
		w.done(w.revoke(c, got.text("access_token")))
		w.must(w.refresh(c, next.text("refresh_token")))
	})
}

// Rows C7, F-19 and MUST-36.
func TestC7WhatIsNotThereIsRevokedLikeWhatIs(t *testing.T) {
	w := start(t)
	for name, raw := range map[string]string{
		"nonsense": "nonsense", "a shape": "01234567-89ab-4def-8123-456789abcdef." + oauth.NewCode(), "a JWT": "e30.e30.e30",
	} {
		t.Run(name, func(t *testing.T) {
			w := w
			w.t = t
			w.done(w.revoke(app{}, raw))
		})
	}
	w.wants(w.revoke(app{}, ""), http.StatusBadRequest, "invalid_request", "token is required")
}
