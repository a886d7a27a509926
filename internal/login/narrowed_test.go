package login_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/tokentest"
)

// E-03: a JWT that names scopes is less than its user. It may look and revoke
// as its user, and makes no tokens; one that names none is the user.
func TestANarrowedTokenMakesNoTokens(t *testing.T) {
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
	narrow := func(c map[string]any) { c["scope"] = "openid" }
	if got := issue("whole", func(map[string]any) {}); got != http.StatusCreated {
		t.Errorf("the user: %d", got)
	}
	if got := issue("narrowed", narrow); got != http.StatusForbidden {
		t.Errorf("a narrowed token: %d", got)
	}
	if got := status(t, s.URL+listPath, idp.sign(t, "vnd.backstage.user", narrow)); got != http.StatusOK {
		t.Errorf("a narrowed token may look: %d", got)
	}
}
