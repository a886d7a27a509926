package service_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/directory"
	"github.com/tokenwright/tokenwright/store"
	"github.com/tokenwright/tokenwright/token"
)

func TestSVC07TheStatusOfANewTokenIsComputed(t *testing.T) {
	s := start(t)
	if record, _ := s.issue("soon", with("expiresInDays", 10)); record["status"] != "expiring" {
		t.Errorf("a 10-day token is %v", record["status"])
	}
	if record, _ := s.issue("later", with("expiresInDays", 30)); record["status"] != "active" {
		t.Errorf("a 30-day token is %v", record["status"])
	}
}

func TestSVC08TheWindowIsConfigured(t *testing.T) {
	s := start(t, func(set *setup) { set.rules.Notice.Window = 7 * day })
	if record, _ := s.issue("ten", with("expiresInDays", 10)); record["status"] != "active" {
		t.Errorf("a 10-day token is %v", record["status"])
	}
	if record, _ := s.issue("six", with("expiresInDays", 6)); record["status"] != "expiring" {
		t.Errorf("a 6-day token is %v", record["status"])
	}
}

func TestSVC09ExpiresInDays(t *testing.T) {
	const (
		days = "expiresInDays must be a whole number of at least 1"
		most = "expiresInDays must not exceed the configured maximum of 365 days"
		both = "Use either expiresInDays or expiresAt, not both"
	)
	s := start(t)
	record, _ := s.issue("five", with("expiresInDays", 5))
	if record["expiresAt"] != "2026-11-26T23:11:24.998Z" {
		t.Errorf("5 days end at %v", record["expiresAt"])
	}
	s.issue("whole", with("expiresInDays", 365))
	// Numbers as JSON text, so that none is rounded on its way (row H-06).
	for value, text := range map[string]string{
		"-1": days, "0": days, "1.5": days, `"1"`: days, "1e3": days, "1e309": days, "true": days, "[]": days, "-0": days, `""`: days,
		"366": most, "106751": most, "106752": most, "2147483648": most, "4294967297": most, "9007199254740993": most,
		"9223372036854775807": most, "9223372036854775808": most, "18446744073709551617": most, strings.Repeat("9", 400): most,
	} {
		body := `{"name":"x","description":"CI","groupEntityRef":"platform","scopes":["catalog:read"],"expiresInDays":` + value
		s.expect(s.call(admin, "POST", base, body+"}"), 422, text)
		s.expect(s.call(admin, "POST", base, body+`,"expiresAt":"2026-12-31"}`), 422, both)
	}
	s.expect(s.call(admin, "POST", base, wish("x", with("expiresInDays", 5), with("expiresAt", 0))), 422, both)
	if record, _ := s.issue("null", with("expiresInDays", nil), with("expiresAt", "2026-12-31")); record["expiresAt"] != "2026-12-31T00:00:00.000Z" {
		t.Errorf("null is absent: %v", record["expiresAt"])
	}
	if record, _ := s.issue("empty", with("expiresInDays", 5), with("expiresAt", "")); record["expiresAt"] != "2026-11-26T23:11:24.998Z" {
		t.Errorf("an empty expiresAt is absent: %v", record["expiresAt"])
	}
}

func TestSVC10ExpiresAt(t *testing.T) {
	const unreadable, zone = "expiresAt must be in the future", "expiresAt must carry a time zone"
	s := start(t)
	good := map[any]string{
		"2026-12-31":                     "2026-12-31T00:00:00.000Z",
		"2026-12-31T10:00:00Z":           "2026-12-31T10:00:00.000Z",
		"2026-12-31T10:00Z":              "2026-12-31T10:00:00.000Z",
		"2026-12-31T10:00:00.1Z":         "2026-12-31T10:00:00.100Z",
		"2026-12-31T10:00:00.123456789Z": "2026-12-31T10:00:00.123Z",
		"2026-12-31T10:00:00.999999Z":    "2026-12-31T10:00:00.999Z",
		"2026-12-31T10:00:00+02:00":      "2026-12-31T08:00:00.000Z",
		"2026-12-31T10:00:00.5-11:30":    "2026-12-31T21:30:00.500Z",
		1798761600000:                    "2027-01-01T00:00:00.000Z",
		1798761600123:                    "2027-01-01T00:00:00.123Z",
	}
	n := 0
	for value, want := range good {
		n++
		if record, _ := s.issue(fmt.Sprintf("g%d", n), with("expiresAt", value)); record["expiresAt"] != want {
			t.Errorf("expiresAt %v = %v, want %s", value, record["expiresAt"], want)
		}
	}
	for value, text := range map[any]string{
		"2026-12-31T10:00:00": zone, "2026-12-31T10:00": zone, "2026-12-31T10:00:00.123": zone,
		"tomorrow": unreadable, "2026-13-01": unreadable, "2026-02-30": unreadable, "2026-12-31 10:00:00Z": unreadable,
		"2026-12-31T1:00:00Z": unreadable, "2026-12-31T10:00:00,5Z": unreadable, "2026-12-31T24:00:01Z": unreadable,
		"2026-12-31T10:00:00+0200": unreadable, "2026-12-31T10:00:00 Z": unreadable, " 2026-12-31": unreadable, "2026-12-31\n": unreadable,
		"Dec 31, 2026": unreadable, "20261231": unreadable, "2026-12": unreadable, "2026": unreadable, "10000-01-01": unreadable,
		"+010000-01-01T00:00:00Z": unreadable, "9999-12-31T23:59:59-01:00": unreadable, "２０２６-12-31": unreadable,
		0: unreadable, false: unreadable, true: unreadable, -1: unreadable, 1.5: unreadable, 1798761600: unreadable, 1e18: unreadable,
		253402300800000: unreadable, " ": unreadable, "0": unreadable, "1798761600000": unreadable,
	} {
		s.expect(s.call(admin, "POST", base, wish("bad", with("expiresAt", value))), 422, text)
	}
	for _, value := range []any{[]any{}, map[string]any{}} {
		s.expect(s.call(admin, "POST", base, wish("bad", with("expiresAt", value))), 422, unreadable)
	}
	s.expect(s.call(admin, "POST", base, wish("bad", with("expiresAt", "9999-12-31T23:59:59Z"))), 422,
		"expiresAt must not exceed the configured maximum of 365 days")
}

// Every field of an answer is sent back, as it is called and in other letters.
func TestSVC11E08UnknownMembersAreRefused(t *testing.T) {
	s := start(t)
	record, _ := s.issue("ci")
	known := map[string]bool{"name": true, "description": true, "groupEntityRef": true, "scopes": true, "expiresAt": true, "expiresInDays": true}
	members := []string{"owner_id", "is_admin", "created_at", "hash", "digest", "kind", "prefix", "rawToken", "subject", "expires_in_days", "", "constructor", "__proto__"}
	for name := range record {
		members = append(members, name)
	}
	for name := range known {
		members = append(members, name)
	}
	for _, name := range members {
		for _, spelled := range []string{name, strings.ToUpper(name), strings.ToLower(name), "\u017f" + strings.TrimPrefix(name, "s")} {
			if known[spelled] {
				continue
			}
			value := record[name]
			s.expect(s.call(admin, "POST", base, wish("x", with(spelled, value))), 422, "unknown field in the request")
			if known[name] {
				s.expect(s.call(admin, "POST", base, wish("x", without(name), with(spelled, value))), 422, "unknown field in the request")
			}
		}
	}
	id, _ := record["id"].(string)
	s.expect(s.call(admin, "DELETE", base+"/"+id, map[string]any{"reason": "x", "force": true}), 422, "unknown field in the request")
	s.expect(s.call(admin, "DELETE", base+"/"+id, map[string]any{"Reason": "x"}), 422, "unknown field in the request")
	s.expect(s.call(admin, "POST", base+"/"+id+"/rotate", map[string]any{"name": "x"}), 422, "unknown field in the request")
	if got := s.call(admin, "GET", base, nil); got.members["total"] != 1.0 {
		t.Errorf("something was stored: %s", got.body)
	}
}

func TestSVC13ScopesAreASet(t *testing.T) {
	s := start(t)
	record, _ := s.issue("ci", with("scopes", []any{"techdocs:read", "catalog:read", "techdocs:read", "catalog:read"}))
	if got := fmt.Sprint(record["scopes"]); got != "[techdocs:read catalog:read]" {
		t.Errorf("scopes %s", got)
	}
}

func TestSVC14OneGroupHasOneSpelling(t *testing.T) {
	s := start(t)
	s.issue("ci")
	for _, ref := range []string{"platform", "default/platform", "Group:Default/Platform", " group:default/platform\t"} {
		s.expect(s.call(admin, "POST", base, wish("ci", with("groupEntityRef", ref))), 409, "A token with this name already exists for the group")
	}
	_, raw := s.issue("other", with("groupEntityRef", "Other/Team-A"))
	got := s.call(raw, "GET", "/api/probe/whoami", nil)
	if !strings.Contains(got.body, `"service-token:group:other/team-a:other"`) {
		t.Errorf("subject: %s", got.body)
	}
}

func TestSVC15AFailingDirectoryIsUnavailable(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	s := start(t, func(set *setup) {
		set.directory = func(s *store.Store) authority.Directory {
			catalog, err := directory.NewCatalog(directory.CatalogOptions{URL: gone.URL, Local: s.FindUser, Clock: time.Now})
			if err != nil {
				t.Fatal(err)
			}
			return catalog
		}
	})
	got := s.call(admin, "POST", base, wish("ci"))
	s.expect(got, 503, "Temporarily unavailable")
	if got.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	if got := s.call(admin, "GET", base, nil); got.members["total"] != 0.0 {
		t.Errorf("something was stored: %s", got.body)
	}
}

func TestSVC16NamesOfEndedTokens(t *testing.T) {
	const taken = "A token with this name already exists for the group"
	for _, test := range []struct {
		reuse                     token.NameReuse
		afterRevocation, afterEnd int
	}{
		{token.ReuseNever, 409, 409},
		{token.ReuseAfterRevocation, 201, 409},
		{token.ReuseAfterEnd, 201, 201},
	} {
		t.Run(string(test.reuse), func(t *testing.T) {
			s := start(t, func(set *setup) { set.rules.Limits.Reuse = test.reuse })
			revoked, _ := s.issue("revoked")
			s.issue("expired", with("expiresInDays", 1))
			s.expect(s.call(admin, "POST", base, wish("revoked")), 409, taken)
			s.expect(s.call(admin, "DELETE", base+"/"+revoked["id"].(string), nil), 204, "")
			s.advance(day)
			if got := s.call(admin, "POST", base, wish("revoked")); got.status != test.afterRevocation {
				t.Errorf("name of a revoked token = %d %s", got.status, got.body)
			}
			if got := s.call(admin, "POST", base, wish("expired")); got.status != test.afterEnd {
				t.Errorf("name of an expired token = %d %s", got.status, got.body)
			}
		})
	}
}

func TestSVC16OfTwentyCreatesAtOnceOneWins(t *testing.T) {
	s := start(t)
	var wg sync.WaitGroup
	statuses := make(chan int, 20)
	for range 20 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			statuses <- s.call(admin, "POST", base, wish("race")).status
		}()
	}
	wg.Wait()
	close(statuses)
	count := map[int]int{}
	for status := range statuses {
		count[status]++
	}
	if count[201] != 1 || count[409] != 19 {
		t.Errorf("statuses %v", count)
	}
}

func TestSVC42UsableTokensPerGroupAreLimited(t *testing.T) {
	s := start(t, func(set *setup) { set.rules.Limits.MaxPerOwner = 2 })
	first, _ := s.issue("one")
	s.issue("two", with("expiresInDays", 1))
	const full = "The group already has 2 usable tokens"
	s.expect(s.call(admin, "POST", base, wish("three")), 409, full)
	s.issue("elsewhere", with("groupEntityRef", "other/team-a"))
	s.expect(s.call(admin, "DELETE", base+"/"+first["id"].(string), nil), 204, "")
	s.issue("three")
	s.expect(s.call(admin, "POST", base, wish("four")), 409, full)
	s.advance(day)
	s.issue("four")
}

func TestSVC36TheDefaultLifetimeMustFit(t *testing.T) {
	rules := usual().rules
	rules.DefaultLifetime = 400 * day
	s := start(t)
	_, err := authority.New(authority.Options{
		Store: s.store, Directory: directory.NewBuiltIn(s.store), Policy: usualTable(t), Clock: s.clock,
		Kinds: []authority.KindRules{rules},
	})
	if err == nil || !strings.Contains(err.Error(), "400") || !strings.Contains(err.Error(), "365") {
		t.Errorf("New = %v", err)
	}
}

// hangUp is a directory during whose answer the client goes away.
type hangUp struct {
	authority.Directory
	leave context.CancelFunc
}

func (h hangUp) HasGroup(ctx context.Context, ref string) (bool, error) {
	defer h.leave()
	return h.Directory.HasGroup(ctx, ref)
}

func TestT19AClientThatLeavesDoesNotUndoAChange(t *testing.T) {
	ctx, leave := context.WithCancel(t.Context())
	s := start(t, func(set *setup) {
		usual := set.directory
		set.directory = func(s *store.Store) authority.Directory { return hangUp{usual(s), leave} }
	})
	who := token.Principal{Type: token.PrincipalLocal, Ref: "local:test"}
	_, err := s.authority.Issue(ctx, who, authority.Request{
		Kind: token.KindService, Name: "left", Description: "d", Owner: "platform", Scopes: []string{"catalog:read"},
	})
	if err != nil || ctx.Err() == nil {
		t.Fatalf("Issue = %v, client gone: %v", err, ctx.Err())
	}
	if got := s.call(admin, "GET", base, nil); got.members["total"] != 1.0 {
		t.Errorf("nothing was stored: %s", got.body)
	}
}
