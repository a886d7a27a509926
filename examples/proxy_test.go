package examples_test

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/tokentest"
)

// front is one way to stand before an application.
type front struct {
	name    string
	example string
	start   func(t *testing.T, set settings) proxy
}

func fronts() []front {
	return []front{
		{"nginx", "nginx", startNginx},
		{"caddy", "caddy", startCaddy},
	}
}

func host(s *tokentest.Server) string { return strings.TrimPrefix(s.URL, "http://") }

func TestTheExampleLetsThroughWhatItsRulesLetThrough(t *testing.T) {
	for _, f := range fronts() {
		t.Run(f.name, func(t *testing.T) {
			s := authority(t, f.example)
			p := f.start(t, settings{tokenwright: host(s)})
			reader := s.Issue(platform, "reader", "catalog:read")
			raw := reader.Secret.Reveal()

			for _, tc := range []struct {
				method, path, bearer string
				status               int
				challenge            string
			}{
				{"GET", "/health", "", 200, ""},
				{"GET", "/public/a%20b?x=%2f", "", 200, ""},
				{"GET", "/api/catalog/entities", "", 401, `Bearer realm="tokenwright"`},
				{"GET", "/api/catalog/entities", "nonsense", 401, `Bearer realm="tokenwright", error="invalid_token"`},
				{"GET", "/api/catalog/entities?a=b", raw, 200, ""},
				{"HEAD", "/api/catalog/entities", raw, 200, ""},
				{"POST", "/api/catalog/entities", raw, 403, `Bearer realm="tokenwright", error="insufficient_scope", scope="catalog:write"`},
				{"GET", "/admin/keys", raw, 403, `Bearer realm="tokenwright", error="insufficient_scope", scope="scaffolder:execute"`},
				{"GET", "/elsewhere", raw, 403, `Bearer realm="tokenwright", error="insufficient_scope"`},
				{"GET", "/api/catalog/x?key=" + raw, raw, 400, ""},
			} {
				resp, body := get(t, p, tc.method, tc.path, tc.bearer)
				if resp.StatusCode != tc.status || resp.Header.Get("WWW-Authenticate") != tc.challenge {
					t.Errorf("%s %s: got %d %q, want %d %q", tc.method, tc.path,
						resp.StatusCode, resp.Header.Get("WWW-Authenticate"), tc.status, tc.challenge)
				}
				if tc.status != 200 || tc.method == "HEAD" {
					continue
				}
				// The stand-in in the example tells what it was told.
				if !strings.HasPrefix(body, tc.method+" "+tc.path+"\n") {
					t.Errorf("the target arrived as %q", body)
				}
				want := "X-Auth-Subject: \n"
				if tc.bearer != "" {
					want = "X-Auth-Subject: service-token:group:default/platform:reader\nX-Auth-Kind: service\n" +
						"X-Auth-Owner: group:default/platform\nX-Auth-Scopes: catalog:read\nAuthorization: \n"
				}
				if !strings.Contains(body, want) {
					t.Errorf("%s: the application was told\n%s", tc.path, body)
				}
			}

			s.Revoke(reader)
			if resp, _ := get(t, p, "GET", "/api/catalog/entities", raw); resp.StatusCode != http.StatusUnauthorized {
				t.Errorf("a revoked token got %d", resp.StatusCode)
			}
		})
	}
}

// Row D-11, C10: without a verdict nothing passes, and the client is not told
// that its token is bad.
func TestWithoutTheAuthorityNothingPasses(t *testing.T) {
	for _, f := range fronts() {
		t.Run(f.name, func(t *testing.T) {
			s := authority(t, f.example)
			app := newApplication(t)
			p := f.start(t, settings{tokenwright: host(s), application: app.address})
			raw := s.Issue(platform, "reader", "catalog:read").Secret.Reveal()
			if resp, _ := get(t, p, "GET", "/api/catalog/x", raw); resp.StatusCode != http.StatusOK {
				t.Fatalf("before: got %d", resp.StatusCode)
			}
			app.take()
			if err := s.Stop(); err != nil {
				t.Fatal(err)
			}
			for _, path := range []string{"/api/catalog/x", "/public/x", "/health"} {
				resp, _ := get(t, p, "GET", path, raw)
				if resp.StatusCode < 500 {
					t.Errorf("%s: got %d", path, resp.StatusCode)
				}
				if f.name == "nginx" && (resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "") {
					t.Errorf("%s: got %d with Retry-After %q", path, resp.StatusCode, resp.Header.Get("Retry-After"))
				}
			}
			if seen := app.take(); len(seen) != 0 {
				t.Errorf("%d requests reached the application", len(seen))
			}
		})
	}
}

// Row D-10: an authority that sends headers without end gets no request let
// through.
func TestAnEndlessAnswerIsNoYes(t *testing.T) {
	for _, f := range fronts() {
		t.Run(f.name, func(t *testing.T) {
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer listener.Close()
			go endless(listener)
			app := newApplication(t)
			p := f.start(t, settings{tokenwright: listener.Addr().String(), application: app.address})
			resp, _ := get(t, p, "GET", "/public/x", "")
			if resp.StatusCode < 500 || len(app.take()) != 0 {
				t.Errorf("got %d", resp.StatusCode)
			}
		})
	}
}

// endless answers each connection with a 200 whose head never ends.
func endless(listener net.Listener) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		go func() {
			defer conn.Close()
			_, err := fmt.Fprint(conn, "HTTP/1.1 200 OK\r\n")
			for err == nil {
				_, err = fmt.Fprintf(conn, "X-Auth-Subject: %s\r\n", strings.Repeat("a", 1000))
			}
		}()
	}
}

// Row D-09: a proxy that is told to cache verdicts still asks each time.
func TestAVerdictIsNeverCached(t *testing.T) {
	s := authority(t, "nginx")
	app := newApplication(t)
	p := startNginx(t, settings{tokenwright: host(s), application: app.address, edit: func(config string) string {
		config = replace(t, config, "access_log off;", "access_log off; proxy_cache_path cached keys_zone=verdicts:1m;")
		return replace(t, config, "proxy_cache off;", "proxy_cache verdicts; proxy_cache_key $request_uri; proxy_cache_valid any 1m;")
	}})
	first := s.Issue(platform, "first", "catalog:read").Secret.Reveal()
	second := s.Issue(platform, "second", "catalog:read").Secret.Reveal()
	for _, tc := range []struct {
		bearer, name string
		status       int
	}{{first, "first", 200}, {second, "second", 200}, {"", "", 401}, {first, "first", 200}} {
		resp, _ := get(t, p, "GET", "/api/catalog/x", tc.bearer)
		if resp.StatusCode != tc.status {
			t.Errorf("%s: got %d", tc.name, resp.StatusCode)
		}
		for _, r := range app.take() {
			if subject := r.Header.Get("X-Auth-Subject"); !strings.HasSuffix(subject, ":"+tc.name) {
				t.Errorf("%s arrived as %s", tc.name, subject)
			}
		}
	}
}

// Caddy hands the client's query on when the URI has none of its own. Nobody
// gets in by it.
func TestAProxyThatHandsTheQueryOnLetsNobodyChooseTheDemand(t *testing.T) {
	s := tokentest.Start(t, tokentest.WithConfig("trusted_proxies: [127.0.0.1/32]"))
	app := newApplication(t)
	p := startCaddy(t, settings{tokenwright: host(s), application: app.address, edit: func(config string) string {
		return replace(t, config, "uri /forward-auth?", "uri /forward-auth")
	}})
	raw := s.Issue(platform, "reader", "catalog:read").Secret.Reveal()
	if resp, body := get(t, p, "GET", "/admin/keys?kind=service", raw); resp.StatusCode != http.StatusBadRequest {
		t.Errorf("got %d %s", resp.StatusCode, body)
	}
	if seen := app.take(); len(seen) != 0 {
		t.Errorf("the application was asked for %s", seen[0].RequestURI)
	}
}

func TestAnUpgradeIsJudgedByItsRule(t *testing.T) {
	for _, f := range fronts() {
		t.Run(f.name, func(t *testing.T) {
			s := authority(t, f.example)
			app := newApplication(t)
			p := f.start(t, settings{tokenwright: host(s), application: app.address})
			raw := s.Issue(platform, "reader", "catalog:read").Secret.Reveal()
			request := func(more string) string {
				return "GET /live/x HTTP/1.1\r\nHost: app.example\r\nAuthorization: Bearer " + raw + "\r\n" + more + "\r\n"
			}
			if status, _ := speak(t, p.address, request("Connection: close\r\n")); status != http.StatusForbidden {
				t.Errorf("without an upgrade: got %d", status)
			}
			if status, _ := speak(t, p.address, request("Connection: Upgrade, X-Auth-Subject\r\nUpgrade: websocket\r\n")); status != http.StatusOK {
				t.Errorf("with an upgrade: got %d", status)
			}
			seen := app.take()
			// What begins with h2c is a tunnel that nobody judges (D-08).
			status, _ := speak(t, p.address, request("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"))
			for _, r := range app.take() {
				if status == http.StatusOK || r.Header.Get("Upgrade") != "" {
					t.Errorf("h2c: %d, the application got %v", status, r.Header)
				}
			}
			for _, r := range seen {
				if r.Header.Get("X-Auth-Subject") == "" || !strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
					t.Errorf("the application got %v", r.Header)
				}
			}
		})
	}
}
