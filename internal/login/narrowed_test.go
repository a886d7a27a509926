package login_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/tokentest"
)

// E-03: a JWT that names scopes is less than its user. It makes no tokens, and
// sees none unless its scopes say so; one that names none is the user.
func TestANarrowedTokenIsLessThanItsUser(t *testing.T) {
	idp := newForeign(t)
	s := tokentest.Start(t, idp.config())
	issue := func(name string, change func(map[string]any)) int {
		body := `{"name":"` + name + `","description":"d","groupEntityRef":"platform","scopes":["catalog:read"]}`
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+listPath, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+idp.sign(t, "vnd.backstage.user", change))
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		return answer.StatusCode
	}
	carrying := func(scope string) func(map[string]any) { return func(c map[string]any) { c["scope"] = scope } }
	if got := issue("whole", func(map[string]any) {}); got != http.StatusCreated {
		t.Errorf("the user: %d", got)
	}
	for scope, looks := range map[string]int{
		"":                                    http.StatusForbidden,
		"openid":                              http.StatusForbidden,
		"catalog:read access-tokens:*":        http.StatusForbidden,
		"access-tokens:service:revoke":        http.StatusForbidden,
		"openid access-tokens:service:read":   http.StatusOK,
		"access-tokens:service:write openid":  http.StatusForbidden,
		"access-tokens:admin":                 http.StatusForbidden,
		"ACCESS-TOKENS:SERVICE:READ":          http.StatusForbidden,
		"access-tokens:service:read:and:more": http.StatusForbidden,
	} {
		if got := issue("narrowed", carrying(scope)); got != http.StatusForbidden {
			t.Errorf("scope %q makes tokens: %d", scope, got)
		}
		if got := status(t, s.URL+listPath, idp.sign(t, "vnd.backstage.user", carrying(scope))); got != looks {
			t.Errorf("scope %q looks: %d, want %d", scope, got, looks)
		}
	}
}
