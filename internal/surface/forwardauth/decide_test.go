package forwardauth_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tokenwright/tokenwright/tokentest"
)

func TestAYesCarriesAllSevenHeaders(t *testing.T) {
	s := tokentest.Start(t, tokentest.WithConfig(proxied))
	issued := s.Issue(platform, "ci", "catalog:read", "techdocs:read")

	for name, tc := range map[string]struct {
		target string
		want   []string
	}{
		"a token": {"/api/catalog/entities", []string{
			"service-token:group:default/platform:ci", "service", issued.Token.ID, platform,
			"", "catalog:read techdocs:read", fmt.Sprint(issued.Token.ExpiresAt.Unix()),
		}},
		"a public path": {"/public/logo.png", make([]string, 7)},
	} {
		t.Run(name, func(t *testing.T) {
			got := ask(t, s, question{header: nginx("GET", tc.target, issued.Secret.Reveal())})
			wantStatus(t, got, http.StatusOK)
			var values []string
			for _, name := range identity() {
				if n := len(got.header.Values(name)); n != 1 {
					t.Errorf("%s is there %d times", name, n)
				}
				values = append(values, got.header.Get(name))
			}
			if diff := cmp.Diff(tc.want, values); diff != "" {
				t.Errorf("headers (-want +got):\n%s", diff)
			}
			if got.body != "" {
				t.Errorf("the body is %q", got.body)
			}
		})
	}
}

func TestRulesJudgeMethodAndTargetOfTheOriginalRequest(t *testing.T) {
	s := tokentest.Start(t, tokentest.WithConfig(proxied))
	reader := s.Issue(platform, "reader", "catalog:read").Secret.Reveal()
	writer := s.Issue(platform, "writer", "catalog:write", "scaffolder:read").Secret.Reveal()
	alice := s.UserToken("user:default/alice")

	for _, tc := range []struct {
		method, target, bearer string
		status                 int
		challenge              string
	}{
		{"GET", "/health", "", 200, ""},
		{"POST", "/public/a/b", "nonsense", 200, ""},
		{"GET", "/api/catalog/x", "", 401, challenge},
		{"GET", "/api/catalog/x", "nonsense", 401, badToken},
		{"GET", "/api/catalog/x", reader, 200, ""},
		{"HEAD", "/api/catalog/x?y=z", reader, 200, ""},
		{"POST", "/api/catalog/x", reader, 403, challenge + `, error="insufficient_scope", scope="catalog:write"`},
		{"get", "/api/catalog/x", reader, 403, challenge + `, error="insufficient_scope", scope="catalog:write"`},
		{"POST", "/api/catalog/x", writer, 200, ""},
		{"POST", "/api/catalog/x", alice, 200, ""}, // a person has no scopes to compare
		{"GET", "/api/catalog/x", alice, 401, badToken},
		{"GET", "/any/x", writer, 200, ""},
		{"GET", "/any/x", reader, 403, challenge + `, error="insufficient_scope", scope="techdocs:read scaffolder:read"`},
		{"GET", "/nowhere", reader, 403, challenge + `, error="insufficient_scope"`},
		{"GET", "/nowhere", "", 401, challenge},
		{"GET", "/live/x", reader, 403, challenge + `, error="insufficient_scope"`},
		{"GET", "/public/../api/catalog/x", "", 400, ""},
		{"GET", "//public/x", reader, 400, ""},
		{"GET", "/public%2fx", reader, 400, ""},
		{"GET", "public/x", reader, 400, ""},
		{"GET", "http://app.example/public/x", reader, 400, ""},
		{"GE T", "/public/x", reader, 400, ""},
	} {
		for family, headers := range map[string]map[string]string{
			"X-Original":  nginx(tc.method, tc.target, tc.bearer),
			"X-Forwarded": traefik(tc.method, tc.target, tc.bearer),
		} {
			t.Run(family+" "+tc.method+" "+tc.target, func(t *testing.T) {
				got := ask(t, s, question{header: headers})
				wantStatus(t, got, tc.status)
				if c := got.header.Get("WWW-Authenticate"); c != tc.challenge {
					t.Errorf("challenge is %s, want %s", c, tc.challenge)
				}
			})
		}
	}
	t.Run("an upgrade", func(t *testing.T) {
		headers := nginx("GET", "/live/x", reader)
		headers["Upgrade"] = "websocket"
		wantStatus(t, ask(t, s, question{header: headers}), http.StatusOK)
	})
}

func TestTheQueryOfTheURLIsADemand(t *testing.T) {
	s := tokentest.Start(t)
	raw := s.Issue(platform, "ci", "catalog:read", "techdocs:read").Secret.Reveal()
	alice := s.UserToken("user:default/alice")

	for _, tc := range []struct {
		query, bearer string
		status        int
	}{
		{"scope=catalog:read", raw, 200},
		{"scope=catalog:read", "", 401},
		{"scope=catalog:read%20techdocs:read", raw, 200},
		{"scope=catalog:read+techdocs:read", raw, 200},
		{"scope=catalog:read%20catalog:write", raw, 403},
		{"any_scope=catalog:write%20catalog:read", raw, 200},
		{"any_scope=catalog:write", raw, 403},
		{"kind=service", raw, 200},
		{"kind=service%20user", alice, 200},
		{"kind=user", raw, 401},
		{"kind=user&scope=catalog:write", alice, 200},
		{"scope=catalog:read", alice, 401}, // without kind: every kind but people

		{"", raw, 403}, // a proxy that asks nothing gets no yes
		{"&", raw, 400},
		{"scope=", raw, 400},
		{"scope", raw, 400},
		{"scopes=catalog:read", raw, 400},
		{"Scope=catalog:read", raw, 400},
		{"scope=catalog:read&x=1", raw, 400},
		{"scope=a&scope=b", raw, 400},
		{"scope=a%20%20b", raw, 400},
		{"scope=a%22", raw, 400},
		{"kind=everybody", raw, 400},
		{"access_token=x", raw, 400},
		{"scope=" + raw, raw, 400}, // B-06: pasted in the wrong place
		{"any_scope=catalog:read%20" + raw, raw, 400},
		{"kind=" + raw, raw, 400},
	} {
		t.Run(tc.query, func(t *testing.T) {
			for range 2 { // the second answer comes from what was remembered
				wantStatus(t, ask(t, s, question{query: tc.query, header: with(tc.bearer)}), tc.status)
			}
		})
	}
}

func TestARuleAndAQueryMustBothHold(t *testing.T) {
	s := tokentest.Start(t, tokentest.WithConfig(proxied))
	reader := s.Issue(platform, "reader", "catalog:read").Secret.Reveal()
	both := s.Issue(platform, "both", "catalog:read", "techdocs:read").Secret.Reveal()

	for _, tc := range []struct {
		target, query, bearer string
		status                int
	}{
		{"/api/catalog/x", "scope=techdocs:read", reader, 403},
		{"/api/catalog/x", "scope=techdocs:read", both, 200},
		{"/public/x", "scope=techdocs:read", reader, 403},
		{"/public/x", "scope=techdocs:read", "", 401},
		{"/public/x", "scope=techdocs:read", both, 200},
		{"/nowhere", "scope=techdocs:read", both, 403},
	} {
		got := ask(t, s, question{query: tc.query, header: nginx("GET", tc.target, tc.bearer)})
		if got.status != tc.status {
			t.Errorf("%s with %s: got %d, want %d", tc.target, tc.query, got.status, tc.status)
		}
	}
}

// Row C12: whatever is asked in whatever way, only a good credential with its
// demand met gets a 2xx.
func TestNoMethodAndNoErrorIsAYes(t *testing.T) {
	s := tokentest.Start(t, tokentest.WithConfig(proxied))
	revoked := s.Issue(platform, "revoked", "catalog:read")
	s.Revoke(revoked)
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND", "get", "X"} {
		for _, bearer := range []string{"", "nonsense", revoked.Secret.Reveal()} {
			got := ask(t, s, question{method: method, header: nginx(method, "/api/catalog/x", bearer)})
			if got.status != http.StatusUnauthorized {
				t.Errorf("%s with %q: got %d", method, bearer, got.status)
			}
			for _, name := range identity() {
				if _, there := got.header[name]; there {
					t.Errorf("%s: a refusal carries %s", method, name)
				}
			}
		}
	}
	for _, path := range []string{"/forward-auth/", "/forward-auth/x", "/forward-auth.", "//forward-auth", "/forward%2dauth%00"} {
		resp, err := http.DefaultTransport.RoundTrip(&http.Request{
			Method: "GET", URL: mustParse(t, s.URL+path), Header: http.Header{},
		})
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode < 400 {
			t.Errorf("%s: got %d", path, resp.StatusCode)
		}
	}
}

// Row C2: the same bytes for all reasons.
func TestAllBadCredentialsGetTheSameAnswer(t *testing.T) {
	s := tokentest.Start(t, tokentest.WithConfig(proxied))
	other := tokentest.Start(t)
	revoked, rotated := s.Issue(platform, "revoked", "catalog:read"), s.Issue(platform, "rotated", "catalog:read")
	s.Revoke(revoked)
	s.Rotate(rotated, 0)
	var first string
	for i, bearer := range []string{
		"x", revoked.Secret.Reveal(), rotated.Secret.Reveal(), other.Issue(platform, "foreign", "catalog:read").Secret.Reveal(),
		other.UserToken("user:default/alice"), strings.Repeat("y", 8000), s.UserToken("user:default/alice"), "e30.e30.e30",
	} {
		got := ask(t, s, question{header: nginx("GET", "/api/catalog/x", bearer)})
		bytes := fmt.Sprintln(got.status, got.body, got.header.Get("WWW-Authenticate"), names(got.header))
		if i == 0 {
			first = bytes
		}
		if bytes != first || got.status != http.StatusUnauthorized {
			t.Errorf("bearer %d is answered\n%s, the first\n%s", i, bytes, first)
		}
	}
}

func names(h http.Header) []string {
	var list []string
	for name := range h {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}

// Row D-10.
func TestATokenWhoseScopesDoNotFitIsRefusedAndNotCut(t *testing.T) {
	var config, scopes strings.Builder
	var all []string
	config.WriteString("trusted_proxies: [127.0.0.1/32]\nrules: [{path: /**, kinds: [service]}]\nkinds: {service: {scopes: [")
	for i := range 60 {
		scope := fmt.Sprintf("plugin%02d:%s", i, strings.Repeat("x", 80))
		all = append(all, scope)
		fmt.Fprintf(&config, "{id: %q, description: d, plugin: p},", scope)
		scopes.WriteString(scope)
	}
	config.WriteString("]}}\n")
	s := tokentest.Start(t, tokentest.WithConfig(config.String()))

	small, large := s.Issue(platform, "small", all[:30]...), s.Issue(platform, "large", all...)

	got := ask(t, s, question{header: nginx("GET", "/x", small.Secret.Reveal())})
	wantStatus(t, got, http.StatusOK)
	size := 0
	for name, values := range got.header {
		size += len(name) + len(values[0]) + 4
	}
	if got.header.Get("X-Auth-Scopes") != strings.Join(all[:30], " ") || size > 4096-50 {
		t.Errorf("the head has %d bytes", size)
	}
	got = ask(t, s, question{header: nginx("GET", "/x", large.Secret.Reveal())})
	wantStatus(t, got, http.StatusForbidden)
	if !strings.Contains(got.body, "fewer scopes") {
		t.Errorf("the refusal does not say how to mend it: %s", got.body)
	}
}
