package service_test

import (
	"testing"
	"time"
)

// Whatever is sent, the answer is one of the contract's, and a token that was
// made ends within its maximum.
func FuzzIssue(f *testing.F) {
	for _, seed := range []string{
		`{}`, `[]`, `{"name":"x"}`,
		`{"name":"a","description":"d","groupEntityRef":"platform","scopes":["catalog:read"]}`,
		`{"name":"b","description":"d","groupEntityRef":"platform","scopes":["catalog:read"],"expiresAt":"2026-12-31T10:00:00.5+02:00"}`,
		`{"name":"c","description":"d","groupEntityRef":"platform","scopes":["catalog:read"],"expiresAt":1798761600000}`,
		`{"name":"d","description":"d","groupEntityRef":"platform","scopes":["catalog:read"],"expiresInDays":106752}`,
		`{"name":"e","description":"\ud800","groupEntityRef":"Group:Default/Platform","scopes":[null]}`,
	} {
		f.Add(seed)
	}
	s := start(f)
	limit := s.clock().Add(365 * day)
	f.Fuzz(func(t *testing.T, body string) {
		s.t = t
		got := s.call(admin, "POST", base, body)
		switch got.status {
		case 400, 409, 413, 422:
			return
		case 201:
		default:
			t.Fatalf("%q = %d %s", body, got.status, got.body)
		}
		record, _ := got.members["token"].(map[string]any)
		text, _ := record["expiresAt"].(string)
		ends, err := time.Parse(time.RFC3339, text)
		if err != nil || ends.After(limit) || !ends.After(s.clock()) {
			t.Errorf("%q ends at %s", body, text)
		}
	})
}

func FuzzList(f *testing.F) {
	for _, seed := range []string{"", "limit=1&offset=2", "status=active,expired", "q=%25&sort=name&order=asc", "groupEntityRef=Default/platform", "limit=1&limit=2", "q=%00"} {
		f.Add(seed)
	}
	s := start(f)
	s.issue("one")
	f.Fuzz(func(t *testing.T, query string) {
		s.t = t
		for i := range len(query) {
			if query[i] <= ' ' || query[i] >= 0x7f || query[i] == '#' {
				t.Skip("no client can send it")
			}
		}
		switch got := s.call(reader, "GET", base+"?"+query, nil); got.status {
		case 200, 400, 422, 431:
		default:
			t.Errorf("%q = %d %s", query, got.status, got.body)
		}
	})
}
