package introspect_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/tokentest"
)

const (
	admin    = "user:default/admin"
	platform = "group:default/platform"
	inactive = `{"active":false}`
)

// answer is what the server said.
type answer struct {
	status int
	header http.Header
	body   string
}

// send sends a request; bearer "" sends no credential.
func send(t *testing.T, method, target, bearer, contentType, body string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if bearer != "" {
		req.Header.Set("Authorization", "Bearer "+bearer)
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(text)}
}

const form = "application/x-www-form-urlencoded"

// introspect asks about a token as an administrator.
func introspect(t *testing.T, s *tokentest.Server, raw string, more ...string) answer {
	t.Helper()
	values := url.Values{"token": {raw}}
	for i := 0; i+1 < len(more); i += 2 {
		values.Add(more[i], more[i+1])
	}
	return send(t, http.MethodPost, s.URL+"/oauth2/introspect", s.UserToken(admin), form, values.Encode())
}

func revoke(t *testing.T, s *tokentest.Server, raw string) answer {
	t.Helper()
	return send(t, http.MethodPost, s.URL+"/oauth2/revoke", "", form, url.Values{"token": {raw}}.Encode())
}

// wantInactive asserts the one answer about everything that is not active.
func wantInactive(t *testing.T, got answer) {
	t.Helper()
	if got.status != http.StatusOK || got.body != inactive || got.header.Get("Cache-Control") != "no-store" {
		t.Errorf("got %d %s (Cache-Control %q), want 200 %s and no-store",
			got.status, got.body, got.header.Get("Cache-Control"), inactive)
	}
}
