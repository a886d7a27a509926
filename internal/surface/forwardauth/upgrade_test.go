package forwardauth_test

import (
	"net/http"
	"testing"

	"github.com/tokenwright/tokenwright/tokentest"
)

// Row D-08: what could become a WebSocket is judged as one, however its header
// is written. The second rule is the weaker one that an attacker wishes for.
func TestAnUpgradeCannotHideBehindASecondOne(t *testing.T) {
	s := tokentest.Start(t, tokentest.WithConfig(`
trusted_proxies: [127.0.0.1/32]
rules:
  - {path: /live/**, upgrade: websocket, scopes: [catalog:write]}
  - {path: /live/**, scopes: [catalog:read]}
`))
	reader := s.Issue(platform, "reader", "catalog:read").Secret.Reveal()
	for _, tc := range []struct {
		name          string
		first, second string
		status        int
	}{
		{"none", "", "", http.StatusOK},
		{"one", "websocket", "", http.StatusForbidden},
		{"two lines", "websocket", "websocket", http.StatusForbidden},
		{"another before it", "h2c", "WebSocket/13", http.StatusForbidden},
		{"one line of two", "h2c, websocket", "", http.StatusForbidden},
		{"a long s is no s (T-16)", "web\u017focket", "", http.StatusForbidden},
		{"one that no rule names", "h2c", "", http.StatusForbidden},
		{"TLS", "TLS/1.0", "", http.StatusForbidden},
	} {
		t.Run(tc.name, func(t *testing.T) {
			q := question{header: nginx("GET", "/live/x", reader), twice: map[string]string{}}
			if tc.first != "" {
				q.header["Upgrade"] = tc.first
			}
			if tc.second != "" {
				q.twice["Upgrade"] = tc.second
			}
			wantStatus(t, ask(t, s, q), tc.status)
		})
	}
}
