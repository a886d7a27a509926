package server_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/tokentest"
)

// answer is what a server said.
type answer struct {
	status int
	header http.Header
	body   string
}

// ask sends a request; bearer "" sends no credential. A body is JSON when it
// begins like an object, else a form.
func ask(t *testing.T, client *http.Client, method, url, bearer, body string) answer {
	t.Helper()
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, url, reader)
	if err != nil {
		t.Fatal(err)
	}
	if bearer != "" {
		req.Header.Set("Authorization", "Bearer "+bearer)
	}
	switch {
	case strings.HasPrefix(body, "{"):
		req.Header.Set("Content-Type", "application/json")
	case body != "":
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := client.Do(req)
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

// get gives the status of a GET on the public listener.
func get(t *testing.T, s *tokentest.Server, path, bearer string) int {
	t.Helper()
	return ask(t, http.DefaultClient, http.MethodGet, s.URL+path, bearer, "").status
}

// local sends a request through the admin socket, which must succeed.
func local(t *testing.T, s *tokentest.Server, method, path, body string) answer {
	t.Helper()
	got := ask(t, s.LocalClient(), method, "http://admin"+path, "", body)
	if got.status >= 300 {
		t.Fatalf("%s %s: %d %s", method, path, got.status, got.body)
	}
	return got
}
