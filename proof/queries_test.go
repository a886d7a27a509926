package proof_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/tokenwright/tokenwright/api"
)

// Row H-09 (MUST-74): what an interpreter of queries would run is a text that
// finds nothing, in every parameter of every list, and the tables are there
// afterwards. A cursor that nobody was given says no more than the caller may
// read.
func TestH09NothingOfARequestIsRunAsAQuery(t *testing.T) {
	t.Parallel()
	onBothDatabases(t, func(t *testing.T, v visitor) {
		admin := v.s.UserToken("user:default/admin")
		v.s.Issue(platform, "kept", held)
		lists := map[string][]string{
			"/api/access-tokens/service":      {"q", "status", "groupEntityRef", "sort", "order", "limit", "offset"},
			api.Base + api.PathTokens:         {"q", "status", "kind", "owner", "workspace", "after", "limit"},
			api.Base + api.PathAudit:          {"action", "actor", "owner", "token", "outcome", "since", "until", "before", "limit"},
			api.Base + api.PathLogEntries:     {"from", "limit"},
			api.Base + "/log/proof":           {"entry"},
			api.Base + api.PathUsers:          {"q", "after"},
			api.Base + "/tokens/" + unknownID: {"x"},
		}
		for target, names := range lists {
			for _, name := range names {
				for _, text := range injections() {
					got := v.json(http.MethodGet, target+"?"+name+"="+url.QueryEscape(text), admin, "")
					if got.status >= 500 || bytes.Contains(got.body, []byte("syntax")) || bytes.Contains(got.body, []byte("SQL")) {
						t.Errorf("%s?%s=%s: %d %s", target, name, text, got.status, got.body)
					}
				}
			}
			for _, text := range injections() {
				if got := v.json(http.MethodGet, target+"/"+url.PathEscape(text), admin, ""); got.status >= 500 || got.acknowledged() {
					t.Errorf("%s/%s: %d %s", target, text, got.status, got.body)
				}
			}
		}
		var page api.TokenPage
		must(t, json.Unmarshal(v.json(http.MethodGet, api.Base+api.PathTokens, admin, "").body, &page))
		if page.Total != 1 {
			t.Errorf("%d tokens afterwards", page.Total)
		}
		forgedCursors(t, v, admin)
	})
}

// injections are texts that other quotes, operators and encodings would let
// out of their parameter.
func injections() []string {
	return []string{
		"'", "''", `"`, "';--", "' OR '1'='1", `") OR ("1"="1`, "1 OR 1=1", "1;DROP TABLE tokens", "0x27", "%27", "' UNION SELECT digest FROM tokens--",
		"'||(SELECT 1)||'", "$$x$$", "$1", "?", ":x", "@x", "x' AND randomblob(900000000)--", "1) FROM pg_sleep(9)--", `\'`, "ʼ", "＇", "/**/", "--", "#", "\u00a0OR",
	}
}

// forgedCursors changes the cursors of real pages.
func forgedCursors(t *testing.T, v visitor, admin string) {
	t.Helper()
	theirs := v.s.Issue("group:default/data", "theirs", held).Token.ID
	v.s.Issue(platform, "more", held)
	for target, name := range map[string]string{api.Base + api.PathTokens: "after", api.Base + api.PathAudit: "before"} {
		var page struct{ Next string }
		must(t, json.Unmarshal(v.json(http.MethodGet, target+"?limit=1", admin, "").body, &page))
		if page.Next == "" {
			t.Fatalf("%s has no second page", target)
		}
		for i := range len(page.Next) {
			forged := page.Next[:i] + "z" + page.Next[i+1:]
			got := v.json(http.MethodGet, target+"?limit=1&"+name+"="+url.QueryEscape(forged), admin, "")
			if forged != page.Next && got.acknowledged() {
				t.Errorf("%s?%s=%s: %d", target, name, forged, got.status)
			}
		}
	}
	alice := v.addUser("user:default/limited")
	grant := `{"ref":"user:default/limited","role":"auditor"}`
	if got := v.json(http.MethodPost, api.Base+api.PathRoleGrant, admin, grant); !got.acknowledged() {
		t.Fatalf("grant: %d %s", got.status, got.body)
	}
	for _, id := range []string{theirs, unknownID} {
		if got := v.json(http.MethodPost, api.Base+"/tokens/"+id+"/revoke?after="+theirs, alice, "{}"); got.acknowledged() {
			t.Errorf("a cursor of %s changed something: %d", id, got.status)
		}
	}
}

// Rows H-12, T-11 (MUST-02, MUST-92): each parameter has one source. What
// stands in the other one is no second value and no override.
func TestH12OneSourceForEachParameter(t *testing.T) {
	t.Parallel()
	v := visit(t)
	admin := v.s.UserToken("user:default/admin")
	const service = "/api/access-tokens/service"
	wish := `{"name":"from-body","description":"d","groupEntityRef":"platform","scopes":["` + held + `"]}`
	got := v.json(http.MethodPost, service+"?name=from-query&groupEntityRef=data&scopes="+beyond, admin, wish)
	var issued struct {
		Token struct {
			Name, GroupEntityRef string
			Scopes               []string
		}
	}
	must(t, json.Unmarshal(got.body, &issued))
	if issued.Token.Name != "from-body" || issued.Token.GroupEntityRef != platform || !slices.Equal(issued.Token.Scopes, []string{held}) {
		t.Errorf("%d %s", got.status, got.body)
	}
	good := v.s.Issue(platform, "good", held).Secret.Reveal()
	for target, body := range map[string]string{
		"/oauth2/introspect?scope=" + held:           "token=" + good + "&scope=" + beyond + "&require_scope=true",
		"/oauth2/introspect?require_scope=false":     "token=" + good + "&scope=" + beyond + "&require_scope=true",
		"/oauth2/introspect?x=1&x=2":                 "token=" + good + "&scope=" + beyond + "&require_scope=true",
		"/oauth2/introspect?scope=&require_scope=&x": "token=" + good + "&scope=" + beyond + "&require_scope=true",
	} {
		if got := v.form(target, admin, body); string(got.body) != `{"active":false}` && got.status != http.StatusBadRequest {
			t.Errorf("%s with %s: %d %s", target, body, got.status, got.body)
		}
	}
	for _, body := range []string{
		"token=" + good + "&scope=" + held + "&scope=" + beyond, "token=" + good + "&token=" + good, "token=" + good + ";scope=x",
		"token=" + good + "&%73cope=a&scope=b",
	} {
		if got := v.form("/oauth2/introspect", admin, body); got.status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", body, got.status, got.body)
		}
	}
}
