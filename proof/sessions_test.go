package proof_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/api"
)

// signIn signs a user in by a one-time link and gives the cookies of the
// browser.
func (v visitor) signIn(user string) (cookies string) {
	v.t.Helper()
	got := v.json(http.MethodPost, api.Base+api.PathLinks, v.s.UserToken("user:default/admin"), `{"user":"`+user+`"}`)
	var made struct{ URL string }
	must(v.t, json.Unmarshal(got.body, &made))
	_, code, found := strings.Cut(made.URL, "/sign-in/")
	if !found {
		v.t.Fatalf("no link: %d %s", got.status, got.body)
	}
	got = v.send(http.MethodPost, "/sign-in/"+code, http.Header{"Origin": {v.s.URL}, "Sec-Fetch-Site": {"same-origin"}}, "")
	var pairs []string
	for _, line := range got.header["Set-Cookie"] {
		pair, _, _ := strings.Cut(line, ";")
		pairs = append(pairs, pair)
	}
	if len(pairs) == 0 {
		v.t.Fatalf("no session: %d %s", got.status, got.body)
	}
	return strings.Join(pairs, "; ")
}

// TestD12ASessionCountsWhereARouteSaysSo presents an administrator's login
// session at every route (rows D-12, F-07, J-06; MUST-81). It lets one in where
// the route declares it, changes nothing without the value that only our own
// pages know, and is nothing anywhere else.
func TestD12ASessionCountsWhereARouteSaysSo(t *testing.T) {
	t.Parallel()
	v := visit(t)
	admin, cookies := v.s.UserToken("user:default/admin"), v.signIn("user:default/admin")
	taking := 0
	for _, route := range v.routes() {
		if isPublic(route) {
			continue
		}
		name := route.Method + " " + route.Pattern
		ask := func(from string) reply {
			header := http.Header{"Cookie": {cookies}, "Sec-Fetch-Site": {from}, "Origin": {v.s.URL}}
			if from == "cross-site" {
				header.Set("Origin", "https://evil.example")
			}
			return v.probe(route, header)
		}
		switch own := ask("same-origin"); {
		case !strings.Contains(route.Access, "browser"):
			if own.status != http.StatusUnauthorized {
				t.Errorf("%s takes a session and does not say so: %d", name, own.status)
			}
			continue
		case route.Method == http.MethodGet && (own.status == http.StatusUnauthorized || own.status >= 500):
			t.Errorf("%s (%s): %d %s", name, route.Access, own.status, own.body)
		case route.Method != http.MethodGet && own.status != http.StatusForbidden:
			t.Errorf("%s without the value of our pages: %d %s", name, own.status, own.body)
		}
		taking++
		if got := ask("cross-site"); route.Method != http.MethodGet && got.status != http.StatusForbidden {
			t.Errorf("%s from another site: %d %s", name, got.status, got.body)
		}
		both := bearer(admin)
		both.Set("Cookie", cookies)
		if got := v.probe(route, both); got.status != http.StatusBadRequest {
			t.Errorf("%s with a session and a bearer: %d", name, got.status)
		}
	}
	if taking < 5 {
		t.Errorf("only %d routes take a session", taking)
	}
}
