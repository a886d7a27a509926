package oauth_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/oauth"
	"github.com/tokenwright/tokenwright/tokentest"
)

func (w world) registration(user, body string) reply {
	w.t.Helper()
	a := w.agent()
	if user != "" {
		a.bearer = w.UserToken(user)
	}
	return a.send(http.MethodPost, oauth.RegisterPath, body, "Content-Type: application/json")
}

// Rows PER-28, MUST-48 and MUST-51: the answer is what was registered.
func TestPER28AnAdministratorRegistersClients(t *testing.T) {
	both(t, func(t *testing.T, with ...tokentest.Option) {
		w := start(t, with...)
		got := w.registration(admin, `{"client_name":"An app","redirect_uris":["https://app.example/cb"],"grant_types":["authorization_code"],
			"response_types":["code"],"scope":"openid","token_endpoint_auth_method":"client_secret_post","logo_uri":"https://x.example"}`)
		if got.status != http.StatusCreated || len(got.text("client_secret")) != 43 || got.members["client_secret_expires_at"] != 0.0 ||
			got.text("scope") != "openid" || got.text("token_endpoint_auth_method") != "client_secret_post" || got.text("client_name") != "An app" {
			t.Fatalf("%d %s", got.status, got.body)
		}
		c := app{got.text("client_id"), got.text("client_secret"), "https://app.example/cb"}
		b := w.browser(alice)
		code := b.code(c, "openid")
		w.must(w.agent().post(oauth.TokenPath, c.form(code, "client_secret", c.secret)))
		if wider := b.get(oauth.AuthorizePath + "?" + c.authorizeQuery("openid catalog:read").Encode()); wider.location(t, "error") != "invalid_scope" {
			t.Errorf("a wider scope: %d %s", wider.status, wider.header.Get("Location"))
		}
		seen := w.Entries(audit.Query{Actions: []audit.Action{audit.ClientAdded}})
		if len(seen) != 1 || seen[0].Actor != admin || seen[0].Details["client"] != c.id {
			t.Errorf("entries: %v", seen)
		}
	})
}

func TestPER28RegistrationIsForAdministratorsAndOffByDefault(t *testing.T) {
	w := start(t)
	const body = `{"redirect_uris":["https://app.example/cb"]}`
	if got := w.registration(alice, body); got.status != http.StatusForbidden || got.text("error") != "access_denied" {
		t.Errorf("alice: %d %s", got.status, got.body)
	}
	if got := w.registration("", body); got.status != http.StatusUnauthorized || got.text("error") != "invalid_token" {
		t.Errorf("a stranger: %d %s", got.status, got.body)
	}
	off := world{tokentest.Start(t), t, w.clock}
	if got := off.registration(admin, body); got.status != http.StatusNotFound {
		t.Errorf("off: %d %s", got.status, got.body)
	}
}

// PER-28: a service token that may register clients is an initial access token
// (RFC 7591 section 3): it ends, is counted and is told of like any other.
func TestPER28AnInitialAccessTokenRegistersClients(t *testing.T) {
	w := start(t, tokentest.WithConfig(`roles: {registrar: ["access-tokens:client:register"]}
bindings:
  - {role: registrar, to: ["service-token:group:default/platform:registrar"]}
`))
	const body = `{"redirect_uris":["https://app.example/cb"]}`
	issued, other := w.Issue("group:default/platform", "registrar", "catalog:read"), w.Issue("group:default/platform", "ci", "catalog:read")
	a := w.agent()
	a.bearer = issued.Secret.Reveal()
	if got := a.send(http.MethodPost, oauth.RegisterPath, body, "Content-Type: application/json"); got.status != http.StatusCreated {
		t.Errorf("an initial access token: %d %s", got.status, got.body)
	}
	seen := w.Entries(audit.Query{Actions: []audit.Action{audit.ClientAdded}})
	if len(seen) != 1 || seen[0].Actor != "service-token:group:default/platform:registrar" {
		t.Errorf("entries: %v", seen)
	}
	a.bearer = other.Secret.Reveal()
	if got := a.send(http.MethodPost, oauth.RegisterPath, body, "Content-Type: application/json"); got.status != http.StatusForbidden {
		t.Errorf("another service token: %d %s", got.status, got.body)
	}
	w.Revoke(issued)
	a.bearer = issued.Secret.Reveal()
	if got := a.send(http.MethodPost, oauth.RegisterPath, body, "Content-Type: application/json"); got.status != http.StatusUnauthorized {
		t.Errorf("one that was revoked: %d %s", got.status, got.body)
	}
}

// G-02: whoever may register clients fills their own places, and not those of
// others.
func TestG02OneRegistrarLeavesRoomForOthers(t *testing.T) {
	both(t, func(t *testing.T, with ...tokentest.Option) {
		w := start(t, append(with, tokentest.WithConfig(`limits: {clients_per_registrar: 2}
roles: {registrar: ["access-tokens:client:register"]}
bindings:
  - {role: registrar, to: ["service-token:group:default/platform:registrar"]}
`))...)
		const body = `{"redirect_uris":["https://app.example/cb"]}`
		issued := w.Issue("group:default/platform", "registrar", "catalog:read")
		a := w.agent()
		a.bearer = issued.Secret.Reveal()
		for i := range 3 {
			got := a.send(http.MethodPost, oauth.RegisterPath, body, "Content-Type: application/json")
			switch {
			case i < 2 && got.status == http.StatusCreated:
			case i == 2 && got.status == http.StatusConflict && got.text("error") == "invalid_request" &&
				strings.Contains(got.text("error_description"), "You have registered 2 clients"):
			default:
				t.Errorf("registration %d: %d %s", i, got.status, got.body)
			}
		}
		got := w.registration(admin, body)
		if got.status != http.StatusCreated {
			t.Fatalf("another registrar: %d %s", got.status, got.body)
		}
		if n := len(w.Entries(audit.Query{Actions: []audit.Action{audit.ClientAdded}})); n != 3 {
			t.Errorf("%d clients were added", n)
		}
	})
}

// PER-28 and G-02: registrations from one address are bounded.
func TestPER28RegistrationsOfOneAddressAreBounded(t *testing.T) {
	w := start(t)
	registered := 0
	for range 40 {
		switch got := w.registration(admin, `{"redirect_uris":["https://app.example/cb"]}`); {
		case got.status == http.StatusCreated:
			registered++
		case got.status == http.StatusTooManyRequests && got.header.Get("Retry-After") != "" && got.text("error") == "temporarily_unavailable":
		default:
			t.Fatalf("%d %s", got.status, got.body)
		}
	}
	if registered != 30 {
		t.Errorf("%d clients were registered", registered)
	}
}

// Rows F-01, G-03, MUST-23, MUST-49 and MUST-50: nothing is kept after a refusal.
func TestG03BadMetadataIsRefused(t *testing.T) {
	w := start(t)
	const good = `"redirect_uris":["https://app.example/cb"]`
	for body, code := range map[string]string{
		`{}`:                         "invalid_redirect_uri",
		`{"redirect_uris":[]}`:       "invalid_redirect_uri",
		`{"redirect_uris":"x"}`:      "invalid_redirect_uri",
		`{"redirect_uris":[1]}`:      "invalid_redirect_uri",
		`{"redirect_uris":["nope"]}`: "invalid_redirect_uri",
		`{"redirect_uris":["https://app.example/cb#x"]}`:                      "invalid_redirect_uri",
		`{"redirect_uris":["javascript:alert(1)"]}`:                           "invalid_redirect_uri",
		`{"redirect_uris":["http://app.example/cb"]}`:                         "invalid_redirect_uri",
		`{` + good + `,"client_name":1}`:                                      "invalid_client_metadata",
		`{` + good + `,"client_name":"a\u202eb"}`:                             "invalid_client_metadata",
		`{` + good + `,"grant_types":["password"]}`:                           "invalid_client_metadata",
		`{` + good + `,"grant_types":["refresh_token"]}`:                      "invalid_client_metadata",
		`{` + good + `,"response_types":["token"]}`:                           "invalid_client_metadata",
		`{` + good + `,"token_endpoint_auth_method":"private_key_jwt"}`:       "invalid_client_metadata",
		`{` + good + `,"scope":"everything"}`:                                 "invalid_client_metadata",
		`{` + good + `,"software_statement":"e30.e30."}`:                      "unapproved_software_statement",
		`{` + good + `,"jwks":{},"jwks_uri":"https://app.example/jwks.json"}`: "invalid_client_metadata",
	} {
		if got := w.registration(admin, body); got.status != http.StatusBadRequest || got.text("error") != code {
			t.Errorf("%s: %d %s, want %s", body, got.status, got.body, code)
		}
	}
	if n := len(w.Entries(audit.Query{Actions: []audit.Action{audit.ClientAdded}})); n != 0 {
		t.Errorf("%d clients were added", n)
	}
}

func TestPER28AClientThatNobodyUsesEnds(t *testing.T) {
	w := start(t)
	c, idle := w.public(), w.public()
	const day = 24 * time.Hour
	b := w.browser(alice)
	raw := w.redeem(c, b.code(c, "offline_access")).text("refresh_token")
	for range 5 {
		w.clock.Advance(20 * day)
		raw = w.must(w.refresh(c, raw)).text("refresh_token")
	}
	if got := w.agent().get(oauth.AuthorizePath + "?" + c.authorizeQuery("openid").Encode()); got.status != http.StatusFound {
		t.Errorf("a client in use: %d", got.status)
	}
	if got := w.agent().get(oauth.AuthorizePath + "?" + idle.authorizeQuery("openid").Encode()); got.status != http.StatusBadRequest {
		t.Errorf("a client that nobody uses: %d", got.status)
	}
}
