package service_test

import (
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

func usualTable(t *testing.T) func() policy.Table {
	t.Helper()
	table, _, err := policy.New(usual().policy)
	if err != nil {
		t.Fatal(err)
	}
	return func() policy.Table { return table }
}

// works reports whether a raw token is accepted.
func (s *server) works(raw string) bool {
	s.t.Helper()
	switch got := s.call(raw, "GET", "/api/probe/whoami", nil); got.status {
	case 200:
		return true
	case 401:
		return false
	default:
		s.t.Fatalf("probe = %d %s", got.status, got.body)
		return false
	}
}

func (s *server) lastEvent(id string) map[string]any {
	s.t.Helper()
	got := s.call(reader, "GET", base+"/"+id+"/audit?limit=1", nil)
	events, _ := got.members["events"].([]any)
	if len(events) != 1 {
		s.t.Fatalf("audit = %d %s", got.status, got.body)
	}
	event, _ := events[0].(map[string]any)
	return event
}

func TestSVC17TheReasonIsOptional(t *testing.T) {
	s := start(t)
	for name, test := range map[string]struct {
		body any
		want string // reason in the event
	}{
		"no-body":  {nil, ""},
		"empty":    {map[string]any{}, ""},
		"null":     {map[string]any{"reason": nil}, ""},
		"blank":    {map[string]any{"reason": "  \t\n "}, ""},
		"array":    {"[]", ""},
		"trimmed":  {map[string]any{"reason": "  rotated  "}, "rotated"},
		"of-500":   {map[string]any{"reason": " " + strings.Repeat("r", 500) + " "}, strings.Repeat("r", 500)},
		"of-emoji": {map[string]any{"reason": strings.Repeat("😀", 250)}, strings.Repeat("😀", 250)},
	} {
		record, _ := s.issue(name)
		id, _ := record["id"].(string)
		got := s.call(admin, "DELETE", base+"/"+id, test.body)
		if got.status != 204 || got.body != "" || got.header.Get("Content-Type") != "" {
			t.Errorf("%s = %d %q %v", name, got.status, got.body, got.header)
		}
		metadata, _ := s.lastEvent(id)["metadata"].(map[string]any)
		reason, ok := metadata["reason"].(string)
		if reason != test.want || ok != (test.want != "") {
			t.Errorf("%s: metadata %v", name, metadata)
		}
	}
	record, _ := s.issue("kept")
	path := base + "/" + record["id"].(string)
	const long, text = "reason must be at most 500 characters", "reason must be a string"
	for _, test := range []struct {
		reason any
		want   string
	}{
		{strings.Repeat("r", 501), long},
		{strings.Repeat("😀", 251), long},
		{7, text},
		{true, text},
		{[]any{}, text},
		{map[string]any{}, text},
		{"a\x00b", "reason contains characters that are not allowed"},
	} {
		s.expect(s.call(admin, "DELETE", path, map[string]any{"reason": test.reason}), 422, test.want)
		// The reason is judged before the token is looked for.
		s.expect(s.call(admin, "DELETE", base+"/none", map[string]any{"reason": test.reason}), 422, test.want)
	}
	s.expect(s.call(admin, "DELETE", base+"/none", nil), 404, "Token not found")
	if got := s.call(reader, "GET", path, nil); got.members["status"] != "active" {
		t.Errorf("a refused revocation changed the token: %s", got.body)
	}
}

func TestRevokingTwiceKeepsTheFirst(t *testing.T) {
	s := start(t)
	record, _ := s.issue("ci", with("expiresInDays", 1))
	id, _ := record["id"].(string)
	s.advance(2 * day) // an expired token can be revoked
	s.expect(s.call(admin, "DELETE", base+"/"+id, map[string]any{"reason": "first"}), 204, "")
	first := s.call(reader, "GET", base+"/"+id, nil)
	s.advance(time.Hour)
	s.expect(s.call(admin, "DELETE", base+"/"+id, map[string]any{"reason": "second"}), 409, "Token already revoked")
	if got := s.call(reader, "GET", base+"/"+id, nil); got.body != first.body || got.members["revokedBy"] != "user:default/admin" {
		t.Errorf("after the second = %s, before %s", got.body, first.body)
	}
	event := s.lastEvent(id)
	if event["occurredAt"] != first.members["revokedAt"] || event["event"] != "revoked" || event["actor"] != "user:default/admin" {
		t.Errorf("event %v, revokedAt %v (SVC-18)", event, first.members["revokedAt"])
	}
}

func TestSVC27SVC28EndedTokensAreRefusedAtOnce(t *testing.T) {
	s := start(t)
	_, brief := s.issue("brief", with("expiresAt", "2026-11-21T23:11:28.000Z"))
	record, raw := s.issue("long")
	if !s.works(brief) || !s.works(raw) {
		t.Fatal("a new token is refused")
	}
	s.advance(3001 * time.Millisecond)
	if !s.works(brief) {
		t.Error("refused a millisecond too early")
	}
	s.advance(time.Millisecond)
	if s.works(brief) {
		t.Error("accepted at the instant of its expiry")
	}
	s.expect(s.call(admin, "DELETE", base+"/"+record["id"].(string), nil), 204, "")
	if s.works(raw) {
		t.Error("accepted after its revocation was answered")
	}
}

func TestSVC40Rotate(t *testing.T) {
	s := start(t)
	record, old := s.issue("ci")
	id, _ := record["id"].(string)
	path := base + "/" + id + "/rotate"
	s.advance(time.Hour)
	got := s.call(admin, "POST", path, map[string]any{"overlapSeconds": 60})
	rotated, _ := got.members["token"].(map[string]any)
	fresh, _ := got.members["rawToken"].(string)
	if got.status != 200 || fresh == old || rotated["tokenPrefix"] != fresh[:12] {
		t.Fatalf("rotate = %d %s", got.status, got.body)
	}
	for _, member := range []string{"id", "name", "description", "groupEntityRef", "createdBy", "createdAt", "expiresAt"} {
		if rotated[member] != record[member] {
			t.Errorf("%s changed from %v to %v", member, record[member], rotated[member])
		}
	}
	if metadata, _ := s.lastEvent(id)["metadata"].(map[string]any); metadata["overlapSeconds"] != 60.0 {
		t.Errorf("metadata %v", metadata)
	}
	if !s.works(old) || !s.works(fresh) {
		t.Error("within the overlap both work")
	}
	s.advance(59 * time.Second)
	if !s.works(old) {
		t.Error("the overlap ended early")
	}
	s.advance(time.Second)
	if s.works(old) || !s.works(fresh) {
		t.Error("after the overlap only the new secret works")
	}
	second, _ := s.call(admin, "POST", path, map[string]any{"overlapSeconds": 600}).members["rawToken"].(string)
	third, _ := s.call(admin, "POST", path, nil).members["rawToken"].(string)
	if s.works(fresh) || s.works(second) || !s.works(third) {
		t.Error("a rotation ends every older overlap at once")
	}
	got = s.call(admin, "POST", path, map[string]any{"overlapSeconds": 604800, "expiresInDays": 2})
	fourth, _ := got.members["rawToken"].(string)
	if token, _ := got.members["token"].(map[string]any); token["expiresAt"] != "2026-11-24T00:12:24.998Z" {
		t.Errorf("new expiry: %s", got.body)
	}
	if !s.works(third) {
		t.Error("the overlap of a week has begun")
	}
	s.advance(2 * day)
	if s.works(third) || s.works(fourth) {
		t.Error("no secret works past the expiry")
	}
	s.expect(s.call(admin, "POST", path, nil), 409, "Token has expired")
}

func TestSVC40RotateRefusals(t *testing.T) {
	s := start(t)
	record, raw := s.issue("ci")
	path := base + "/" + record["id"].(string)
	const overlap = "overlapSeconds must be a whole number from 0 to 604800"
	for _, value := range []any{-1, 604801, 1.5, "60", true, "null", []any{}, 9007199254740993.0} {
		s.expect(s.call(admin, "POST", path+"/rotate", map[string]any{"overlapSeconds": value}), 422, overlap)
	}
	s.expect(s.call(admin, "POST", path+"/rotate", map[string]any{"expiresInDays": 366}), 422, "expiresInDays must not exceed the configured maximum of 365 days")
	s.expect(s.call(admin, "POST", base+"/none/rotate", map[string]any{"expiresAt": "past"}), 422, "expiresAt must be in the future")
	s.expect(s.call(admin, "POST", base+"/none/rotate", nil), 404, "Token not found")
	s.expect(s.call(reader, "POST", path+"/rotate", nil), 403, "Forbidden: write access required")
	s.expect(s.call(byToken, "POST", path+"/rotate", nil), 403, "Forbidden: tokens do not issue tokens")
	if !s.works(raw) {
		t.Error("a refused rotation changed the secret")
	}
	s.disable(record["id"].(string))
	s.expect(s.call(admin, "POST", path+"/rotate", nil), 409, "Token is disabled")
	if s.works(raw) {
		t.Error("a disabled token works")
	}
	s.expect(s.call(admin, "DELETE", path, nil), 204, "")
	s.expect(s.call(admin, "POST", path+"/rotate", nil), 409, "Token already revoked")
}

func TestRevocationEndsEverySecret(t *testing.T) {
	s := start(t)
	record, old := s.issue("ci")
	path := base + "/" + record["id"].(string)
	fresh, _ := s.call(admin, "POST", path+"/rotate", map[string]any{"overlapSeconds": 3600}).members["rawToken"].(string)
	if !s.works(old) || !s.works(fresh) {
		t.Fatal("both work within the overlap")
	}
	s.expect(s.call(admin, "DELETE", path, nil), 204, "")
	if s.works(old) || s.works(fresh) {
		t.Error("a secret outlived its token")
	}
}

func TestSVC20DenyByDefault(t *testing.T) {
	s := start(t)
	record, _ := s.issue("ci")
	path := base + "/" + record["id"].(string)
	for _, test := range []struct{ as, method, path, verb string }{
		{nobody, "GET", base, "read"},
		{nobody, "GET", base + "/scopes", "read"},
		{nobody, "GET", path, "read"},
		{nobody, "GET", path + "/audit", "read"},
		{nobody, "POST", base, "write"},
		{nobody, "POST", path + "/rotate", "write"},
		{nobody, "DELETE", path, "revoke"},
		{reader, "POST", base, "write"},
		{reader, "POST", path + "/rotate", "write"},
		{reader, "DELETE", path, "revoke"},
	} {
		// The permission comes before the body: this one could not be read.
		var body any
		if test.method != "GET" {
			body = "{"
		}
		s.expect(s.call(test.as, test.method, test.path, body), 403, "Forbidden: "+test.verb+" access required")
	}
	page, err := s.store.ListEntries(t.Context(), audit.Query{Outcome: audit.Refused, Limit: 100})
	if err != nil || page.Total != 10 {
		t.Errorf("%d refusals are in the log, want 10: %v", page.Total, err)
	}
}

func TestSVC21BindingsForSomeGroups(t *testing.T) {
	s := start(t)
	mine, _ := s.issue("mine")
	others, _ := s.issue("others", with("groupEntityRef", "other/team-a"))
	if got := s.call(platform, "GET", base, nil); strings.Join(got.names(), " ") != "mine" || got.members["total"] != 1.0 {
		t.Errorf("list = %s", got.body)
	}
	if got := s.call(platform, "GET", base+"?groupEntityRef=other/team-a", nil); got.status != 200 || got.members["total"] != 0.0 {
		t.Errorf("list of the other group = %s", got.body)
	}
	theirs := base + "/" + others["id"].(string)
	for _, call := range [][2]string{{"GET", theirs}, {"GET", theirs + "/audit"}, {"DELETE", theirs}, {"POST", theirs + "/rotate"}} {
		got := s.call(platform, call[0], call[1], nil)
		s.expect(got, 404, "Token not found")
		if never := s.call(platform, call[0], strings.Replace(call[1], others["id"].(string), "0198a5b0-0000-7000-8000-000000000000", 1), nil); never.body != got.body {
			t.Errorf("C5: %q, for an id that never was %q", got.body, never.body)
		}
	}
	s.expect(s.call(platform, "POST", base, wish("new", with("groupEntityRef", "other/team-a"))), 403, "Forbidden: write access required")
	if got := s.call(platform, "POST", base, wish("new")); got.status != 201 {
		t.Errorf("create for the own group = %d %s", got.status, got.body)
	}
	s.expect(s.call(platform, "DELETE", base+"/"+mine["id"].(string), nil), 204, "")
}

func TestSVC43TokensDoNotIssueTokens(t *testing.T) {
	s := start(t)
	record, _ := s.issue("ci")
	path := base + "/" + record["id"].(string)
	s.expect(s.call(byToken, "POST", base, wish("x")), 403, "Forbidden: tokens do not issue tokens")
	for _, read := range []string{base, base + "/scopes", path, path + "/audit"} {
		if got := s.call(byToken, "GET", read, nil); got.status != 200 {
			t.Errorf("GET %s = %d", read, got.status)
		}
	}
	s.expect(s.call(byToken, "DELETE", path, nil), 204, "")
	if event := s.lastEvent(record["id"].(string)); event["actor"] != "user:default/admin" {
		t.Errorf("event %v", event)
	}
}

func TestDisabledAndEnabledAreEvents(t *testing.T) {
	s := start(t)
	record, raw := s.issue("ci", with("expiresInDays", 10))
	id, _ := record["id"].(string)
	s.disable(id)
	if got := s.call(reader, "GET", base+"/"+id, nil); got.members["status"] != "disabled" || s.works(raw) {
		t.Errorf("disabled: %s", got.body)
	}
	if event := s.lastEvent(id); event["event"] != "disabled" || len(event["metadata"].(map[string]any)) != 0 {
		t.Errorf("event %v", event)
	}
	s.advance(time.Second)
	if _, err := s.authority.Enable(t.Context(), token.Principal{Type: token.PrincipalLocal, Ref: "local:test"}, token.KindService, id); err != nil {
		t.Fatal(err)
	}
	if got := s.call(reader, "GET", base+"/"+id, nil); got.members["status"] != "expiring" || !s.works(raw) {
		t.Errorf("enabled: %s", got.body)
	}
	if event := s.lastEvent(id); event["event"] != "enabled" {
		t.Errorf("event %v", event)
	}
}
