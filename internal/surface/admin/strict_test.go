package admin_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/tokentest"
)

func TestBodiesAreReadStrictly(t *testing.T) {
	tw := tokentest.Start(t)
	here := local(t, tw)
	for _, tc := range []struct {
		name, body string
		status     int
	}{
		{"an unknown member (E-08)", `{"ref":"x","admin":true}`, http.StatusUnprocessableEntity},
		{"a member in other letter case (T-04)", `{"Ref":"user:default/x"}`, http.StatusUnprocessableEntity},
		{"a member of another type", `{"ref":7}`, http.StatusUnprocessableEntity},
		{"a repeated member (T-05)", `{"ref":"a","ref":"b"}`, http.StatusBadRequest},
		{"something behind the value (T-03)", `{"ref":"a"} {}`, http.StatusBadRequest},
		{"an array", `["a"]`, http.StatusBadRequest},
		{"half a value", `{"ref":`, http.StatusBadRequest},
		{"invalid UTF-8 (T-07)", "{\"ref\":\"\xff\"}", http.StatusBadRequest},
		{"too deep (H-11)", `{"ref":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `}`, http.StatusBadRequest},
		{"too long", `{"ref":"` + strings.Repeat("a", 70_000) + `"}`, http.StatusRequestEntityTooLarge},
	} {
		t.Run(tc.name, func(t *testing.T) {
			problem(t, here.post(api.PathUsers, tc.body), tc.status, "invalid")
		})
	}
	problem(t, here.ask(http.MethodPost, api.PathUsers, "text/plain", `{"ref":"a"}`), http.StatusUnsupportedMediaType, "invalid")
	if got := read[api.Users](t, here.get(api.PathUsers)); len(got.Users) != 3 {
		t.Errorf("something half-done stayed: %+v", got.Users)
	}
}

// A selection is never widened by a value that is not there.
func TestAnEmptySelectorOfAMassRevocationIsRefused(t *testing.T) {
	tw := tokentest.Start(t)
	here := local(t, tw)
	tw.Issue(platform, "ci", "catalog:read")
	for _, body := range []string{
		`{"owner":"","kind":"service"}`, `{"owner":null,"kind":"service"}`, `{"owner":"platform","kind":""}`,
		`{"workspace":"","kind":"service"}`, `{"issuedBefore":"","kind":"service"}`,
	} {
		problem(t, here.post(api.PathRevokeAll, body), http.StatusUnprocessableEntity, "invalid")
	}
	if got := read[api.TokenPage](t, here.get(api.PathTokens+"?status=revoked")); got.Total != 0 {
		t.Errorf("%d tokens were revoked", got.Total)
	}
}

// Row H-06: the shortest lifetime is not the longest.
func TestALifetimeOfNothingIsRefused(t *testing.T) {
	tw := tokentest.Start(t)
	here := local(t, tw)
	body := `{"kind":"service","name":"x","description":"x","owner":"platform","scopes":["catalog:read"],"expiresInSeconds":0}`
	problem(t, here.post(api.PathTokens, body), http.StatusUnprocessableEntity, "invalid")
	issued := tw.Issue(platform, "ci", "catalog:read")
	problem(t, here.post("/tokens/"+issued.Token.ID+"/rotate", `{"expiresInSeconds":0}`), http.StatusUnprocessableEntity, "invalid")
}

func TestEveryChangeRefusesUnknownMembers(t *testing.T) {
	tw := tokentest.Start(t)
	here := local(t, tw)
	for _, route := range routes(t, tw) {
		// An import reads lines, and tells of each that is wrong: see import_test.go.
		if route.Method == http.MethodPost && route.Pattern != api.PathImport {
			problem(t, here.post(route.Pattern, `{"surprise":1}`), http.StatusUnprocessableEntity, "invalid")
		}
	}
}

func TestAnAnswerSentBackIsNotARequest(t *testing.T) {
	tw := tokentest.Start(t)
	here := local(t, tw)
	issued := tw.Issue(platform, "ci", "catalog:read")
	record := here.get("/tokens/" + issued.Token.ID)
	problem(t, here.post(api.PathTokens, record.body), http.StatusUnprocessableEntity, "invalid")
}

func TestQueriesAreReadStrictly(t *testing.T) {
	tw := tokentest.Start(t)
	here := local(t, tw)
	for path, status := range map[string]int{
		"/tokens?limit=-1":             http.StatusUnprocessableEntity,
		"/tokens?limit=1.5":            http.StatusUnprocessableEntity,
		"/tokens?limit=ten":            http.StatusUnprocessableEntity,
		"/tokens?limit=1&limit=2":      http.StatusBadRequest,
		"/tokens?status=odd":           http.StatusUnprocessableEntity,
		"/tokens?kind=odd":             http.StatusUnprocessableEntity,
		"/tokens?owner=a/b/c":          http.StatusUnprocessableEntity,
		"/tokens?after=elsewhere":      http.StatusBadRequest, // H-09
		"/tokens?access_token=x":       http.StatusBadRequest, // B-06
		"/audit?since=yesterday":       http.StatusUnprocessableEntity,
		"/audit?outcome=odd":           http.StatusUnprocessableEntity,
		"/audit?before=elsewhere":      http.StatusBadRequest,
		"/audit?before=x'--_y":         http.StatusBadRequest,
		"/log/entries?from=-1":         http.StatusUnprocessableEntity,
		"/log/entries?from=1e99":       http.StatusUnprocessableEntity,
		"/log/proof?entry=elsewhere":   http.StatusNotFound,
		"/tokens/%2e%2e/users":         http.StatusBadRequest, // D-06
		"/tokens/..%2fusers":           http.StatusBadRequest,
		"/nothing":                     http.StatusNotFound,
		"/tokens/not-an-id":            http.StatusNotFound,
		"/tokens/not-an-id/audit":      http.StatusNotFound,
		"/tokens?limit=99999999&q=%25": http.StatusOK, // capped
	} {
		if got := here.get(path); got.status != status {
			t.Errorf("GET %s: %d, want %d: %s", path, got.status, status, got.body)
		}
	}
	got := here.ask(http.MethodDelete, api.PathTokens, "", "")
	if got.status != http.StatusMethodNotAllowed || got.header.Get("Allow") != "GET, HEAD, POST" {
		t.Errorf("DELETE: %d, Allow %q", got.status, got.header.Get("Allow"))
	}
}

func TestAnExpiryIsWishedInOneWay(t *testing.T) {
	tw := tokentest.Start(t)
	here := local(t, tw)
	for wish, status := range map[string]int{
		`"expiresInSeconds":31536000`:                                http.StatusCreated, // the longest, exactly
		`"expiresInSeconds":90`:                                      http.StatusCreated,
		`"expiresInSeconds":31536001`:                                http.StatusUnprocessableEntity,
		`"expiresInSeconds":1.5`:                                     http.StatusUnprocessableEntity,
		`"expiresInSeconds":-1`:                                      http.StatusUnprocessableEntity,
		`"expiresInSeconds":1e3`:                                     http.StatusUnprocessableEntity,
		`"expiresInSeconds":9223372037`:                              http.StatusUnprocessableEntity, // T-08
		`"expiresAt":"2020-01-01T00:00:00Z"`:                         http.StatusUnprocessableEntity,
		`"expiresAt":"tomorrow"`:                                     http.StatusUnprocessableEntity,
		`"expiresAt":"2126-01-01T00:00:00Z","expiresInSeconds":3600`: http.StatusUnprocessableEntity,
	} {
		name := strings.ToLower(strings.Trim(strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' {
				return r
			}
			return '-'
		}, wish), "-"))
		got := here.post(api.PathTokens, `{"kind":"service","name":"`+name+
			`","description":"x","owner":"platform","scopes":["catalog:read"],`+wish+`}`)
		if got.status != status {
			t.Errorf("%s: %d, want %d: %s", wish, got.status, status, got.body)
		}
	}
}
