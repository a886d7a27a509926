package oauth_test

import (
	"encoding/base64"
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/internal/oauth"
	"github.com/tokenwright/tokenwright/tokentest"
)

const formType = "Content-Type: application/x-www-form-urlencoded"

func basic(id, secret string) string {
	return "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(url.QueryEscape(id)+":"+url.QueryEscape(secret)))
}

// Rows PER-14, PER-22, C3, F-15, MUST-05, MUST-06 and MUST-10.
func TestAConfidentialClientProvesWhoItIsInOneWay(t *testing.T) {
	w := start(t)
	c, other := w.register(loopback, ""), w.register(loopback, "")
	b := w.browser(alice)
	anonymous := func(code string) url.Values {
		form := c.form(code)
		form.Del("client_id")
		return form
	}
	const denied = "Invalid client credentials"
	for name, row := range map[string]struct {
		send   func(code string) reply
		status int
		code   string
	}{
		"basic": {func(code string) reply {
			return w.agent().post(oauth.TokenPath, anonymous(code), basic(c.id, c.secret))
		}, http.StatusOK, ""},
		"basic and its id": {func(code string) reply {
			return w.agent().post(oauth.TokenPath, c.form(code), basic(c.id, c.secret))
		}, http.StatusOK, ""},
		"body": {func(code string) reply {
			return w.agent().post(oauth.TokenPath, c.form(code, "client_secret", c.secret))
		}, http.StatusOK, ""},
		"no secret": {func(code string) reply {
			return w.agent().post(oauth.TokenPath, c.form(code))
		}, http.StatusUnauthorized, "invalid_client"},
		"no client": {func(code string) reply {
			return w.agent().post(oauth.TokenPath, anonymous(code))
		}, http.StatusBadRequest, "invalid_request"},
		"wrong secret": {func(code string) reply {
			return w.agent().post(oauth.TokenPath, anonymous(code), basic(c.id, other.secret))
		}, http.StatusUnauthorized, "invalid_client"},
		"unknown client": {func(code string) reply {
			return w.agent().post(oauth.TokenPath, anonymous(code), basic("nobody", c.secret))
		}, http.StatusUnauthorized, "invalid_client"},
		"both ways": {func(code string) reply {
			return w.agent().post(oauth.TokenPath, c.form(code, "client_secret", c.secret), basic(c.id, c.secret))
		}, http.StatusBadRequest, "invalid_request"},
		"two ids": {func(code string) reply {
			return w.agent().post(oauth.TokenPath, c.form(code, "client_id", other.id), basic(c.id, c.secret))
		}, http.StatusBadRequest, "invalid_request"},
		"an assertion": {func(code string) reply {
			return w.agent().post(oauth.TokenPath, c.form(code, "client_assertion", "e30.e30.e30"))
		}, http.StatusUnauthorized, "invalid_client"},
		"secret in the query": {func(code string) reply {
			return w.agent().post(oauth.TokenPath+"?client_secret="+c.secret, c.form(code))
		}, http.StatusBadRequest, "invalid_request"},
		"code in the query": {func(code string) reply {
			return w.agent().post(oauth.TokenPath+"?code="+code, c.form(code, "client_secret", c.secret))
		}, http.StatusBadRequest, "invalid_request"},
	} {
		t.Run(name, func(t *testing.T) {
			got := row.send(b.code(c, "openid"))
			if got.status != row.status || got.text("error") != row.code {
				t.Fatalf("%d %s, want %d %s", got.status, got.body, row.status, row.code)
			}
			if row.code == "invalid_client" && got.text("error_description") != denied {
				t.Errorf("description: %s", got.body)
			}
			usedBasic := strings.Contains(name, "wrong") || strings.Contains(name, "unknown")
			if row.code == "invalid_client" && (got.header.Get("WWW-Authenticate") == `Basic realm="tokenwright"`) != usedBasic {
				t.Errorf("WWW-Authenticate: %q", got.header.Get("WWW-Authenticate"))
			}
			if got.header.Get("Cache-Control") != "no-store" || got.header.Get("Pragma") != "no-cache" {
				t.Errorf("headers: %v", got.header)
			}
		})
	}
}

func TestAPublicClientHasNoSecretToSend(t *testing.T) {
	w := start(t)
	c := w.public()
	got := w.agent().post(oauth.TokenPath, c.form(w.browser(alice).code(c, "openid"), "client_secret", "x"))
	w.wants(got, http.StatusUnauthorized, "invalid_client", "Invalid client credentials")
}

// Row F-15: secrets are guessed six hundred times a minute at the most, from one
// network.
func TestF15GuessingASecretIsSlowedDown(t *testing.T) {
	w := start(t)
	c := w.register(loopback, "")
	limited := 0
	for range 610 {
		got := w.refresh(c, "x", "client_secret", "wrong")
		if got.status == http.StatusTooManyRequests && got.text("error") == "temporarily_unavailable" && got.header.Get("Retry-After") != "" {
			limited++
		}
	}
	if limited != 10 {
		t.Errorf("%d of 610 wrong secrets were not heard, want 10", limited)
	}
}

// A client whose secret others guess wrong is heard, also from a network from
// which it never came.
func TestStrangersCannotShutOutAConfidentialClient(t *testing.T) {
	w := start(t, tokentest.WithConfig("trusted_proxies: [127.0.0.1/32]"))
	c := w.register(loopback, "")
	from := func(network, secret string) reply {
		return w.agent().post(oauth.TokenPath, url.Values{
			"grant_type": {"refresh_token"}, "refresh_token": {"x"}, "client_id": {c.id}, "client_secret": {secret},
		}, "X-Forwarded-For: "+network)
	}
	for range 200 {
		w.wants(from("203.0.113.9", "wrong"), http.StatusUnauthorized, "invalid_client", "Invalid client credentials")
	}
	w.refused(from("198.51.100.77", c.secret))
}

// TestStrangersCannotShutOutAPublicClient: it has no secret that could be guessed
// wrong, and everybody who uses it would be refused.
func TestStrangersCannotShutOutAPublicClient(t *testing.T) {
	w := start(t)
	c := w.public()
	stranger := w.agent()
	stranger.client.Transport = &http.Transport{
		DialContext: (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}}).DialContext,
	}
	for range 200 {
		got := stranger.post(oauth.TokenPath, url.Values{
			"grant_type": {"refresh_token"}, "refresh_token": {"x"}, "client_id": {c.id}, "client_secret": {"guess"},
		})
		if got.status != http.StatusUnauthorized {
			t.Fatalf("a guess: %d %s", got.status, got.body)
		}
	}
	w.redeem(c, w.browser(alice).code(c, "openid"))
}

// Rows PER-23, F-13, F-14 and MUST-21.
func TestUnclearTokenRequestsAreRefused(t *testing.T) {
	w := start(t)
	raw := w.mint(alice, "laptop")
	good := "grant_type=refresh_token&refresh_token=" + raw
	a := w.agent()
	for name, row := range map[string]struct{ body, code string }{
		"nothing":              {"", "invalid_request"},
		"no grant type":        {"refresh_token=" + raw, "invalid_request"},
		"no token":             {"grant_type=refresh_token", "invalid_request"},
		"an empty token":       {"grant_type=refresh_token&refresh_token=", "invalid_request"},
		"passwords":            {"grant_type=password&username=a&password=b", "unsupported_grant_type"},
		"client credentials":   {"grant_type=client_credentials", "unsupported_grant_type"},
		"grant type twice":     {good + "&grant_type=refresh_token", "invalid_request"},
		"token twice":          {good + "&refresh_token=" + raw, "invalid_request"},
		"unknown scope":        {good + "&scope=everything", "invalid_scope"},
		"a semicolon":          {good + ";x=1", "invalid_request"},
		"text that is not one": {"grant_type=%ff", "invalid_request"},
	} {
		t.Run(name, func(t *testing.T) {
			got := a.send(http.MethodPost, oauth.TokenPath, row.body, formType)
			if got.status != http.StatusBadRequest || got.text("error") != row.code || strings.Contains(got.body, raw) {
				t.Errorf("%d %s, want %s", got.status, got.body, row.code)
			}
		})
	}
	if got := a.send(http.MethodPost, oauth.TokenPath, good, "Content-Type: text/plain"); got.status != http.StatusUnsupportedMediaType {
		t.Errorf("text/plain: %d", got.status)
	}
	if got := a.get(oauth.TokenPath); got.status != http.StatusMethodNotAllowed {
		t.Errorf("GET: %d", got.status)
	}
	if got := a.send(http.MethodPost, oauth.TokenPath, good+"&unknown=1&scope=", formType); got.status != http.StatusOK {
		t.Errorf("unknown and empty parameters: %d %s", got.status, got.body)
	}
}

func TestJSONIsReadLikeAForm(t *testing.T) {
	w := start(t)
	raw := w.mint(alice, "laptop")
	const isJSON = "Content-Type: application/json"
	body, err := json.Marshal(map[string]any{"grant_type": "refresh_token", "refresh_token": raw, "scope": nil})
	if err != nil {
		t.Fatal(err)
	}
	w.must(w.agent().send(http.MethodPost, oauth.TokenPath, string(body), isJSON))
	for _, bad := range []string{`{"grant_type":1}`, `[]`, `{"grant_type":"refresh_token","grant_type":"refresh_token"}`, `{`} {
		if got := w.agent().send(http.MethodPost, oauth.TokenPath, bad, isJSON); got.status != http.StatusBadRequest || got.text("error") != "invalid_request" {
			t.Errorf("%s: %d %s", bad, got.status, got.body)
		}
	}
}

// Rows PER-24, MUST-33 and MUST-34.
func TestUserInfoTellsWhoTheAccessTokenActsAs(t *testing.T) {
	w := start(t)
	c := w.public()
	got := w.redeem(c, w.browser(alice).code(c, "openid offline_access"))
	a := w.agent()
	a.bearer = got.text("access_token")
	const want = `{"sub":"user:default/alice","ent":["user:default/alice","group:default/platform"],"claims":{"sub":"user:default/alice","ent":["user:default/alice","group:default/platform"]}}`
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		if info := a.send(method, oauth.UserInfoPath, ""); info.status != http.StatusOK || info.body != want {
			t.Errorf("%s: %d %s", method, info.status, info.body)
		}
	}
	for name, bearer := range map[string]string{
		"nothing": "", "nonsense": "x", "an ID token": got.text("id_token"), "a refresh token": got.text("refresh_token"),
		"a service token": w.Issue("group:default/platform", "ci", "catalog:read").Secret.Reveal(),
	} {
		a.bearer = bearer
		info := a.get(oauth.UserInfoPath)
		if info.status != http.StatusUnauthorized || info.text("error") != "invalid_token" ||
			strings.Contains(info.header.Get("WWW-Authenticate"), "invalid_token") != (bearer != "") {
			t.Errorf("%s: %d %s", name, info.status, info.body)
		}
	}
}
