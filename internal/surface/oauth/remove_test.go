package oauth_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/oauth"
	"github.com/tokenwright/tokenwright/tokentest"
)

// clients lists the registered clients by the administrative API.
func (w world) clients() (list api.OAuthClients) {
	w.t.Helper()
	if err := json.Unmarshal([]byte(w.local(http.MethodGet, api.Base+api.PathClients, "")), &list); err != nil {
		w.t.Fatal(err)
	}
	return list
}

// PER-11: what people let a client do ends with the client: tokens, codes and
// questions that wait. Other clients are left alone.
func TestPER11ARemovedClientTakesEverythingAlong(t *testing.T) {
	both(t, func(t *testing.T, with ...tokentest.Option) {
		w := start(t, with...)
		c, other := w.public(), w.public()
		raw, got := w.offline(c, alice)
		kept, keptJWT := w.offline(other, alice)
		b := w.browser(bob)
		code, waiting := b.code(c, "openid"), b.ask(c, "openid")
		if !w.works(got.text("access_token")) {
			t.Fatal("the access token does not work")
		}
		list := w.clients().Clients
		at := slices.IndexFunc(list, func(one api.OAuthClient) bool { return one.ID == c.id })
		if len(list) != 2 || at < 0 || !list[at].Public || list[at].CreatedBy != admin ||
			!slices.Equal(list[at].RedirectURIs, []string{c.redirect}) || list[at].UsedAt.IsZero() {
			t.Errorf("the list: %+v", list)
		}
		w.local(http.MethodPost, api.Base+api.PathClientRemove, `{"id":"`+c.id+`"}`)

		if w.works(got.text("access_token")) {
			t.Error("the access token outlives its client")
		}
		w.wants(w.refresh(c, raw), http.StatusUnauthorized, "invalid_client", "Invalid client credentials")
		w.wants(w.agent().post(oauth.TokenPath, c.form(code)), http.StatusUnauthorized, "invalid_client", "Invalid client credentials")
		if page := b.get(oauth.ConsentPath + "/" + waiting); page.status != http.StatusBadRequest {
			t.Errorf("the question is still asked: %d", page.status)
		}
		if !w.works(keptJWT.text("access_token")) {
			t.Error("the token of another client ended")
		}
		w.must(w.refresh(other, kept))
		if list := w.clients().Clients; len(list) != 1 || list[0].ID != other.id {
			t.Errorf("the list: %+v", list)
		}
		seen := w.Entries(audit.Query{Actions: []audit.Action{audit.ClientRemoved}})
		if len(seen) != 1 || seen[0].Details["client"] != c.id {
			t.Errorf("entries: %v", seen)
		}
		ended := func() []audit.Entry {
			return w.Entries(audit.Query{TokenID: raw[:36], Actions: []audit.Action{audit.TokenRevoked}})
		}
		awaits(t, "an entry of the token", func() bool { return len(ended()) > 0 })
		if list := ended(); len(list) != 1 || list[0].Actor != seen[0].Actor {
			t.Errorf("entries of the token: %v", list)
		}
	})
}

// Rows D-01 and B-10: clients are the business of administrators.
func TestClientsAreListedAndRemovedByAdministratorsAlone(t *testing.T) {
	w := start(t)
	c := w.public()
	a := w.agent()
	a.bearer = w.UserToken(alice)
	if got := a.get(api.Base + api.PathClients); got.status != http.StatusForbidden {
		t.Errorf("list: %d %s", got.status, got.body)
	}
	if got := a.send(http.MethodPost, api.Base+api.PathClientRemove, `{"id":"`+c.id+`"}`, "Content-Type: application/json"); got.status != http.StatusForbidden {
		t.Errorf("remove: %d %s", got.status, got.body)
	}
	a.bearer = w.UserToken(admin)
	if got := a.send(http.MethodPost, api.Base+api.PathClientRemove, `{"id":"nobody"}`, "Content-Type: application/json"); got.status != http.StatusNotFound {
		t.Errorf("remove an unknown one: %d %s", got.status, got.body)
	}
	if len(w.clients().Clients) != 1 {
		t.Error("the client is gone")
	}
}

// PER-32: a client that asks too often is asked to wait; those beside it go on,
// and one with a secret cannot be shut out by those who know its name alone.
func TestPER32RequestsAreCountedByClient(t *testing.T) {
	w := start(t)
	busy, calm, secret := w.public(), w.public(), w.register(loopback, "")
	limited := 0
	for range 320 {
		got := w.agent().post(oauth.TokenPath, busy.form("nothing"))
		if got.status == http.StatusTooManyRequests && got.text("error") == "temporarily_unavailable" && got.header.Get("Retry-After") != "" {
			limited++
		} else if got.text("error") != "invalid_grant" {
			t.Fatalf("%d %s", got.status, got.body)
		}
	}
	if limited != 20 {
		t.Errorf("%d requests of 320 were too many", limited)
	}
	w.wants(w.agent().post(oauth.TokenPath, calm.form("nothing")), http.StatusBadRequest, "invalid_grant", "Invalid authorization code")
	for range 50 {
		w.wants(w.refresh(secret, "nothing", "client_secret", "wrong"), http.StatusUnauthorized, "invalid_client", "Invalid client credentials")
	}
	w.wants(w.refresh(secret, "nothing", "client_secret", secret.secret), http.StatusBadRequest, "invalid_grant", "Invalid refresh token")
}
