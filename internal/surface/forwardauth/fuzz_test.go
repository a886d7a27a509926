package forwardauth_test

import (
	"net/http"
	"net/url"
	"path"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/tokentest"
)

// FuzzTarget sends original requests without a credential. Only what every
// reader takes for one of the public paths may pass.
func FuzzTarget(f *testing.F) {
	s := tokentest.Start(f, tokentest.WithConfig(proxied))
	for _, target := range []string{
		"/public/x", "/health", "/health?x=/api", "/public/../api/catalog/x", "/public/%2e%2e/api", "/public//x", "/public/a;b",
		"/public/%252e%252e/x", "//public/x", "/public/é", "/public/%c3%a9", "/public/x?access_token=y", "/health/", "http://h/public/x",
	} {
		f.Add("GET", target)
	}
	f.Add("get", "/public/x")
	f.Add("TRACE /x", "/public/x")
	f.Fuzz(func(t *testing.T, method, target string) {
		if strings.ContainsFunc(method+target, func(r rune) bool { return r < 0x20 || r == 0x7f }) {
			t.Skip("cannot be sent in a header")
		}
		got := ask(t, s, question{header: nginx(method, target, "")})
		switch got.status {
		case http.StatusUnauthorized, http.StatusBadRequest, http.StatusRequestHeaderFieldsTooLarge:
			return
		case http.StatusOK:
		default:
			t.Fatalf("%s %s: got %d %s", method, target, got.status, got.body)
		}
		u, err := url.ParseRequestURI(strings.Trim(target, " "))
		if err != nil || u.IsAbs() {
			t.Fatalf("%s %q passed, which is no path", method, target)
		}
		if cleaned := path.Clean(u.Path); cleaned != "/health" && cleaned != "/public" && !strings.HasPrefix(cleaned, "/public/") {
			t.Fatalf("%s %q passed without a credential", method, target)
		}
	})
}

// FuzzQuery sends demands with a good token that holds catalog:read alone. It
// passes only where a forgiving reader finds a demand that it meets.
func FuzzQuery(f *testing.F) {
	s := tokentest.Start(f)
	raw := s.Issue(platform, "fuzzed", "catalog:read").Secret.Reveal()
	for _, query := range []string{
		"scope=catalog:read", "scope=catalog:write", "scope=", "scope=%20", "any_scope=a+catalog:read", "kind=service",
		"kind=service&kind=user", "scope=catalog:read;x", "scope=%zz", "Scope=catalog:read", "scope=catalog%3Aread", "&", "=",
	} {
		f.Add(query)
	}
	f.Fuzz(func(t *testing.T, query string) {
		if strings.ContainsFunc(query, func(r rune) bool { return r <= 0x20 || r >= 0x7f || r == '#' }) {
			t.Skip("cannot be sent in a target")
		}
		target, err := url.Parse(s.URL + "/forward-auth")
		if err != nil {
			t.Fatal(err)
		}
		target.RawQuery = query
		req := (&http.Request{Method: http.MethodGet, URL: target, Header: http.Header{"Authorization": {"Bearer " + raw}}}).WithContext(t.Context())
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Skip(err)
		}
		defer resp.Body.Close()
		switch resp.StatusCode {
		case http.StatusUnauthorized, http.StatusForbidden, http.StatusBadRequest, http.StatusRequestHeaderFieldsTooLarge:
			return
		case http.StatusOK:
		default:
			t.Fatalf("%s: got %s", query, resp.Status)
		}
		values, err := url.ParseQuery(query)
		if err != nil || len(values) == 0 {
			t.Fatalf("%s passed without a demand", query)
		}
		if scope := values.Get("scope"); scope != "" && scope != "catalog:read" {
			for _, one := range strings.Split(scope, " ") {
				if one != "catalog:read" {
					t.Fatalf("%s passed with catalog:read", query)
				}
			}
		}
	})
}
