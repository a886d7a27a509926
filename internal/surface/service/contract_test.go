package service_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

const day = 24 * time.Hour

func TestAnswersHaveTheMembersInWireOrder(t *testing.T) {
	s := start(t)
	got := s.call(admin, "POST", base, wish("ci-pipeline"))
	record, _ := got.members["token"].(map[string]any)
	id, _ := record["id"].(string)
	raw, _ := got.members["rawToken"].(string)
	want := `{"token":{"id":"` + id + `","name":"ci-pipeline","description":"CI","tokenPrefix":"` + raw[:12] +
		`","groupEntityRef":"group:default/platform","scopes":["catalog:read","scaffolder:execute"],` +
		`"createdBy":"user:default/admin","createdAt":"2026-11-21T23:11:24.998Z","expiresAt":"2027-11-21T23:11:24.998Z",` +
		`"lastUsedAt":null,"revokedAt":null,"revokedBy":null,"status":"active"},"rawToken":"` + raw + `"}`
	if got.status != http.StatusCreated || got.body != want {
		t.Errorf("create = %d %s\nwant %s", got.status, got.body, want)
	}
	if got := s.call(reader, "GET", base+"/"+id, nil); got.body != want[len(`{"token":`):strings.LastIndex(want, `,"rawToken"`)] {
		t.Errorf("find = %s", got.body)
	}
	if got := s.call(reader, "GET", base, nil); got.body != `{"tokens":[`+want[len(`{"token":`):strings.LastIndex(want, `,"rawToken"`)]+`],"total":1,"limit":50,"offset":0}` {
		t.Errorf("list = %s", got.body)
	}
	got = s.call(reader, "GET", base+"/"+id+"/audit", nil)
	events, _ := got.members["events"].([]any)
	if len(events) != 1 {
		t.Fatalf("audit = %s", got.body)
	}
	event, _ := events[0].(map[string]any)
	eventID, _ := event["id"].(string)
	if got.body != `{"events":[{"id":"`+eventID+`","tokenId":"`+id+`","event":"created","actor":"user:default/admin","metadata":{},`+
		`"occurredAt":"2026-11-21T23:11:24.998Z"}],"total":1,"limit":100,"offset":0}` {
		t.Errorf("audit = %s", got.body)
	}
}

func TestSVC41NewTokensHaveRandomAndChecksum(t *testing.T) {
	s := start(t)
	shape := regexp.MustCompile(`^bsat_[0-9A-Za-z]{49}$`)
	seen := map[string]bool{}
	for i := range 50 {
		record, raw := s.issue("t-" + string(rune('a'+i%26)) + string(rune('a'+i/26)))
		if !shape.MatchString(raw) || record["tokenPrefix"] != raw[:12] || seen[raw] {
			t.Errorf("raw token of shape %q, prefix %v", shape, record["tokenPrefix"])
		}
		seen[raw] = true
	}
}

func TestB08TheSecretIsInNoOtherAnswer(t *testing.T) {
	s := start(t)
	record, raw := s.issue("ci")
	id, _ := record["id"].(string)
	for _, path := range []string{"", "/" + id, "/" + id + "/audit", "?q=" + raw[:12]} {
		if got := s.call(admin, "GET", base+path, nil); got.status != 200 || strings.Contains(got.body, raw[12:]) {
			t.Errorf("GET %s = %d %s", path, got.status, got.body)
		}
	}
}

func TestMetadataListsThePermissions(t *testing.T) {
	s := start(t)
	path := "/api/access-tokens/.well-known/backstage/permissions/metadata"
	want := `{"permissions":[` +
		`{"type":"resource","name":"access-tokens:service:read","attributes":{"action":"read"},"resourceType":"access-token-service"},` +
		`{"type":"resource","name":"access-tokens:service:write","attributes":{"action":"create"},"resourceType":"access-token-service"},` +
		`{"type":"resource","name":"access-tokens:service:revoke","attributes":{"action":"delete"},"resourceType":"access-token-service"}],"rules":[]}`
	if got := s.call(nobody, "GET", path, nil); got.status != 200 || got.body != want {
		t.Errorf("as a user without permission = %d %s", got.status, got.body)
	}
	if got := s.call("", "GET", path, nil); got.status != 401 {
		t.Errorf("without a credential = %d", got.status)
	}
	_, raw := s.issue("ci")
	s.expect(s.call(raw, "GET", path, nil), 401, "Unauthorized")
}

// Create rules in their order: each body breaks one rule and all later ones
// where that is possible.
func TestCreateRulesInOrder(t *testing.T) {
	const (
		rule1 = "name must be 1-100 characters of lowercase letters, numbers, and hyphens"
		rule2 = "description must be between 1 and 500 characters"
		rule3 = "At least one scope is required"
		rule4 = "groupEntityRef is required"
		rule5 = "All scopes must exist in the allowed scope catalogue"
		rule6 = "expiresAt must be in the future"
		rule7 = "expiresAt must not exceed the configured maximum of 365 days"
		rule8 = "groupEntityRef must reference an existing Group entity"
	)
	long := func(n int) string { return strings.Repeat("d", n) }
	tests := []struct {
		name string
		body any
		want string
	}{
		{"nothing", map[string]any{}, rule1},
		{"no body", nil, rule1},
		{"an array", "[]", rule1},
		{"an array with members", `[{"name":"x"}]`, rule1},
		{"an unknown field first", map[string]any{"x": 1}, "unknown field in the request"},
		{"name upper", wish("CI"), rule1},
		{"name of 101", wish(strings.Repeat("a", 101)), rule1},
		{"name with a newline", wish("abc\n"), rule1},
		{"name not a string", wish("x", with("name", 123)), rule1},
		{"name null", wish("x", with("name", nil)), rule1},
		{"name with half a pair", `{"name":"\ud800"}`, rule1},
		{"description missing", wish("x", without("description"), without("scopes")), rule2},
		{"description empty", wish("x", with("description", "")), rule2},
		{"description of 501", wish("x", with("description", long(501))), rule2},
		{"description of 251 emoji", wish("x", with("description", strings.Repeat("😀", 251))), rule2},
		{"description not a string", wish("x", with("description", 7)), rule2},
		{"description an object", wish("x", with("description", map[string]any{"length": 5})), rule2},
		{"SVC-12 description with NUL", wish("x", with("description", "a\x00b"), without("scopes")), "description contains characters that are not allowed"},
		{"SVC-12 description with ESC", wish("x", with("description", "a\x1b[31m")), "description contains characters that are not allowed"},
		{"SVC-12 description with DEL", wish("x", with("description", "a\x7f")), "description contains characters that are not allowed"},
		{"SVC-12 description with half a pair", `{"name":"x","description":"\udfff"}`, "description contains characters that are not allowed"},
		{"scopes missing", wish("x", without("scopes"), without("groupEntityRef")), rule3},
		{"scopes empty", wish("x", with("scopes", []any{})), rule3},
		{"scopes null", wish("x", with("scopes", nil)), rule3},
		{"scopes a string", wish("x", with("scopes", "catalog:read")), rule3},
		{"scopes an object", wish("x", with("scopes", map[string]any{})), rule3},
		{"SVC-42 101 scopes", wish("x", with("scopes", make([]any, 101)), without("groupEntityRef")), "scopes must not exceed 100"},
		{"group missing", wish("x", without("groupEntityRef"), with("scopes", []any{"nope"})), rule4},
		{"group null", wish("x", with("groupEntityRef", nil)), rule4},
		{"group empty", wish("x", with("groupEntityRef", "")), rule4},
		{"scope unknown", wish("x", with("scopes", []any{"catalog:read", "nope"}), with("expiresAt", "junk")), rule5},
		{"scope a number", wish("x", with("scopes", []any{"catalog:read", 1})), rule5},
		{"scope null", wish("x", with("scopes", []any{nil})), rule5},
		{"scope in another case", wish("x", with("scopes", []any{"Catalog:read"})), rule5},
		{"expiry past", wish("x", with("expiresAt", "2020-01-01"), with("groupEntityRef", 7)), rule6},
		{"expiry now", wish("x", with("expiresAt", "2026-11-21T23:11:24.998Z")), rule6},
		{"expiry a millisecond too far", wish("x", with("expiresAt", "2027-11-21T23:11:24.999Z"), with("groupEntityRef", "none")), rule7},
		{"group unknown", wish("x", with("groupEntityRef", "group:default/none")), rule8},
		{"group a user", wish("x", with("groupEntityRef", "user:default/admin")), rule8},
		{"group of spaces", wish("x", with("groupEntityRef", "  ")), rule8},
		{"group a number", wish("x", with("groupEntityRef", 7)), rule8},
		{"group with a colon in its name", wish("x", with("groupEntityRef", "group:default/a:b")), rule8},
	}
	s := start(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := s.call(admin, "POST", base, test.body)
			if want, _ := json.Marshal(map[string]string{"error": test.want}); got.status != 422 || got.body != string(want) {
				t.Errorf("create = %d %s, want 422 %s", got.status, got.body, want)
			}
		})
	}
	if got := s.call(admin, "GET", base, nil); got.members["total"] != 0.0 {
		t.Errorf("something was stored: %s", got.body)
	}
}

func TestCreateTakesWhatIsAllowed(t *testing.T) {
	tests := []struct {
		name string
		body map[string]any
	}{
		{"name of 100", wish(strings.Repeat("a", 100))},
		{"name of hyphens", wish("---")},
		{"description of 500", wish("d500", with("description", strings.Repeat("d", 500)))},
		{"description of 250 emoji", wish("d250", with("description", strings.Repeat("😀", 250)))},
		{"description of spaces", wish("dspace", with("description", "   "))},
		{"description of lines", wish("dlines", with("description", "a\tb\r\nc"))},
		{"a configured scope", wish("custom", with("scopes", []any{"my-plugin:read"}))},
		{"expiry null", wish("null", with("expiresAt", nil), with("expiresInDays", nil))},
		{"expiry empty", wish("empty", with("expiresAt", ""))},
		{"expiry at the maximum", wish("max", with("expiresAt", "2027-11-21T23:11:24.998Z"))},
		{"group short", wish("short", with("groupEntityRef", "platform"))},
		{"group padded", wish("padded", with("groupEntityRef", "  GROUP:Default/Platform "))},
	}
	s := start(t)
	for _, test := range tests {
		got := s.call(admin, "POST", base, test.body)
		record, _ := got.members["token"].(map[string]any)
		if got.status != 201 || record["description"] != test.body["description"] || record["groupEntityRef"] != "group:default/platform" {
			t.Errorf("%s = %d %s", test.name, got.status, got.body)
		}
	}
}

func TestStatusOfSection3(t *testing.T) {
	s := start(t)
	record, _ := s.issue("t", with("expiresInDays", 31))
	id, _ := record["id"].(string)
	expectStatus := func(want string) {
		t.Helper()
		if got := s.call(reader, "GET", base+"/"+id, nil); got.members["status"] != want {
			t.Errorf("status %v, want %s", got.members["status"], want)
		}
		if got := s.call(reader, "GET", base+"?status="+want, nil); got.members["total"] != 1.0 {
			t.Errorf("list of %s = %s", want, got.body)
		}
	}
	expectStatus("active")
	s.advance(day) // exactly 30 days left
	expectStatus("active")
	s.advance(time.Millisecond)
	expectStatus("expiring")
	s.advance(30*day - 2*time.Millisecond)
	expectStatus("expiring")
	s.advance(time.Millisecond) // the instant itself
	expectStatus("expired")
	s.expect(s.call(admin, "DELETE", base+"/"+id, nil), 204, "")
	expectStatus("revoked")
}
