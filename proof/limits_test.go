package proof_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/tokentest"
)

// Row C11: limits that every route has.
func TestC11EveryRouteHasItsLimits(t *testing.T) {
	t.Parallel()
	v := visit(t)
	admin := v.s.UserToken("user:default/admin")
	known, alone := map[string][]string{}, map[string]bool{}
	for _, route := range v.s.Routes() {
		alone[route.Pattern] = alone[route.Pattern] || takesSessionsAlone(route)
		known[route.Pattern] = append(known[route.Pattern], route.Method)
	}
	for pattern, methods := range known {
		got := v.send("PURGE", path(pattern), bearer(admin), "")
		switch allow := strings.Split(got.header.Get("Allow"), ", "); {
		case slices.Contains(methods, "*"), isPage(tokentest.Route{Pattern: pattern}) && got.status == http.StatusSeeOther, alone[pattern] && got.status == http.StatusUnauthorized:
		case got.status != http.StatusMethodNotAllowed:
			t.Errorf("PURGE %s: %d", pattern, got.status)
		case slices.ContainsFunc(methods, func(m string) bool { return !slices.Contains(allow, m) }):
			t.Errorf("PURGE %s: Allow %q lacks one of %q", pattern, allow, methods)
		}
		long := v.send(http.MethodGet, path(pattern)+"?x="+strings.Repeat("a", 9000), bearer(admin), "")
		if long.status != http.StatusRequestURITooLong {
			t.Errorf("%s with a long query: %d", pattern, long.status)
		}
		head := bearer(admin)
		head.Set("X-Long", strings.Repeat("a", 20_000))
		if got := v.send(http.MethodGet, path(pattern), head, ""); got.status != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("%s with a long header: %d", pattern, got.status)
		}
	}
}

// Rows C11, H-12, I-02 (MUST-48): every route that reads a body takes one type
// of it, not compressed, and so much of it.
func TestC11EveryBodyIsLimited(t *testing.T) {
	t.Parallel()
	v := visit(t)
	admin := v.s.UserToken("user:default/admin")
	const tooLong = 1<<20 + 1<<16
	reading := 0
	for _, route := range v.routes() {
		if v.probe(route, bearer(admin)).status != http.StatusUnsupportedMediaType {
			continue // reads none
		}
		if route.Pattern == api.Base+api.PathImport {
			continue // a stream of lines, not one body: its own tests ask
		}
		reading++
		ask := func(body string, header ...string) int {
			h := bearer(admin)
			for i := 0; i < len(header); i += 2 {
				h[header[i]] = append(h[header[i]], header[i+1])
			}
			return v.send(route.Method, path(route.Pattern), h, body).status
		}
		const kind, json, form = "Content-Type", "application/json", "application/x-www-form-urlencoded"
		mine, content, others, wrong := json, `{"x":"`+strings.Repeat("a", tooLong)+`"}`, form, "x=1"
		if ask("{}", kind, json) == http.StatusUnsupportedMediaType {
			mine, content, others, wrong = form, "x="+strings.Repeat("a", tooLong), json, `{"x":1}`
		}
		for what, statuses := range map[string][2]int{
			"too long":           {ask(content, kind, mine), http.StatusRequestEntityTooLarge},
			"compressed":         {ask("\x1f\x8b", kind, mine, "Content-Encoding", "gzip"), http.StatusUnsupportedMediaType},
			"plain by its name":  {ask("x", kind, mine, "Content-Encoding", "identity"), http.StatusUnsupportedMediaType},
			"of the other type":  {ask(wrong, kind, others), http.StatusUnsupportedMediaType},
			"of no type":         {ask(wrong), http.StatusUnsupportedMediaType},
			"of two types":       {ask(wrong, kind, mine, kind, others), http.StatusUnsupportedMediaType},
			"of a list of types": {ask(wrong, kind, mine+", "+others), http.StatusUnsupportedMediaType},
			"in UTF-16":          {ask(wrong, kind, mine+"; charset=utf-16"), http.StatusUnsupportedMediaType},
			"not readable":       {ask("\xff;%zz", kind, mine), http.StatusBadRequest},
		} {
			if what == "of the other type" && strings.HasPrefix(route.Pattern, "/api/auth/v1/") {
				continue // its contract takes both
			}
			if statuses[0] != statuses[1] {
				t.Errorf("%s %s, a body %s: %d, want %d", route.Method, route.Pattern, what, statuses[0], statuses[1])
			}
		}
	}
	if reading < 15 {
		t.Errorf("only %d routes read a body", reading)
	}
}

// Row C11: 409 about the state of things, 422 about a field, 429 with the time
// to wait.
func TestC11StatesFieldsAndRates(t *testing.T) {
	t.Parallel()
	v := visit(t, tokentest.WithConfig("limits: {requests_per_minute: 12}"), tokentest.WithClock(tokentest.NewClock(time.Time{})))
	admin := v.s.UserToken("user:default/admin")
	const service = "/api/access-tokens/service"
	wish := func(name, expiry string) string {
		return fmt.Sprintf(`{"name":%q,"description":"d","groupEntityRef":"platform","scopes":[%q]%s}`, name, held, expiry)
	}
	for i, step := range []struct {
		method, target, body string
		status               int
	}{
		{"POST", service, wish("one", ""), http.StatusCreated},
		{"POST", service, wish("one", ""), http.StatusConflict},
		{"POST", service, wish("two", `,"expiresInDays":0`), http.StatusUnprocessableEntity},
		{"POST", api.Base + api.PathUsers, `{"ref":"user:default/alice"}`, http.StatusConflict},
		{"POST", api.Base + api.PathUsers, `{"ref":"nonsense/a/b"}`, http.StatusUnprocessableEntity},
		{"POST", api.Base + api.PathGroups, `{"ref":"platform"}`, http.StatusConflict},
		{"POST", api.Base + api.PathWorkspaces, `{"name":"demo"}`, http.StatusConflict},
	} {
		if got := v.json(step.method, step.target, admin, step.body); got.status != step.status {
			t.Errorf("step %d: %d, want %d: %s", i, got.status, step.status, got.body)
		}
	}
	for range 9 {
		v.json(http.MethodGet, service, admin, "")
	}
	if got := v.json(http.MethodGet, service, admin, ""); got.status != http.StatusTooManyRequests || got.header.Get("Retry-After") == "" {
		t.Errorf("past the rate: %d %v", got.status, got.header)
	}
}
