package verify_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/verify"
)

// bodyRule is the example of the contract.
func bodyRule() verify.Rule {
	return verify.Rule{
		Path: "/api/v1/tx/*", Methods: []string{"POST"}, Scopes: []string{"write:*"},
		Body: []verify.BodyRule{{
			Where: map[string]string{"_class": "core:class:TxRemoveDoc"}, Anywhere: true, Scopes: []string{"delete:*"},
		}},
	}
}

// demandOf gives the scopes that a body needs by the only rule.
func demandOf(t *testing.T, rule verify.Rule, body string) (token.Scopes, error) {
	t.Helper()
	demand, err := compile(t, rule).Match("POST", "/api/v1/tx/w", "")
	if err != nil {
		t.Fatal(err)
	}
	want := demand.ForBody(func() ([]byte, error) { return []byte(body), nil })
	if want.Further == nil {
		return want.Scopes, nil
	}
	further, err := want.Further()
	return append(token.Scopes{}, append(want.Scopes, further...)...), err
}

func TestABodyDemandsWhatItHolds(t *testing.T) {
	for body, want := range map[string]string{
		`{"_class":"core:class:TxCreateDoc"}`:                    "write:*",
		`{"_class":"core:class:TxRemoveDoc"}`:                    "write:* delete:*",
		`{"a":[{"b":{"_class":"core:class:TxRemoveDoc"}}]}`:      "write:* delete:*",
		`{"_class":"core:class:\u0054xRemoveDoc"}`:               "write:* delete:*",
		`{"_class":["core:class:TxRemoveDoc"],"x":"_class"}`:     "write:*",
		`{"A":1,"a":2,"_class":"core:class:TxCreateDoc"}`:        "write:*",
		`{"_class":"core:class:TxCreateDoc","x":{"y":{}},"z":1}`: "write:*",
	} {
		got, err := demandOf(t, bodyRule(), body)
		if err != nil || got.String() != want {
			t.Errorf("%s needs %q, %v; want %q", body, got, err, want)
		}
	}
	for _, body := range []string{"", "x", "[]", `{"_class":"a","_class":"b"}`, `{"_CLASS":"core:class:TxRemoveDoc"}`, `{} {}`} {
		if _, err := demandOf(t, bodyRule(), body); !errors.Is(err, token.ErrInvalid) {
			t.Errorf("%q: %v", body, err)
		}
	}
}

// TestWithoutTheBodyTheMostIsDemanded: a caller that knows nothing of bodies
// cannot be too lenient.
func TestWithoutTheBodyTheMostIsDemanded(t *testing.T) {
	demand, err := compile(t, bodyRule()).Match("POST", "/api/v1/tx/w", "")
	if err != nil || demand.Expect.Scopes.String() != "write:* delete:*" || !demand.ReadsBody() {
		t.Errorf("%+v, %v", demand, err)
	}
}

func TestRulesAboutBodiesHaveToSayWhat(t *testing.T) {
	for name, change := range map[string]func(*verify.Rule){
		"no member":       func(r *verify.Rule) { r.Body[0].Where = nil },
		"no scopes":       func(r *verify.Rule) { r.Body[0].Scopes = nil },
		"no scope":        func(r *verify.Rule) { r.Body[0].Scopes = []string{"a b"} },
		"no content":      func(r *verify.Rule) { r.Content = "xml" },
		"public":          func(r *verify.Rule) { *r = verify.Rule{Path: "/", Public: true, Body: r.Body} },
		"unknown segment": func(r *verify.Rule) { r.Path = "/{tenant}" },
		"twice":           func(r *verify.Rule) { r.Path = "/{workspace}/{workspace}" },
		"unknown set":     func(r *verify.Rule) { *r = verify.Rule{Use: "other"} },
		"a set and more":  func(r *verify.Rule) { r.Use = "workspace" },
		"a set anywhere":  func(r *verify.Rule) { *r = verify.Rule{Use: "workspace", Path: "/*/x"} },
	} {
		rule := bodyRule()
		change(&rule)
		if _, _, err := verify.NewRules([]verify.Rule{rule}); !errors.Is(err, token.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestTheReadySetSaysWhyNothingMatches.
func TestTheReadySetSaysWhyNothingMatches(t *testing.T) {
	rules := compile(t, verify.Rule{Path: "/healthz", Public: true}, verify.Rule{Use: "workspace", Path: "/_transactor"})
	for _, c := range []struct {
		method, target string
		want           error
		text           string
	}{
		{"GET", "/_transactor/api/v1/ping/w", nil, ""},
		{"GET", "/healthz", nil, ""},
		{"GET", "/elsewhere", token.ErrNoRule, ""},
		{"GET", "/api/v1/ping/w", token.ErrNoRule, ""},
		{"GET", "/_transactor", token.ErrNoRule, ""},
		{"GET", "/_transactor/api/v1/broadcast/w", token.ErrRoute, ""},
		{"DELETE", "/_transactor/api/v1/ping/w", token.ErrRoute, "method"},
		{"GET", "/_transactor/api/v1/ping/", token.ErrInvalid, "Missing workspace"},
		{"PATCH", "/_transactor/api/v1/tx/", token.ErrInvalid, "Missing workspace"},
		{"GET", "/_transactor/api/v1/request/a/event/w", token.ErrRoute, ""},
		{"GET", "/_transactor/api/v1/request/a/event/w?params={}&params={}", token.ErrInvalid, ""},
		{"GET", "/_transactor/api/v1/request/a/event/w?Params={}", token.ErrInvalid, ""},
		{"GET", "/_transactor/api/v1/request/a/find/w?params=x", token.ErrInvalid, ""},
	} {
		_, err := rules.Match(c.method, c.target, "")
		if !errors.Is(err, c.want) || err != nil && !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s %s: %v, want %v %s", c.method, c.target, err, c.want, c.text)
		}
	}
	demand, err := rules.Match("GET", "/_transactor/api/v1/request/a/removeIt/w", "")
	if err != nil || demand.Expect.Scopes.String() != "write:* delete:*" || demand.Expect.Workspace != "w" {
		t.Errorf("a removing operation: %+v, %v", demand, err)
	}
}

// TestABodyIsReadOnceAndHandedOn, and never further than allowed.
func TestABodyIsReadOnceAndHandedOn(t *testing.T) {
	rules := compile(t, bodyRule()).WithMaxBody(10)
	request := func(body string) *http.Request {
		r := httptest.NewRequestWithContext(t.Context(), "POST", "/api/v1/tx/w", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json; charset=UTF-8")
		return r
	}
	req := request("0123456789")
	got, err := rules.ReadBody(req)
	again, _ := io.ReadAll(req.Body)
	if err != nil || string(got) != "0123456789" || string(again) != string(got) || req.ContentLength != 10 {
		t.Errorf("%q, then %q, %v", got, again, err)
	}
	for name, c := range map[string]struct {
		change func(*http.Request)
		status int
	}{
		"too long":             {func(r *http.Request) { *r = *request("01234567890") }, 413},
		"too long, in chunks":  {func(r *http.Request) { *r = *request("01234567890"); r.ContentLength = -1 }, 413},
		"encoded":              {func(r *http.Request) { r.Header.Set("Content-Encoding", "gzip") }, 415},
		"encoded and identity": {func(r *http.Request) { r.Header["Content-Encoding"] = []string{"identity", "br"} }, 415},

		// H-12: the program behind would read something else than was judged.
		"a form":          {func(r *http.Request) { r.Header.Set("Content-Type", "application/x-www-form-urlencoded") }, 415},
		"another charset": {func(r *http.Request) { r.Header.Set("Content-Type", "application/json; charset=utf-7") }, 415},
		"two types":       {func(r *http.Request) { r.Header.Add("Content-Type", "text/plain") }, 415},
		"two in one line": {func(r *http.Request) { r.Header.Set("Content-Type", "application/json, text/plain") }, 415},
		"no type":         {func(r *http.Request) { r.Header.Del("Content-Type") }, 415},
		"JSON of a kind":  {func(r *http.Request) { r.Header.Set("Content-Type", "application/ld+json") }, 415},
	} {
		req := request("{}")
		c.change(req)
		_, err := rules.ReadBody(req)
		if status, _ := verify.Refusal(err); status != c.status {
			t.Errorf("%s: %d, %v", name, status, err)
		}
	}
	req = request("{}")
	req.Header.Set("Content-Encoding", "Identity")
	if _, err := rules.ReadBody(req); err != nil {
		t.Errorf("identity: %v", err)
	}
}
