package admin_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/tokentest"
)

// B-06, B-07: people paste tokens where searches go.
func TestATokenInAQueryIsRefusedBeforeAnythingIsLookedUp(t *testing.T) {
	tw := tokentest.Start(t)
	here, raw := local(t, tw), tw.Issue(platform, "ci", "catalog:read").Secret.Reveal()
	jwt := tw.UserToken("user:default/alice")
	for _, path := range []string{
		"/tokens?q=", "/tokens?workspace=", "/tokens?owner=", "/tokens?kind=", "/tokens?after=", "/tokens?status=",
		"/audit?tokenId=", "/audit?actor=", "/audit?kind=", "/audit?owner=", "/audit?action=", "/audit?before=", "/audit?since=",
		"/audit/export?actor=", "/log/proof?entry=", "/users?any=", "/tokens?limit=1&x=",
	} {
		for _, secret := range []string{raw, jwt, "is it " + raw + "?"} {
			got := here.get(path + url.QueryEscape(secret))
			problem(t, got, http.StatusBadRequest, "invalid")
			if strings.Contains(got.body, raw[10:30]) || strings.Contains(got.body, jwt[30:60]) {
				t.Errorf("%s: the answer repeats the token: %s", path, got.body)
			}
		}
	}
	if logs := tw.Logs(); strings.Contains(logs, raw[10:30]) || strings.Contains(logs, jwt[30:60]) {
		t.Error("the log holds the token")
	}
}

func TestATokenInTextForPeopleIsRefused(t *testing.T) {
	tw := tokentest.Start(t)
	here, issued := local(t, tw), tw.Issue(platform, "ci", "catalog:read")
	raw := issued.Secret.Reveal()
	before := read[api.EntryPage](t, here.get(api.PathAudit+"?limit=0")).Total
	for path, body := range map[string]string{
		api.PathTokens:                            `{"kind":"service","name":"x","description":"was RAW","owner":"platform","scopes":["catalog:read"]}`,
		api.PathTokens + "?":                      `{"kind":"service","name":"x","description":"d","owner":"RAW","scopes":["catalog:read"]}`,
		"/tokens/" + issued.Token.ID + "/revoke":  `{"reason":"leaked: RAW"}`,
		"/tokens/" + issued.Token.ID + "/revoke?": `{"reason":"leaked: ` + tw.UserToken("user:default/bob") + `"}`,
		api.PathRevokeAll:                         `{"owner":"platform","reason":"RAW"}`,
		api.PathRevokeAll + "?":                   `{"workspace":"RAW"}`,
		api.PathUsers:                             `{"ref":"dora","name":"RAW"}`,
		api.PathGroups:                            `{"ref":"RAW"}`,
		api.PathWorkspaces:                        `{"name":"RAW"}`,
		api.PathRoleGrant:                         `{"ref":"user:default/RAW","role":"auditor"}`,
		api.PathRoleWithdraw:                      `{"ref":"user:default/admin","role":"RAW"}`,
		api.PathLinks:                             `{"user":"RAW"}`,
		api.PathAccessTokens:                      `{"user":"RAW"}`,
		api.PathKeyRemove:                         `{"kid":"RAW"}`,
	} {
		got := here.post(strings.TrimSuffix(path, "?"), strings.ReplaceAll(body, "RAW", raw))
		if said := problem(t, got, http.StatusUnprocessableEntity, "invalid"); !strings.Contains(said.Detail, "contains a token") || strings.Contains(got.body, raw[10:30]) {
			t.Errorf("%s %s: %s", path, body, got.body)
		}
	}
	// Two entries are our own tokens of the user.
	if after := read[api.EntryPage](t, here.get(api.PathAudit+"?limit=0")).Total; after-before > 1 {
		t.Errorf("%d entries were written", after-before)
	}
	if got := read[api.Verification](t, here.post(api.PathVerify, `{"token":"`+raw+`"}`)); !got.Active {
		t.Error("a token cannot be asked about any more, or was revoked by a refused request")
	}
}

// H-05: the same answer on both databases, because neither is asked.
func TestFiltersAreTextThatAStoreCanHold(t *testing.T) {
	here := local(t, tokentest.Start(t))
	for _, odd := range []string{"a\x00b", "\x1b[31m", "a\u202eb", "\u0085", strings.Repeat("x", 1001)} {
		for _, path := range []string{
			"/tokens?q=", "/tokens?workspace=", "/tokens?owner=", "/tokens?kind=", "/tokens?after=",
			"/audit?tokenId=", "/audit?actor=", "/audit?kind=", "/audit?owner=", "/audit?action=", "/audit?before=", "/log/proof?entry=",
		} {
			if got := here.get(path + url.QueryEscape(odd)); got.status != http.StatusUnprocessableEntity && got.status != http.StatusBadRequest {
				t.Errorf("%s%q: status %d: %s", path, odd, got.status, got.body)
			}
		}
	}
	for path, status := range map[string]int{
		"/tokens?q=%ff": http.StatusUnprocessableEntity,
		"/tokens?workspace=" + strings.Repeat("w", 101):   http.StatusUnprocessableEntity,
		"/tokens?q=" + strings.Repeat("x", 101):           http.StatusUnprocessableEntity,
		"/tokens?q=" + strings.Repeat("x", 100):           http.StatusOK,
		"/tokens?workspace=demo":                          http.StatusOK,
		"/audit?actor=user:default/alice&kind=service":    http.StatusOK,
		"/tokens?q=" + url.QueryEscape("Gr\u00fc\u00dfe"): http.StatusOK,
	} {
		if got := here.get(path); got.status != status {
			t.Errorf("%s: status %d, want %d: %s", path, got.status, status, got.body)
		}
	}
	var page api.TokenPage
	if err := json.Unmarshal([]byte(here.get("/tokens?q=nothing-like-it").body), &page); err != nil || len(page.Tokens) != 0 {
		t.Errorf("%+v, %v", page, err)
	}
}
