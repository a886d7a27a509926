package forwardauth_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/tokenwright/tokenwright/tokentest"
)

const (
	platform  = "group:default/platform"
	challenge = `Bearer realm="tokenwright"`
	badToken  = challenge + `, error="invalid_token"`
)

// proxied is a configuration in which the test is a trusted proxy.
const proxied = `
trusted_proxies: [127.0.0.1/32]
rules:
  - {path: /health, public: true}
  - {path: /public/**, public: true}
  - {path: /api/catalog/**, methods: [GET, HEAD], scopes: [catalog:read]}
  - {path: /api/catalog/**, scopes: [catalog:write], kinds: [service, user]}
  - {path: /any/**, any_scope: [techdocs:read, scaffolder:read]}
  - {path: /live/**, upgrade: websocket, scopes: [catalog:read]}
`

// identity names the headers that every yes carries.
func identity() []string {
	return []string{
		"X-Auth-Subject", "X-Auth-Kind", "X-Auth-Token-Id", "X-Auth-Owner",
		"X-Auth-Workspace", "X-Auth-Scopes", "X-Auth-Expires",
	}
}

// answer is what the server said.
type answer struct {
	status int
	header http.Header
	body   string
}

// question is one request of a proxy.
type question struct {
	query  string            // of the forward-auth URL
	method string            // of the proxy's own request; GET when empty
	header map[string]string // Authorization, X-Original-URI, ...
	twice  map[string]string // further values of headers that are there
}

// ask asks as a proxy does.
func ask(t *testing.T, s *tokentest.Server, q question) answer {
	t.Helper()
	if q.method == "" {
		q.method = http.MethodGet
	}
	target := s.URL + "/forward-auth"
	if q.query != "" {
		target += "?" + q.query
	}
	req, err := http.NewRequestWithContext(t.Context(), q.method, target, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range q.header {
		req.Header.Set(name, value)
	}
	for name, value := range q.twice {
		req.Header.Add(name, value)
	}
	resp, err := http.DefaultTransport.RoundTrip(req) // follows no redirect
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if got := resp.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control is %q", got)
	}
	if got := resp.Header.Get("Vary"); got != "Authorization, Cookie, X-API-Key" {
		t.Errorf("Vary is %q", got)
	}
	return answer{resp.StatusCode, resp.Header, string(text)}
}

// nginx gives the headers of a proxy like nginx.
func nginx(method, target, bearer string) map[string]string {
	return with(bearer, "X-Original-Method", method, "X-Original-URI", target)
}

// traefik gives the headers of a proxy like Traefik or Caddy.
func traefik(method, target, bearer string) map[string]string {
	return with(bearer, "X-Forwarded-Method", method, "X-Forwarded-Uri", target, "X-Forwarded-Host", "app.example")
}

// with gives pairs as headers, and a bearer unless it is empty.
func with(bearer string, pairs ...string) map[string]string {
	h := map[string]string{}
	if bearer != "" {
		h["Authorization"] = "Bearer " + bearer
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		h[pairs[i]] = pairs[i+1]
	}
	return h
}

func wantStatus(t *testing.T, got answer, status int) {
	t.Helper()
	if got.status != status {
		t.Errorf("got %d %s, want %d", got.status, got.body, status)
	}
}
