package login_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/tokentest"
)

// made is the answer to the request for an access token.
type made struct {
	AccessToken string
	ExpiresAt   time.Time
}

// mint asks for an access token of a user with a bearer.
func mint(t *testing.T, s *tokentest.Server, bearer, body string) (int, made) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/api/admin/v1/access-tokens", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+bearer)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	var out made
	if answer.StatusCode == http.StatusCreated {
		if err := json.Unmarshal(text, &out); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
	}
	return answer.StatusCode, out
}

// E-03: whoever steals a JWT of ten minutes has ten minutes, not for ever by
// making the next one with it.
func TestAJWTMakesNoneThatOutlivesIt(t *testing.T) {
	s := tokentest.Start(t)
	text := post(t, s.LocalClient(), "http://admin/api/admin/v1/access-tokens",
		`{"user":"user:default/admin","ttlSeconds":300}`, http.StatusCreated)
	var parent made
	if err := json.Unmarshal([]byte(text), &parent); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		wish string
		most time.Duration
	}{
		{`,"ttlSeconds":3600`, 5 * time.Minute},
		{`,"ttlSeconds":301`, 5 * time.Minute},
		{``, 5 * time.Minute}, // the default is ten minutes
		{`,"ttlSeconds":60`, time.Minute},
	} {
		for _, user := range []string{"admin", "alice"} {
			status, child := mint(t, s, parent.AccessToken, `{"user":"user:default/`+user+`"`+tc.wish+`}`)
			switch {
			case status != http.StatusCreated:
				t.Errorf("%s%s: status %d", user, tc.wish, status)
			case child.ExpiresAt.After(parent.ExpiresAt), time.Until(child.ExpiresAt) > tc.most:
				t.Errorf("%s%s: made until %s with a token until %s", user, tc.wish, child.ExpiresAt, parent.ExpiresAt)
			}
		}
	}
	_, child := mint(t, s, parent.AccessToken, `{"user":"user:default/admin"}`)
	if _, grandchild := mint(t, s, child.AccessToken, `{"user":"user:default/admin","ttlSeconds":3600}`); grandchild.ExpiresAt.After(parent.ExpiresAt) {
		t.Errorf("the second generation lives until %s", grandchild.ExpiresAt)
	}
}

// E-03: there is no subset of scopes by which a narrowed JWT could make one
// that is not narrowed.
func TestNoSubsetOfScopesMakesAWholeToken(t *testing.T) {
	idp := newForeign(t)
	s := tokentest.Start(t, idp.config())
	scopes := []string{"catalog:read", "catalog:write", "openid", "access-tokens:admin", "*", "access-tokens:*"}
	for set := range 1 << len(scopes) {
		var held []string
		for i, scope := range scopes {
			if set>>i&1 == 1 {
				held = append(held, scope)
			}
		}
		bearer := idp.sign(t, "vnd.backstage.user", func(c map[string]any) { c["scope"] = strings.Join(held, " ") })
		if status, _ := mint(t, s, bearer, `{"user":"user:default/admin"}`); status != http.StatusForbidden {
			t.Errorf("scope %q: status %d", held, status)
		}
	}
	session := idp.sign(t, "vnd.backstage.user", func(c map[string]any) { c["sid"] = "a-long-lived-token" })
	if status, _ := mint(t, s, session, `{"user":"user:default/admin"}`); status != http.StatusForbidden {
		t.Errorf("a token out of a long-lived one: status %d", status)
	}
}

// A foreign token that is nearly over makes one that is over as soon.
func TestWhatIsLeftOfAForeignTokenIsTheMostItCanMake(t *testing.T) {
	idp := newForeign(t)
	s := tokentest.Start(t, idp.config())
	for _, left := range []int64{20, 120} {
		ends := time.Now().Unix() + left
		bearer := idp.sign(t, "vnd.backstage.user", func(c map[string]any) { c["exp"] = ends })
		status, child := mint(t, s, bearer, `{"user":"user:default/admin","ttlSeconds":3600}`)
		if status != http.StatusCreated || child.ExpiresAt.Unix() > ends {
			t.Errorf("%d s left: status %d, good until %s", left, status, child.ExpiresAt)
		}
	}
	over := idp.sign(t, "vnd.backstage.user", func(c map[string]any) { c["exp"] = time.Now().Unix() - 5 }) // within the leeway
	if status, _ := mint(t, s, over, `{"user":"user:default/admin"}`); status != http.StatusUnauthorized {
		t.Errorf("a token that is only good by the leeway: status %d", status)
	}
}
