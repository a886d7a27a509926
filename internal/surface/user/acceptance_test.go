package user_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/tokentest"
)

const day = 24 * time.Hour

func TestU01AnIssuedTokenIsShownOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, with ...tokentest.Option) {
		s := start(t, with...)
		got := s.as(admin, "POST", "", wish("PulseCam phone", "expiresInDays=90"))
		record, _ := got.members["token"].(map[string]any)
		id, _ := record["id"].(string)
		raw, _ := got.members["rawToken"].(string)
		created := s.clock.Now().UTC()
		const instant = "2006-01-02T15:04:05.000Z"
		want := fmt.Sprintf(`{"token":{"id":%q,"user":"user:default/alice","userDisplayName":"Alice","name":"PulseCam phone",`+
			`"prefix":%q,"permissions":["upload"],"createdBy":"user:default/admin","createdAt":%q,"expiresAt":%q,`+
			`"lastUsedAt":null,"revokedAt":null,"revokedBy":null,"status":"active"},"rawToken":%q}`,
			id, raw[:len("pv_live_")+4], created.Format(instant), created.Add(90*day).Format(instant), raw)
		if got.status != http.StatusCreated || got.body != want {
			t.Errorf("issue = %d %s\nwant %s", got.status, got.body, want)
		}
		if !regexp.MustCompile(`^pv_live_[0-9A-Za-z]{49}$`).MatchString(raw) || got.header.Get("Cache-Control") != "no-store" ||
			got.header.Get("Location") != "/api/access-tokens/user/"+id {
			t.Errorf("a raw token of %d characters, headers %v", len(raw), got.header)
		}
		for _, path := range []string{"", "/" + id, "/" + id + "/audit"} {
			if got := s.as(admin, "GET", path, ""); got.status != http.StatusOK || strings.Contains(got.body, raw[12:24]) {
				t.Errorf("GET %q = %d %s", path, got.status, got.body)
			}
		}
	})
}

// Rules of the fields in their order: each body breaks one, and later ones
// where that is possible (U-03, U-06, U-24).
func TestU03U06U24RulesOfTheFields(t *testing.T) {
	s := start(t)
	const (
		errUser     = "user not found"
		errName     = "name must be 1-100 characters"
		errSome     = "At least one permission is required"
		errListed   = "All permissions must exist in the allow-list"
		errRepeat   = "permissions must not repeat"
		errDays     = "expiresInDays must be between 1 and 365"
		errFuture   = "expiresAt must be in the future"
		errUnknown  = "unknown field in the request"
		errBothEnds = "give expiresInDays or expiresAt, not both"
	)
	for _, one := range []struct {
		name, body, text string
	}{
		{"no user", wish("x", "user=", "permissions="), "user is required"},
		{"user null", wish("x", "user=null"), "user is required"},
		{"user a number", wish("x", "user=7"), errUser},
		{"user a group", wish("x", `user="group:default/platform"`), errUser},
		{"nobody", wish("x", `user="user:default/nobody"`), errUser},
		{"name missing", wish("x", "name=", "permissions="), errName},
		{"name blank", wish("  \t "), errName},
		{"name of 101", wish(strings.Repeat("é", 101)), errName},
		{"name with a tab", wish("a\tb"), errName},
		{"name with ESC", wish("a\x1b[31m"), errName},
		{"name with a bidi override", wish("a\u202eb"), errName},
		{"name with half a pair", `{"user":"user:default/alice","name":"\ud800","permissions":["upload"]}`, errName},
		{"permissions missing", wish("x", "permissions="), errSome},
		{"permissions empty", wish("x", "permissions=[]"), errSome},
		{"permissions a text", wish("x", `permissions="upload"`), errSome},
		{"not listed", wish("x", `permissions=["admin"]`), errListed},
		{"in upper case", wish("x", `permissions=["UPLOAD"]`), errListed},
		{"with a space", wish("x", `permissions=["upload "]`), errListed},
		{"a number", wish("x", `permissions=[1]`), errListed},
		{"repeated", wish("x", `permissions=["upload","upload"]`), errRepeat},
		{"0 days", wish("x", "expiresInDays=0"), errDays},
		{"366 days", wish("x", "expiresInDays=366"), errDays},
		{"a day and a half", wish("x", "expiresInDays=1.5"), errDays},
		{"days as text", wish("x", `expiresInDays="30"`), errDays},
		{"as many days as turn negative (H-06)", wish("x", "expiresInDays=106752"), errDays},
		{"2^63 days", wish("x", "expiresInDays=9223372036854775808"), errDays},
		{"both", wish("x", "expiresInDays=1", `expiresAt="2030-01-01T00:00:00Z"`), errBothEnds},
		{"in the past", wish("x", `expiresAt="2001-01-01T00:00:00Z"`), errFuture},
		{"without a zone", wish("x", `expiresAt="2030-01-01T00:00:00"`), "expiresAt must carry a time zone"},
		{"a date", wish("x", `expiresAt="2030-01-01"`), errFuture},
		{"too late", wish("x", `expiresAt="2930-01-01T00:00:00Z"`), "expiresAt must not exceed the configured maximum of 365 days"},
		{"createdBy", wish("x", `createdBy="user:default/bob"`), errUnknown},
		{"revokedAt", wish("x", "revokedAt=null"), errUnknown},
		{"id", wish("x", `id="00000000-0000-4000-8000-000000000001"`), errUnknown},
		{"prefix", wish("x", `prefix="pv_live_aaaa"`), errUnknown},
		{"Permissions", wish("x", `Permissions=["issue_view"]`), errUnknown},
	} {
		t.Run(one.name, func(t *testing.T) {
			surface{s.Server, t, s.clock}.want(s.as(admin, "POST", "", one.body), http.StatusUnprocessableEntity, one.text)
		})
	}
	for _, body := range []string{"{", `{"name":"a","name":"b"}`, wish("x") + wish("y"), "\xff"} {
		s.want(s.as(admin, "POST", "", body), http.StatusBadRequest, "Request body is not valid JSON")
	}
	if got := s.as(admin, "GET", "?limit=0", ""); !strings.Contains(got.body, `"total":0`) {
		t.Errorf("something half done stayed behind: %s", got.body)
	}
}

func TestU04APermissionOpensItsOwnRouteAlone(t *testing.T) {
	s := start(t)
	_, raw := s.issue("phone")
	if !s.good(raw, "upload") || s.good(raw, "issue_view") {
		t.Errorf("upload %v, issue_view %v", s.good(raw, "upload"), s.good(raw, "issue_view"))
	}
	rules := "rules: [{path: /up, scopes: [upload]}, {path: /view, scopes: [issue_view]}]"
	s = start(t, tokentest.WithConfig("trusted_proxies: [127.0.0.1/32]\n"+rules))
	_, raw = s.issue("phone")
	up := s.call(raw, "GET", "/forward-auth", "", "X-Original-URI: /up", "X-Original-Method: GET")
	if up.status != http.StatusOK || up.header.Get("X-Auth-Subject") != alice || up.header.Get("X-Auth-Kind") != "user" {
		t.Errorf("upload = %d %v", up.status, up.header)
	}
	view := s.call(raw, "GET", "/forward-auth", "", "X-Original-URI: /view", "X-Original-Method: GET")
	if view.status != http.StatusForbidden || !strings.Contains(view.header.Get("WWW-Authenticate"), `scope="issue_view"`) {
		t.Errorf("issue_view = %d %v", view.status, view.header)
	}
}

func TestU05U29OnlyTheExactTokenIsGood(t *testing.T) {
	s := start(t, tokentest.WithConfig("kinds: {user: {accepted_prefixes: [pv]}}"))
	_, raw := s.issue("phone")
	for i := 1; i < len(raw); i++ {
		if s.good(raw[:i], "") {
			t.Errorf("the first %d characters are good", i)
		}
		other := byte('a')
		if raw[i] == other {
			other = 'b'
		}
		if s.good(raw[:i]+string(other)+raw[i+1:], "") {
			t.Errorf("good with another character at %d", i)
		}
	}
	if s.good(raw+"a", "") || !s.good(raw, "") {
		t.Error("one character more is good, or the token is not")
	}
	if s.good("pv_"+strings.Repeat("a", 64), "") {
		t.Error("what another application issued is good")
	}
}

func TestU07WithoutAnExpiryATokenLives90Days(t *testing.T) {
	s := start(t)
	got := s.as(admin, "POST", "", wish("x", "expiresInDays=null", "expiresAt=null"))
	record, _ := got.members["token"].(map[string]any)
	created, _ := time.Parse(time.RFC3339, fmt.Sprint(record["createdAt"]))
	expires, _ := time.Parse(time.RFC3339, fmt.Sprint(record["expiresAt"]))
	if expires.Sub(created) != 90*day {
		t.Errorf("it lives %v", expires.Sub(created))
	}
}

func TestU08U12ATokenIsRevokedOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, with ...tokentest.Option) {
		s := start(t, with...)
		id, raw := s.issue("phone")
		first := s.as(admin, "POST", "/"+id+"/revoke", `{"reason":" lost phone "}`)
		if first.status != http.StatusOK || first.members["status"] != "revoked" || first.members["revokedBy"] != admin {
			t.Errorf("revoke = %d %s", first.status, first.body)
		}
		if s.good(raw, "") {
			t.Error("a revoked token is good (U-10)")
		}
		s.clock.Advance(time.Minute)
		s.want(s.as(admin, "POST", "/"+id+"/revoke", ""), http.StatusConflict, "Token already revoked")
		s.want(s.as(admin, "DELETE", "/"+id, ""), http.StatusConflict, "Token already revoked")
		if got := s.as(admin, "GET", "/"+id, ""); got.members["revokedAt"] != first.members["revokedAt"] {
			t.Errorf("the first time changed: %s", got.body)
		}
		for _, unknown := range []string{"00000000-0000-4000-8000-000000000001", "nothing"} {
			s.want(s.as(admin, "POST", "/"+unknown+"/revoke", ""), http.StatusNotFound, "Token not found")
		}
		gone, _ := s.issue("short", "expiresInDays=1")
		s.clock.Advance(2 * day)
		if got := s.as(admin, "POST", "/"+gone+"/revoke", ""); got.status != http.StatusOK || got.members["status"] != "revoked" {
			t.Errorf("an expired token: %d %s", got.status, got.body)
		}
		other, _ := s.issue("deleted")
		if got := s.as(admin, "DELETE", "/"+other, ""); got.status != http.StatusNoContent || got.body != "" {
			t.Errorf("DELETE = %d %s", got.status, got.body)
		}
	})
}

func TestU09OfManyRevocationsOneSucceeds(t *testing.T) {
	onBoth(t, func(t *testing.T, with ...tokentest.Option) {
		s := start(t, with...)
		id, _ := s.issue("phone")
		count := s.parallel(50, func() answer { return s.as(admin, "POST", "/"+id+"/revoke", "") })
		if count[http.StatusOK] != 1 || count[http.StatusConflict] != 49 {
			t.Errorf("statuses %v", count)
		}
		got := s.as(admin, "GET", "/"+id+"/audit", "")
		if strings.Count(got.body, `"event":"revoked"`) != 1 {
			t.Errorf("history %s", got.body)
		}
	})
}

// parallel gives how often each status came back.
func (s surface) parallel(n int, call func() answer) map[int]int {
	s.t.Helper()
	count := map[int]int{}
	var mu sync.Mutex
	var all sync.WaitGroup
	for range n {
		all.Go(func() {
			got := call()
			mu.Lock()
			defer mu.Unlock()
			count[got.status]++
		})
	}
	all.Wait()
	return count
}

func TestU11AReasonIsOptionalText(t *testing.T) {
	s := start(t)
	for i, one := range []struct {
		body   string
		status int
		text   string
	}{
		{"", 200, ""},
		{`{"reason":null}`, 200, ""},
		{`{"reason":"  "}`, 200, ""},
		{`{"reason":7}`, 422, "reason must be a string"},
		{`{"reason":"` + strings.Repeat("r", 501) + `"}`, 422, "reason must be at most 500 characters"},
	} {
		id, _ := s.issue(fmt.Sprint("t", i))
		s.want(s.as(admin, "POST", "/"+id+"/revoke", one.body), one.status, one.text)
	}
}

func TestU13AUsersTokensEndWithTheUser(t *testing.T) {
	s := start(t)
	_, raw := s.issue("phone")
	if !s.good(raw, "upload") {
		t.Fatal("not good at first")
	}
	disable := func(verb string) {
		got := s.call(s.UserToken(admin), "POST", "/api/admin/v1/users/"+verb, `{"ref":"user:default/alice"}`)
		if got.status >= 300 {
			t.Fatalf("%s = %d %s", verb, got.status, got.body)
		}
	}
	disable("disable")
	if s.good(raw, "upload") {
		t.Error("a disabled user's token is good")
	}
	disable("enable")
	if !s.good(raw, "upload") {
		t.Error("it is not good again")
	}
}
