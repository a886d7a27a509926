package admin_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/tokentest"
)

// Rows B-06, B-07: tokens of a configured form of another system are kept out of
// texts and queries like our own.
func TestAnImportedTokenIsRefusedInTextsAndQueries(t *testing.T) {
	tw := tokentest.Start(t, tokentest.WithConfig("imported: [{kind: service, prefix: old, length: 43, alphabet: base62}]"))
	here := local(t, tw)
	raw := "old_" + strings.Repeat("Ab3", 14) + "z"
	issued := tw.Issue(platform, "one", "catalog:read")
	for path, body := range map[string]string{
		api.PathTokens:                           `{"kind":"service","owner":"platform","name":"n","description":"was %s","scopes":["catalog:read"]}`,
		"/tokens/" + issued.Token.ID + "/revoke": `{"reason":"found %s in a log"}`,
		api.PathRevokeAll:                        `{"owner":"group:default/nobody","reason":"%s"}`,
		api.PathUsers:                            `{"ref":"user:default/x","name":"%s"}`,
	} {
		got := problem(t, here.post(path, fmt.Sprintf(body, raw)), http.StatusUnprocessableEntity, "invalid")
		if !strings.Contains(got.Detail, "contains a token") {
			t.Errorf("%s: %q", path, got.Detail)
		}
	}
	for _, path := range []string{"/tokens?q=", "/audit?actor="} {
		if got := here.get(path + raw); got.status != http.StatusBadRequest || strings.Contains(got.body, raw) {
			t.Errorf("GET %s: %d %s", path, got.status, got.body)
		}
	}
}
