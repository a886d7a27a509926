package admin_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/tokentest"
)

const platform = "group:default/platform"

// caller asks as somebody.
type caller struct {
	t      *testing.T
	client *http.Client
	base   string
	bearer string
}

// local asks through the admin socket.
func local(t *testing.T, tw *tokentest.Server) caller {
	t.Helper()
	return caller{t, tw.LocalClient(), "http://localhost" + api.Base, ""}
}

// bearing asks over TCP with a bearer; "" is a stranger.
func bearing(t *testing.T, tw *tokentest.Server, bearer string) caller {
	t.Helper()
	return caller{t, http.DefaultClient, tw.URL + api.Base, bearer}
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

func (c caller) ask(method, path, contentType, body string) answer {
	c.t.Helper()
	request, err := http.NewRequestWithContext(c.t.Context(), method, c.base+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	if c.bearer != "" {
		request.Header.Set("Authorization", "Bearer "+c.bearer)
	}
	response, err := c.client.Do(request)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, string(text)}
}

func (c caller) get(path string) answer { c.t.Helper(); return c.ask(http.MethodGet, path, "", "") }

func (c caller) post(path, body string) answer {
	c.t.Helper()
	return c.ask(http.MethodPost, path, "application/json", body)
}

// read reads an answer of success.
func read[T any](t *testing.T, a answer) T {
	t.Helper()
	var value T
	if a.status >= 300 {
		t.Fatalf("status %d: %s", a.status, a.body)
	}
	if err := json.Unmarshal([]byte(a.body), &value); err != nil {
		t.Fatalf("%v: %s", err, a.body)
	}
	return value
}

// problem asserts a problem document and gives it.
func problem(t *testing.T, a answer, status int, word string) api.Problem {
	t.Helper()
	var p api.Problem
	if err := json.Unmarshal([]byte(a.body), &p); err != nil {
		t.Fatalf("no problem document: %d %s", a.status, a.body)
	}
	if a.status != status || p.Status != status || p.Type != api.ProblemLead+word {
		t.Errorf("status %d, type %s, want %d %s: %s", a.status, p.Type, status, word, a.body)
	}
	if got := a.header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("content type %q", got)
	}
	if p.RequestID == "" || p.RequestID != a.header.Get("X-Request-Id") {
		t.Errorf("request id %q, header %q", p.RequestID, a.header.Get("X-Request-Id"))
	}
	return p
}
