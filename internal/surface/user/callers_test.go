package user_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/surface/user"
	"github.com/tokenwright/tokenwright/tokentest"
)

func TestU14AnAdministratorWhoLosesTheRoleIsRefusedAtOnce(t *testing.T) {
	s := start(t)
	change := func(verb string) {
		got := s.call(s.UserToken(admin), "POST", "/api/admin/v1/roles/"+verb, `{"ref":"user:default/bob","role":"administrator"}`)
		if got.status >= 300 {
			t.Fatalf("%s = %d %s", verb, got.status, got.body)
		}
	}
	change("grant")
	bearer := s.UserToken(bob)
	s.want(s.call(bearer, "POST", user.Base, wish("x")), http.StatusCreated, "")
	change("withdraw")
	s.want(s.call(bearer, "POST", user.Base, wish("y")), http.StatusForbidden, "Forbidden: write access required")
}

func TestU15EachVerbNeedsItsOwnPermission(t *testing.T) {
	s := start(t)
	id, _ := s.issue("phone")
	reader, writer := bob, alice
	const read, write, revoke = "Forbidden: read access required", "Forbidden: write access required", "Forbidden: revoke access required"
	for _, one := range []struct {
		as, method, path, body string
		status                 int
		text                   string
	}{
		{reader, "GET", "", "", 200, ""},
		{reader, "GET", "/" + id, "", 200, ""},
		{reader, "GET", "/" + id + "/audit", "", 200, ""},
		{reader, "POST", "", wish("y"), 403, write},
		{reader, "GET", "/users", "", 403, write},
		{reader, "POST", "/" + id + "/rotate", "", 403, write},
		{reader, "POST", "/" + id + "/revoke", "", 403, revoke},
		{reader, "DELETE", "/" + id, "", 403, revoke},
		{writer, "GET", "", "", 403, read},
		{writer, "GET", "/" + id, "", 403, read},
		{writer, "GET", "/" + id + "/audit", "", 403, read},
		{writer, "POST", "/" + id + "/revoke", "", 403, revoke},
		{writer, "GET", "/users", "", 200, ""},
		{writer, "POST", "", wish("y"), 201, ""},
	} {
		s.want(s.as(one.as, one.method, one.path, one.body), one.status, one.text)
	}
	got := s.call("", "GET", "/api/access-tokens/user", "")
	s.want(got, http.StatusUnauthorized, "Unauthorized")
	if got.header.Get("WWW-Authenticate") != `Bearer realm="tokenwright"` {
		t.Errorf("challenge %q", got.header.Get("WWW-Authenticate"))
	}
}

func TestU16TokensDoNotManageTokens(t *testing.T) {
	s := start(t)
	id, raw := s.issue("phone", `permissions=["issue_view","upload"]`)
	service := s.Issue("group:default/platform", "ci", "catalog:read").Secret.Reveal()
	for _, bearer := range []string{raw, service, "pv_live_" + strings.Repeat("a", 49), "junk"} {
		for _, route := range []string{
			"GET ", "POST ", "GET /users", "GET /" + id, "DELETE /" + id,
			"POST /" + id + "/revoke", "POST /" + id + "/rotate", "GET /" + id + "/audit",
		} {
			method, path, _ := strings.Cut(route, " ")
			got := s.call(bearer, method, "/api/access-tokens/user"+path, "")
			s.want(got, http.StatusUnauthorized, "Unauthorized")
			if got.header.Get("WWW-Authenticate") != `Bearer realm="tokenwright", error="invalid_token"` {
				t.Errorf("%s: challenge %q", route, got.header.Get("WWW-Authenticate"))
			}
		}
	}
	if !s.good(raw, "") {
		t.Error("the token was ended")
	}
}

func TestU21ParametersOfAList(t *testing.T) {
	s := start(t)
	const limits = "limit must be a whole number of at least 0"
	for _, one := range []struct {
		query  string
		status int
		want   string
	}{
		{"?status=bogus", 422, "status must be one of active, expiring, disabled, expired, revoked"},
		{"?limit=-1", 422, limits},
		{"?limit=abc", 422, limits},
		{"?limit=1.5", 422, limits},
		{"?limit=1&limit=2", 422, "limit given more than once"},
		{"?offset=-1", 422, "offset must be a whole number of at least 0"},
	} {
		s.want(s.as(admin, "GET", one.query, ""), one.status, one.want)
	}
	for query, limit := range map[string]int{"?limit=0": 0, "?limit=": 50, "?limit=201": 200, "": 50} {
		got := s.as(admin, "GET", query, "")
		if want := fmt.Sprintf(`{"tokens":[],"total":0,"limit":%d,"offset":0}`, limit); got.body != want {
			t.Errorf("%s = %s, want %s", query, got.body, want)
		}
	}
}

func TestU22U23PagesAndFilters(t *testing.T) {
	onBoth(t, func(t *testing.T, with ...tokentest.Option) {
		with = append(with, tokentest.WithConfig("kinds: {user: {max_per_owner: 500}}"))
		s := start(t, with...)
		for i := range 60 {
			s.issue(fmt.Sprint("long ", i))
			if i == 30 {
				s.clock.Advance(time.Minute)
			}
		}
		week, _ := s.issue("a week", "expiresInDays=7")
		off, _ := s.issue("off")
		gone, _ := s.issue("gone")
		s.as(admin, "DELETE", "/"+gone, "")
		if got := s.call(s.UserToken(admin), "POST", "/api/admin/v1/tokens/"+off+"/disable", ""); got.status >= 300 {
			t.Fatalf("disable = %d %s", got.status, got.body)
		}
		page := func(query string) (ids []string, total int) {
			got := s.as(admin, "GET", query, "")
			tokens, _ := got.members["tokens"].([]any)
			for _, one := range tokens {
				record, _ := one.(map[string]any)
				ids = append(ids, fmt.Sprint(record["id"]))
			}
			n, _ := got.members["total"].(float64)
			return ids, int(n)
		}
		first, total := page("?limit=50")
		s.issue("in between")
		second, after := page("?limit=50&offset=51")
		if len(first) != 50 || len(second) != 13 || total != 63 || after != 64 {
			t.Errorf("pages of %d and %d, totals %d and %d", len(first), len(second), total, after)
		}
		seen := map[string]bool{}
		for _, id := range append(first, second...) {
			if seen[id] {
				t.Errorf("%s stands on both pages", id)
			}
			seen[id] = true
		}
		s.clock.Advance(5*day + 6*time.Hour) // 42 hours are a quarter of a week
		for query, want := range map[string]int{
			"?status=active": 62, "?status=expiring": 0, "?status=disabled": 1, "?status=revoked": 1, "?status=expired": 0,
			"?status=active,expiring": 62, "?user=alice&status=revoked": 1, "?user=user:default/bob": 0, "?user=nobody%20at%20all": 0,
		} {
			if _, total := page(query); total != want {
				t.Errorf("%s = %d, want %d", query, total, want)
			}
		}
		s.clock.Advance(time.Second)
		if ids, total := page("?status=expiring"); total != 1 || ids[0] != week {
			t.Errorf("expiring = %v", ids)
		}
		if _, total := page("?status=active"); total != 61 {
			t.Errorf("active = %d", total)
		}
	})
}

func TestU25NamesAreUniqueForAUser(t *testing.T) {
	onBoth(t, func(t *testing.T, with ...tokentest.Option) {
		s := start(t, with...)
		const taken = "A token with this name already exists for the user"
		id, _ := s.issue("Phone")
		for _, twin := range []string{ // row H-04
			"Phone", " pHONE ", "\u0420hone", "Ph\u043ene", "Pho\u200bne", "\uff30\uff48\uff4f\uff4e\uff45",
		} {
			s.want(s.as(admin, "POST", "", wish(twin)), http.StatusConflict, taken)
		}
		const invisible = "\ufe0f\u2061\u180b\u3164\u206a\u17b5\ufff9\u2800\u115f\uffa0\u00ad\ufeff\U000e0061\U000e0100\U000e0fff"
		for _, r := range invisible {
			s.want(s.as(admin, "POST", "", wish("Phone"+string(r))), http.StatusConflict, taken)
			if got := s.as(admin, "POST", "", wish(string(r))); got.status != http.StatusUnprocessableEntity {
				t.Errorf("a token named %+q: %d %s", r, got.status, got.body)
			}
		}
		s.issue("Phone 1")
		for _, twin := range []string{"Phone l", "Phone  1", "Phone\u2800\u3164 1"} {
			s.want(s.as(admin, "POST", "", wish(twin)), http.StatusConflict, taken)
		}
		s.issue("Phone", `user="user:default/bob"`)
		s.issue("Phones")
		s.as(admin, "DELETE", "/"+id, "")
		s.issue("phone")
	})
}

func TestU26UsableTokensOfAUserAreLimited(t *testing.T) {
	onBoth(t, func(t *testing.T, with ...tokentest.Option) {
		s := start(t, append(with, tokentest.WithConfig("kinds: {user: {max_per_owner: 3}}"))...)
		s.issue("one")
		s.issue("two")
		var n atomic.Int64
		count := s.parallel(20, func() answer { return s.as(admin, "POST", "", wish(fmt.Sprint("race ", n.Add(1)))) })
		if count[http.StatusCreated] != 1 || count[http.StatusConflict] != 19 {
			t.Errorf("statuses %v", count)
		}
		s.want(s.as(admin, "POST", "", wish("four")), http.StatusConflict, "The user already has 3 usable tokens")
	})
}

func TestU27PeopleToAssignATokenTo(t *testing.T) {
	onBoth(t, func(t *testing.T, with ...tokentest.Option) {
		s := start(t, with...)
		s.want(s.as(bob, "GET", "/users", ""), http.StatusForbidden, "Forbidden: write access required")
		want := `{"users":[{"id":"user:default/admin","displayName":"Administrator","email":null},` +
			`{"id":"user:default/alice","displayName":"Alice","email":null},` +
			`{"id":"user:default/bob","displayName":"Bob","email":null}],"total":3,"limit":50,"offset":0}`
		if got := s.as(alice, "GET", "/users", ""); got.body != want {
			t.Errorf("people = %s\nwant %s", got.body, want)
		}
		for query, total := range map[string]int{"?q=LIC": 1, "?q=%25": 0, "?q=_": 0, "?q='": 0, "?q=": 3, "?limit=0": 3} {
			if got := s.as(alice, "GET", "/users"+query, ""); got.members["total"] != float64(total) {
				t.Errorf("%s = %s", query, got.body)
			}
		}
	})
}

func TestU28RotationWithOverlap(t *testing.T) {
	s := start(t)
	id, first := s.issue("phone")
	rotate := func() string {
		got := s.as(admin, "POST", "/"+id+"/rotate", `{"overlapSeconds":60}`)
		record, _ := got.members["token"].(map[string]any)
		if got.status != http.StatusOK || record["id"] != id || record["name"] != "phone" {
			t.Fatalf("rotate = %d %s", got.status, got.body)
		}
		return fmt.Sprint(got.members["rawToken"])
	}
	second := rotate()
	if !s.good(first, "upload") || !s.good(second, "upload") {
		t.Error("not both good in the overlap")
	}
	third := rotate()
	if s.good(first, "") || !s.good(second, "") || !s.good(third, "") {
		t.Error("a second rotation ends an older overlap, and no more")
	}
	s.as(admin, "DELETE", "/"+id, "")
	if s.good(second, "") || s.good(third, "") {
		t.Error("a secret of a revoked token is good")
	}
	s.want(s.as(admin, "POST", "/"+id+"/rotate", ""), http.StatusConflict, "Token already revoked")
}

func TestU35OneCredentialInOnePlace(t *testing.T) {
	s := start(t, tokentest.WithConfig("trusted_proxies: [127.0.0.1/32]\nrules: [{path: /up, scopes: [upload]}]"))
	_, raw := s.issue("phone")
	original := []string{"X-Original-URI: /up", "X-Original-Method: GET"}
	if got := s.call("", "GET", "/forward-auth?token="+raw, "", original...); got.status != http.StatusBadRequest {
		t.Errorf("in the query: %d", got.status)
	}
	if got := s.call("", "GET", "/forward-auth", "", append(original, "X-API-Key: "+raw)...); got.status != http.StatusOK {
		t.Errorf("as a key: %d %s", got.status, got.body)
	}
	if got := s.call(raw, "GET", "/forward-auth", "", append(original, "X-API-Key: "+raw)...); got.status != http.StatusBadRequest {
		t.Errorf("twice: %d", got.status)
	}
}

func TestU37LastUsedFollowsSuccessAlone(t *testing.T) {
	s := start(t)
	id, raw := s.issue("phone")
	s.good(raw, "issue_view")
	if got := s.as(admin, "GET", "/"+id, ""); got.members["lastUsedAt"] != nil {
		t.Errorf("a refused use counts: %s", got.body)
	}
	s.good(raw, "upload")
	if err := s.Stop(); err != nil { // which writes what was gathered
		t.Fatal(err)
	}
	again := surface{tokentest.Start(t, tokentest.WithData(s.Data), tokentest.WithClock(s.clock), tokentest.WithConfig(roles)), t, s.clock}
	if got := again.as(admin, "GET", "/"+id, ""); got.members["lastUsedAt"] == nil {
		t.Errorf("a use is forgotten: %s", got.body)
	}
}

func TestU38DisabledAndEnabled(t *testing.T) {
	s := start(t)
	id, raw := s.issue("phone")
	turn := func(verb string) {
		if got := s.call(s.UserToken(admin), "POST", "/api/admin/v1/tokens/"+id+"/"+verb, ""); got.status >= 300 {
			t.Fatalf("%s = %d %s", verb, got.status, got.body)
		}
	}
	turn("disable")
	if got := s.as(admin, "GET", "/"+id, ""); s.good(raw, "") || got.members["status"] != "disabled" {
		t.Errorf("good %v, %s", s.good(raw, ""), got.body)
	}
	turn("enable")
	if !s.good(raw, "upload") {
		t.Error("an enabled token is refused")
	}
}
