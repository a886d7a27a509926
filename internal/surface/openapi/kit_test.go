package openapi_test

import (
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"github.com/tokenwright/tokenwright/internal/surface/openapi"
	"github.com/tokenwright/tokenwright/tokentest"
)

const admin = "user:default/admin"

// document is what these tests read of the description.
type document struct {
	Info struct {
		Version string
	}
	Servers []struct{ URL string }
	Tags    []struct{ Name string }
	// Paths holds operations by path and method.
	Paths      map[string]map[string]operation
	Components struct {
		Schemas   map[string]any
		Responses map[string]response
	}
}

type operation struct {
	OperationID string
	Security    []map[string][]string
	RequestBody struct {
		Content map[string]struct{ Schema any }
	}
	Responses map[string]response
}

type response struct {
	Ref     string `json:"$ref"`
	Content map[string]struct{ Schema any }
}

// fetch gives the description that a server gives to an administrator.
func fetch(t *testing.T, tw *tokentest.Server) []byte {
	t.Helper()
	status, body := get(t, tw, tw.UserToken(admin))
	if status != http.StatusOK {
		t.Fatalf("GET %s: %d %s", openapi.Path, status, body)
	}
	return body
}

// describe is fetch, read.
func describe(t *testing.T, tw *tokentest.Server) document {
	t.Helper()
	var doc document
	if err := json.Unmarshal(fetch(t, tw), &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

func get(t *testing.T, tw *tokentest.Server, bearer string) (int, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, tw.URL+openapi.Path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if bearer != "" {
		req.Header.Set("Authorization", "Bearer "+bearer)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, body
}
