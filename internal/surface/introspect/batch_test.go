package introspect_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/tokentest"
)

func batch(t *testing.T, s *tokentest.Server, body string) answer {
	t.Helper()
	return send(t, http.MethodPost, s.URL+"/oauth2/introspect/batch", s.UserToken(admin), "application/json", body)
}

func TestABatchIsAnsweredInOrderAndOneBadTokenSpoilsNothing(t *testing.T) {
	s := tokentest.Start(t)
	first, second := s.Issue(platform, "first", "catalog:read"), s.Issue(platform, "second", "catalog:write")
	revoked := s.Issue(platform, "revoked", "catalog:read")
	s.Revoke(revoked)
	question, err := json.Marshal(api.IntrospectBatchRequest{Tokens: []string{
		first.Secret.Reveal(), "nonsense", revoked.Secret.Reveal(), "", second.Secret.Reveal(), "\x00é",
	}})
	if err != nil {
		t.Fatal(err)
	}

	got := batch(t, s, string(question))

	var told api.IntrospectBatch
	if err := json.Unmarshal([]byte(got.body), &told); err != nil {
		t.Fatalf("%d %s: %v", got.status, got.body, err)
	}
	names := make([]string, len(told.Results))
	for i, one := range told.Results {
		names[i] = one.Name
		if one.Active != (one.Name != "") {
			t.Errorf("result %d: %+v", i, one)
		}
	}
	if strings.Join(names, ",") != "first,,,,second," {
		t.Errorf("results are %q", names)
	}
	if got.status != http.StatusOK || got.header.Get("Cache-Control") != "no-store" {
		t.Errorf("got %d with %v", got.status, got.header)
	}
}

func TestTheSizeOfABatchIsBounded(t *testing.T) {
	s := tokentest.Start(t)
	raw := s.Issue(platform, "ci", "catalog:read").Secret.Reveal()
	many := func(n int) string {
		return `{"tokens":["` + strings.TrimSuffix(strings.Repeat(raw+`","`, n), `","`) + `"]}`
	}
	got := batch(t, s, many(1000))
	if got.status != http.StatusOK || strings.Count(got.body, `"active":true`) != 1000 {
		t.Errorf("1,000 tokens: got %d with %d active", got.status, strings.Count(got.body, `"active":true`))
	}
	if got := batch(t, s, many(1001)); got.status != http.StatusBadRequest {
		t.Errorf("1,001 tokens: got %d", got.status)
	}
	if got := batch(t, s, `{"tokens":["`+strings.Repeat("a", 1<<20)+`"]}`); got.status != http.StatusRequestEntityTooLarge {
		t.Errorf("over 1 MiB: got %d", got.status)
	}
}

func TestABatchThatIsNoneIsRefused(t *testing.T) {
	s := tokentest.Start(t)
	for name, body := range map[string]string{
		"empty":                   ``,
		"no tokens":               `{}`,
		"an array":                `["a"]`,
		"null":                    `{"tokens":null}`,
		"a string":                `{"tokens":"a"}`,
		"a number among them":     `{"tokens":["a",1]}`,
		"an unknown member":       `{"tokens":[],"scope":"x"}`,
		"the member twice":        `{"tokens":[],"tokens":["a"]}`,
		"another letter case":     `{"Tokens":[]}`,
		"something behind":        `{"tokens":[]} {}`,
		"a lone surrogate (T-07)": `{"tokens":["\ud800"]}`,
	} {
		if got := batch(t, s, body); got.status != http.StatusBadRequest {
			t.Errorf("%s: got %d %s", name, got.status, got.body)
		}
	}
	if got := batch(t, s, `{"tokens":[]}`); got.body != `{"results":[]}` {
		t.Errorf("no tokens at all: got %d %s", got.status, got.body)
	}
	if got := send(t, http.MethodPost, s.URL+"/oauth2/introspect/batch", "", "application/json", `{"tokens":[]}`); got.status != http.StatusUnauthorized {
		t.Errorf("nobody: got %d", got.status)
	}
}
