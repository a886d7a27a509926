package service_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

func TestSVC02SVC03LimitAndOffset(t *testing.T) {
	const limitText, offsetText = "limit must be a whole number of at least 0", "offset must be a whole number of at least 0"
	s := start(t)
	for i := range 5 {
		s.issue(fmt.Sprintf("t%d", i))
	}
	for _, test := range []struct {
		query                string
		tokens               int
		limit, offset, total float64
	}{
		{"", 5, 50, 0, 5},
		{"?limit=&offset=", 5, 50, 0, 5},
		{"?limit=0", 0, 0, 0, 5},
		{"?limit=2&offset=1", 2, 2, 1, 5},
		{"?limit=007", 5, 7, 0, 5},
		{"?limit=201", 5, 200, 0, 5},
		{"?limit=1000000", 5, 200, 0, 5},
		{"?limit=99999999999999999999999999", 5, 200, 0, 5},
		{"?offset=5", 0, 50, 5, 5},
		{"?offset=1000000", 0, 50, 1000000, 5},
		{"?offset=99999999999999999999999999", 0, 50, 9007199254740991, 5},
		{"?other=1&other=2", 5, 50, 0, 5},
	} {
		got := s.call(reader, "GET", base+test.query, nil)
		if got.status != 200 || len(got.names()) != test.tokens || got.members["limit"] != test.limit ||
			got.members["offset"] != test.offset || got.members["total"] != test.total {
			t.Errorf("list %s = %d, %d tokens, limit %v, offset %v, total %v", test.query, got.status, len(got.names()),
				got.members["limit"], got.members["offset"], got.members["total"])
		}
	}
	for query, text := range map[string]string{
		"?limit=-1": limitText, "?limit=1.5": limitText, "?limit=abc": limitText, "?limit=1e3": limitText, "?limit=%201": limitText,
		"?limit=%2B1": limitText, "?limit=null": limitText, "?limit=%D9%A1": limitText, "?limit=0x10": limitText,
		"?limit=1&limit=2": "limit given more than once", "?limit=&limit=": "limit given more than once",
		"?offset=-1": offsetText, "?offset=1.5": offsetText, "?offset=x": offsetText,
		"?offset=1&offset=1": "offset given more than once",
	} {
		s.expect(s.call(reader, "GET", base+query, nil), 422, text)
	}
}

func TestSVC04Status(t *testing.T) {
	s := start(t)
	s.issue("plain")
	s.issue("soon", with("expiresInDays", 10))
	s.issue("brief", with("expiresAt", "2026-11-22"))
	ended, _ := s.issue("ended")
	off, _ := s.issue("off")
	s.expect(s.call(admin, "DELETE", base+"/"+ended["id"].(string), nil), 204, "")
	s.disable(off["id"].(string))
	s.advance(day)
	for status, want := range map[string]string{
		"active": "plain", "expiring": "soon", "expired": "brief", "revoked": "ended", "disabled": "off",
		"active,expiring": "plain soon", "revoked,expired,revoked": "brief ended", "": "brief ended off plain soon",
	} {
		got := s.call(reader, "GET", base+"?status="+status, nil)
		names := got.names()
		slices.Sort(names)
		if strings.Join(names, " ") != want || got.members["total"] != float64(len(names)) {
			t.Errorf("status=%s: %v, total %v, want %s", status, names, got.members["total"], want)
		}
	}
	const text = "status must be one of active, expiring, disabled, expired, revoked"
	for _, status := range []string{"gone", "Active", "active,", ",", "active,gone", "rotated", "active%20", "%25"} {
		s.expect(s.call(reader, "GET", base+"?status="+status, nil), 422, text)
	}
	s.expect(s.call(reader, "GET", base+"?status=active&status=revoked", nil), 422, "status given more than once")
}

func (s *server) disable(id string) {
	s.t.Helper()
	if _, err := s.authority.Disable(s.t.Context(), token.Principal{Type: token.PrincipalLocal, Ref: "local:test"}, token.KindService, id); err != nil {
		s.t.Fatal(err)
	}
}

func TestSVC05GroupFilterIsNormalised(t *testing.T) {
	s := start(t)
	s.issue("a")
	s.issue("b", with("groupEntityRef", "other/team-a"))
	for _, ref := range []string{"platform", "default/platform", "Group:Default/PLATFORM", "%20group:default/platform%20"} {
		if got := s.call(reader, "GET", base+"?groupEntityRef="+ref, nil); strings.Join(got.names(), " ") != "a" {
			t.Errorf("groupEntityRef=%s: %v", ref, got.names())
		}
	}
	if got := s.call(reader, "GET", base+"?groupEntityRef=group:default/none", nil); got.status != 200 || got.members["total"] != 0.0 {
		t.Errorf("a group without tokens = %d %s", got.status, got.body)
	}
	for _, ref := range []string{"user:default/admin", "a/b/c", "group:", "%20", "gr%C3%BCn"} {
		s.expect(s.call(reader, "GET", base+"?groupEntityRef="+ref, nil), 422, "groupEntityRef must be a Group entity ref")
	}
	s.expect(s.call(reader, "GET", base+"?groupEntityRef=a&groupEntityRef=a", nil), 422, "groupEntityRef given more than once")
}

func TestSVC06EqualTimesHaveOneOrder(t *testing.T) {
	s := start(t)
	for i := range 12 {
		s.issue(fmt.Sprintf("t%02d", i)) // the clock stands still
	}
	whole := s.call(reader, "GET", base, nil)
	ids := []string{}
	tokens, _ := whole.members["tokens"].([]any)
	for _, one := range tokens {
		ids = append(ids, one.(map[string]any)["id"].(string))
	}
	if !slices.IsSortedFunc(ids, func(a, b string) int { return strings.Compare(b, a) }) {
		t.Errorf("ids are not descending: %v", ids)
	}
	paged := []string{}
	for offset := 0; offset < 12; offset += 5 {
		paged = append(paged, s.call(reader, "GET", fmt.Sprintf("%s?limit=5&offset=%d", base, offset), nil).names()...)
	}
	if !slices.Equal(paged, whole.names()) {
		t.Errorf("pages %v, whole %v", paged, whole.names())
	}
}

func TestSection12SortOrderAndSearch(t *testing.T) {
	s := start(t)
	s.issue("b-one", with("expiresInDays", 20), with("groupEntityRef", "other/team-a"))
	s.advance(time.Second)
	s.issue("a-two", with("expiresInDays", 300), with("description", "100% of_the \\ Team"))
	s.advance(time.Second)
	s.issue("c-three", with("expiresInDays", 100), with("groupEntityRef", "platform-team"))
	for query, want := range map[string]string{
		"?order=asc":                     "b-one a-two c-three",
		"?order=desc":                    "c-three a-two b-one",
		"?sort=createdAt":                "c-three a-two b-one",
		"?sort=name":                     "c-three b-one a-two",
		"?sort=name&order=asc":           "a-two b-one c-three",
		"?sort=expiresAt&order=asc":      "b-one c-three a-two",
		"?sort=groupEntityRef&order=asc": "a-two c-three b-one",
		"?sort=&order=":                  "c-three a-two b-one",
		"?q=THREE":                       "c-three",
		"?q=" + url.QueryEscape("100%"):  "a-two",
		"?q=%25":                         "a-two",
		"?q=_":                           "c-three a-two b-one", // every tokenPrefix has one
		"?q=" + url.QueryEscape(`\`):     "a-two",
		"?q=nothing-like-it":             "",
		"?q=bsat_&limit=1&sort=name":     "c-three",
	} {
		got := s.call(reader, "GET", base+query, nil)
		if strings.Join(got.names(), " ") != want {
			t.Errorf("list %s: %v, want %s", query, got.names(), want)
		}
	}
	const sorts = "sort must be one of createdAt, expiresAt, lastUsedAt, name, groupEntityRef"
	for query, text := range map[string]string{
		"?sort=id": sorts, "?sort=createdAt%20desc;--": sorts, "?sort=Name": sorts, "?sort=name&sort=name": "sort given more than once",
		"?order=up": "order must be asc or desc", "?order=ASC": "order must be asc or desc", "?order=asc&order=asc": "order given more than once",
		"?q=": "q must be between 1 and 100 characters", "?q=" + strings.Repeat("a", 101): "q must be between 1 and 100 characters",
		"?q=%00": "q contains characters that are not allowed", "?q=a&q=b": "q given more than once", "?q=%ff": "q is not valid UTF-8",
	} {
		got := s.call(reader, "GET", base+query, nil)
		if strings.Contains(query, ";") {
			if got.status != 400 {
				t.Errorf("list %s = %d", query, got.status)
			}
			continue
		}
		s.expect(got, 422, text)
	}
}

func TestSVC19AuditPages(t *testing.T) {
	s := start(t)
	record, _ := s.issue("ci")
	id, _ := record["id"].(string)
	for range 4 {
		s.advance(time.Second)
		if got := s.call(admin, "POST", base+"/"+id+"/rotate", nil); got.status != 200 {
			t.Fatalf("rotate = %d %s", got.status, got.body)
		}
	}
	s.expect(s.call(admin, "DELETE", base+"/"+id, map[string]any{"reason": "done"}), 204, "")
	path := base + "/" + id + "/audit"
	eventsOf := func(query string) (names []string, got answer) {
		t.Helper()
		got = s.call(reader, "GET", path+query, nil)
		events, _ := got.members["events"].([]any)
		for _, one := range events {
			name, _ := one.(map[string]any)["event"].(string)
			names = append(names, name)
		}
		return names, got
	}
	names, got := eventsOf("")
	if strings.Join(names, " ") != "revoked rotated rotated rotated rotated created" || got.members["total"] != 6.0 || got.members["limit"] != 100.0 {
		t.Errorf("audit = %v %s", names, got.body)
	}
	if names, got = eventsOf("?limit=2&offset=4"); strings.Join(names, " ") != "rotated created" || got.members["total"] != 6.0 {
		t.Errorf("page = %v %s", names, got.body)
	}
	if _, got = eventsOf("?limit=501"); got.members["limit"] != 500.0 {
		t.Errorf("limit = %v", got.members["limit"])
	}
	s.expect(s.call(reader, "GET", path+"?limit=x", nil), 422, "limit must be a whole number of at least 0")
	s.expect(s.call(reader, "GET", path+"?offset=1&offset=1", nil), 422, "offset given more than once")
	for _, other := range []string{"a99c860d-ebe2-4483-bb02-1a9cd4620f8a", "nope", strings.ToUpper(id)} {
		s.expect(s.call(reader, "GET", base+"/"+other+"/audit", nil), 404, "Token not found")
		s.expect(s.call(reader, "GET", base+"/"+other, nil), 404, "Token not found")
	}
}
