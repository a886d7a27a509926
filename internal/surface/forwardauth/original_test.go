package forwardauth_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/tokentest"
)

// Row D-01: from a peer that is not a trusted proxy the headers are a wish.
func TestOnlyTrustedProxiesSayWhatTheOriginalRequestWas(t *testing.T) {
	untrusted := strings.Replace(proxied, "127.0.0.1/32", "192.0.2.0/24", 1)
	s := tokentest.Start(t, tokentest.WithConfig(untrusted))
	raw := s.Issue(platform, "ci", "catalog:read").Secret.Reveal()

	for _, tc := range []struct {
		name   string
		q      question
		status int
		says   string
	}{
		{"a public path", question{header: nginx("GET", "/public/x", "")}, 401, ""},
		{"a public path, other names", question{header: traefik("GET", "/public/x", "")}, 401, ""},
		{"a path with a rule", question{header: nginx("GET", "/api/catalog/x", raw)}, 403, "trusted_proxies"},
		{"with an address that is trusted", question{header: with(raw, "X-Original-Method", "GET",
			"X-Original-URI", "/api/catalog/x", "X-Forwarded-For", "192.0.2.1")}, 403, "trusted_proxies"},
		{"rules are not switched off by a query", question{
			query:  "scope=catalog:read",
			header: nginx("GET", "/api/catalog/x", raw),
		}, 403, "trusted_proxies"},
		{"the query alone", question{query: "scope=catalog:read", header: with(raw)}, 200, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := ask(t, s, tc.q)
			wantStatus(t, got, tc.status)
			if !strings.Contains(got.body, tc.says) {
				t.Errorf("the answer does not help: %s", got.body)
			}
		})
	}
}

func TestWithoutRulesAnUntrustedPeerIsJudgedByTheQuery(t *testing.T) {
	s := tokentest.Start(t)
	raw := s.Issue(platform, "ci", "catalog:read").Secret.Reveal()
	headers := nginx("GET", "/../odd", raw)
	wantStatus(t, ask(t, s, question{query: "scope=catalog:read", header: headers}), http.StatusOK)
	wantStatus(t, ask(t, s, question{query: "scope=catalog:write", header: headers}), http.StatusForbidden)
}

// Row D-06: refused, not repaired, whoever demands what.
func TestAnAmbiguousTargetIsRefusedWithoutRulesToo(t *testing.T) {
	s := tokentest.Start(t, tokentest.WithConfig("trusted_proxies: [127.0.0.1/32]"))
	raw := s.Issue(platform, "ci", "catalog:read").Secret.Reveal()
	wantStatus(t, ask(t, s, question{query: "scope=catalog:read", header: nginx("GET", "/a/../b", raw)}), http.StatusBadRequest)
	wantStatus(t, ask(t, s, question{query: "scope=catalog:read", header: nginx("GET", "/a/b", raw)}), http.StatusOK)
}

func TestTwoOriginalRequestsAreRefused(t *testing.T) {
	s := tokentest.Start(t, tokentest.WithConfig(proxied))
	raw := s.Issue(platform, "ci", "catalog:read").Secret.Reveal()
	both := func(method, target string) map[string]string {
		h := nginx("GET", "/api/catalog/x", raw)
		h["X-Forwarded-Method"], h["X-Forwarded-Uri"] = method, target
		return h
	}
	for _, tc := range []struct {
		name   string
		q      question
		status int
	}{
		{"they agree", question{header: both("GET", "/api/catalog/x")}, 200},
		{"two targets", question{header: both("GET", "/public/x")}, 400},
		{"two methods", question{header: both("OPTIONS", "/api/catalog/x")}, 400},
		{"a target twice", question{
			header: nginx("GET", "/api/catalog/x", raw),
			twice:  map[string]string{"X-Original-URI": "/public/x"},
		}, 400},
		{"a method twice", question{
			header: nginx("GET", "/api/catalog/x", raw),
			twice:  map[string]string{"X-Original-Method": "GET"},
		}, 400},
		{"no method", question{header: with(raw, "X-Original-URI", "/api/catalog/x")}, 400},
		{"no target", question{header: with(raw, "X-Forwarded-Method", "GET")}, 400},
		{"half of each", question{header: with(raw, "X-Forwarded-Method", "GET", "X-Original-URI", "/api/catalog/x")}, 400},
		{"an empty target", question{header: nginx("GET", "", raw)}, 400},
		{"names with underscores (D-03)", question{header: with(raw, "X-Original-Method", "GET",
			"X-Original-URI", "/nowhere", "X_Original_URI", "/public/x", "X_Forwarded_Uri", "/public/x")}, 403},
		{"wishes for another method (D-08)", question{header: with(raw, "X-Original-Method", "DELETE",
			"X-Original-URI", "/api/catalog/x", "X-HTTP-Method-Override", "GET")}, 403},
	} {
		t.Run(tc.name, func(t *testing.T) { wantStatus(t, ask(t, s, tc.q), tc.status) })
	}
}

// A proxy that hands its client's query on would let the client choose the
// demand.
func TestTheClientsQueryIsNoDemand(t *testing.T) {
	for name, config := range map[string]string{
		"trusted": "trusted_proxies: [127.0.0.1/32]", "not trusted": "trusted_proxies: [192.0.2.0/24]", "with rules": proxied,
	} {
		t.Run(name, func(t *testing.T) {
			s := tokentest.Start(t, tokentest.WithConfig(config))
			raw := s.Issue(platform, "ci", "catalog:read").Secret.Reveal()
			for _, headers := range []map[string]string{
				nginx("GET", "/api/catalog/x?kind=service", raw), traefik("GET", "/api/catalog/x?kind=service", raw),
			} {
				got := ask(t, s, question{query: "kind=service", header: headers})
				wantStatus(t, got, http.StatusBadRequest)
				if !strings.Contains(got.body, "hand it on") {
					t.Errorf("the answer does not help: %s", got.body)
				}
			}
		})
	}
}
