package introspect_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/tokentest"
)

func TestAnActiveTokenIsToldInTheOrderOfTheContract(t *testing.T) {
	s := tokentest.Start(t)
	issued := s.Issue(platform, "ci", "catalog:read", "techdocs:read")

	got := introspect(t, s, issued.Secret.Reveal(), "token_type_hint", "refresh_token")

	var told api.Introspection
	if err := json.Unmarshal([]byte(got.body), &told); err != nil {
		t.Fatalf("%v: %s", err, got.body)
	}
	want := api.Introspection{
		Active: true, Scope: "catalog:read techdocs:read", TokenType: "Bearer",
		ExpiresAt: issued.Token.ExpiresAt.Unix(), IssuedAt: issued.Token.CreatedAt.Unix(),
		NotBefore: issued.Token.CreatedAt.Unix(),
		Subject:   "service-token:group:default/platform:ci", Issuer: s.URL + "/api/auth",
		TokenID: issued.Token.ID, Kind: "service", Owner: platform, Name: "ci",
	}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
	// Encoding the struct again gives the members in the order it has them.
	again, err := json.Marshal(told)
	if err != nil {
		t.Fatal(err)
	}
	if string(again) != got.body {
		t.Errorf("members are out of order:\ngot  %s\nwant %s", got.body, again)
	}
	if got.status != http.StatusOK || got.header.Get("Cache-Control") != "no-store" || got.header.Get("Content-Type") != "application/json" {
		t.Errorf("got %d with %v", got.status, got.header)
	}
}

// TestAFormerSecretTellsItsOwnEnd: a cache that goes by exp must not keep it for
// as long as the token lives.
func TestAFormerSecretTellsItsOwnEnd(t *testing.T) {
	clock := tokentest.NewClock(time.Time{})
	s := tokentest.Start(t, tokentest.WithClock(clock))
	former := s.Issue(platform, "ci", "catalog:read")
	next := s.Rotate(former, time.Hour)
	for name, c := range map[string]struct {
		raw  string
		want time.Time
	}{
		"former": {former.Secret.Reveal(), clock.Now().Add(time.Hour)},
		"new":    {next.Secret.Reveal(), former.Token.ExpiresAt},
	} {
		for range 2 { // from the source, and from the cache
			var told api.Introspection
			if err := json.Unmarshal([]byte(introspect(t, s, c.raw).body), &told); err != nil {
				t.Fatal(err)
			}
			if told.ExpiresAt != c.want.Unix() {
				t.Errorf("%s: exp is %d, want %d", name, told.ExpiresAt, c.want.Unix())
			}
		}
	}
}

func TestAnAccessJWTNamesItsUserAndAudience(t *testing.T) {
	s := tokentest.Start(t)
	got := introspect(t, s, s.UserToken("user:default/alice"))
	var told api.Introspection
	if err := json.Unmarshal([]byte(got.body), &told); err != nil {
		t.Fatalf("%v: %s", err, got.body)
	}
	if !told.Active || told.Username != "user:default/alice" || told.Subject != told.Username ||
		!cmp.Equal(told.Audience, []string{"backstage"}) || told.Kind != "access" {
		t.Errorf("got %s", got.body)
	}
}

// Row C6: the same bytes for whatever is not active.
func TestNotActiveIsTheSameAnswerForEveryReason(t *testing.T) {
	clock := tokentest.NewClock(time.Time{})
	s := tokentest.Start(t, tokentest.WithClock(clock))
	other := tokentest.Start(t)

	good := s.Issue(platform, "good", "catalog:read").Secret.Reveal()
	revoked := s.Issue(platform, "revoked", "catalog:read")
	rotated := s.Issue(platform, "rotated", "catalog:read")
	swept := s.Issue("group:default/data", "swept", "catalog:read")
	s.Revoke(revoked)
	s.Rotate(rotated, 0)
	s.RevokeOwner("group:default/data")
	jwt := s.UserToken("user:default/alice")

	for name, raw := range map[string]string{
		"unknown":               other.Issue(platform, "foreign", "catalog:read").Secret.Reveal(),
		"malformed":             "x",
		"a foreign prefix":      "ghp_" + good[5:],
		"a bad checksum":        good[:len(good)-1] + "!",
		"cut short":             good[:len(good)-1],
		"with a suffix":         good + "0",
		"in other letters":      strings.ToUpper(good),
		"with a space":          " " + good,
		"with a line break":     good + "\n",
		"with NUL":              good + "\x00",
		"not UTF-8":             good + "\xff",
		"revoked":               revoked.Secret.Reveal(),
		"rotated away":          rotated.Secret.Reveal(),
		"revoked with many":     swept.Secret.Reveal(),
		"a JWT of another host": other.UserToken(admin),
		"a JWT of nobody":       "e30.e30.e30",
		"a JWT, changed":        strings.Replace(jwt, ".", ".e", 1),
		"a JWT, cut":            jwt[:len(jwt)-1],
		"very long":             strings.Repeat("a", 60_000),
	} {
		t.Run(name, func(t *testing.T) { wantInactive(t, introspect(t, s, raw)) })
	}

	t.Run("expired", func(t *testing.T) {
		clock.Advance(2 * time.Hour)
		wantInactive(t, introspect(t, s, jwt))
		clock.Advance(366 * 24 * time.Hour)
		wantInactive(t, introspect(t, s, good))
	})
}

func TestScopesAreADemandOnlyWhenTheCallerSaysSo(t *testing.T) {
	s := tokentest.Start(t)
	raw := s.Issue(platform, "ci", "catalog:read").Secret.Reveal()

	for _, tc := range []struct {
		name   string
		more   []string
		active bool
	}{
		{"told", []string{"scope", "catalog:write"}, true},
		{"told, said explicitly", []string{"scope", "catalog:write", "require_scope", "false"}, true},
		{"demanded and held", []string{"scope", "catalog:read", "require_scope", "true"}, true},
		{"demanded and missing", []string{"scope", "catalog:write", "require_scope", "true"}, false},
		{"one of two missing", []string{"scope", "catalog:read catalog:write", "require_scope", "true"}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := introspect(t, s, raw, tc.more...)
			if tc.active && !strings.HasPrefix(got.body, `{"active":true,"scope":"catalog:read"`) {
				t.Errorf("got %d %s", got.status, got.body)
			}
			if !tc.active {
				wantInactive(t, got)
			}
		})
	}
}

func TestOnlyThePermittedMayAsk(t *testing.T) {
	s := tokentest.Start(t, tokentest.WithConfig(`
roles: {introspector: [access-tokens:introspect]}
bindings: [{role: introspector, to: ["service-token:group:default/platform:gateway"]}]`))
	gateway := s.Issue(platform, "gateway", "catalog:read").Secret.Reveal()
	stranger := s.Issue(platform, "stranger", "catalog:read").Secret.Reveal()
	target := s.URL + "/oauth2/introspect"
	question := "token=" + stranger

	for _, tc := range []struct {
		name, bearer string
		status       int
		challenge    string
	}{
		{"nobody", "", 401, `Bearer realm="tokenwright"`},
		{"a bad credential", "bsat_nonsense", 401, `Bearer realm="tokenwright", error="invalid_token"`},
		{"a person without the permission", s.UserToken("user:default/alice"), 403, ""},
		{"a service token without the permission", stranger, 403, ""},
		{"a service token with the permission", gateway, 200, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := send(t, http.MethodPost, target, tc.bearer, form, question)
			if got.status != tc.status || got.header.Get("WWW-Authenticate") != tc.challenge {
				t.Errorf("got %d %q, want %d %q", got.status, got.header.Get("WWW-Authenticate"), tc.status, tc.challenge)
			}
			if tc.status != 200 && strings.Contains(got.body, "active") {
				t.Errorf("a refusal tells about the token: %s", got.body)
			}
		})
	}
}

func TestUnclearQuestionsAreRefused(t *testing.T) {
	s := tokentest.Start(t)
	raw := s.Issue(platform, "ci", "catalog:read").Secret.Reveal()
	target := s.URL + "/oauth2/introspect"

	for _, tc := range []struct {
		name, target, contentType, body string
		status                          int
		code                            string
	}{
		{"no token", target, form, "scope=x", 400, "invalid_request"},
		{"an empty token", target, form, "token=", 400, "invalid_request"},
		{"no body", target, form, "", 400, "invalid_request"},
		{"the token twice (C3)", target, form, "token=" + raw + "&token=" + raw, 400, "invalid_request"},
		{"an unknown parameter twice (C3)", target, form, "token=" + raw + "&x=1&x=2", 400, "invalid_request"},
		{"a parameter twice, once escaped (C3)", target, form, "token=" + raw + "&tok%65n=x", 400, "invalid_request"},
		{"too many parameters", target, form, "token=" + raw + "&" + manyParams(16), 400, "invalid_request"},
		{"the token in the query (B-06)", target + "?token=" + raw, form, "token=" + raw, 400, "invalid_request"},
		{"a semicolon (T-11)", target, form, "token=" + raw + ";scope=x", 400, "invalid_request"},
		{"a bad escape", target, form, "token=%zz", 400, "invalid_request"},
		{"two client authentications (C3)", target, form, "token=" + raw + "&client_secret=x", 400, "invalid_request"},
		{"a demand for nothing", target, form, "token=" + raw + "&require_scope=true", 400, "invalid_request"},
		{"a demand that is neither", target, form, "token=" + raw + "&require_scope=yes", 400, "invalid_request"},
		{"a scope that is none", target, form, "token=" + raw + "&scope=a%22b&require_scope=true", 400, "invalid_request"},
		{"JSON", target, "application/json", `{"token":"x"}`, 415, "invalid_request"},
		{"too long", target, form, "token=" + strings.Repeat("a", 70_000), 413, "invalid_request"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := send(t, http.MethodPost, tc.target, s.UserToken(admin), tc.contentType, tc.body)
			var body struct{ Error string }
			_ = json.Unmarshal([]byte(got.body), &body)
			if got.status != tc.status || body.Error != tc.code {
				t.Errorf("got %d %s, want %d %s", got.status, got.body, tc.status, tc.code)
			}
			if strings.Contains(got.body, raw) {
				t.Error("the answer repeats the token")
			}
		})
	}
}

func manyParams(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("p" + string(rune('a'+i)) + "=1&")
	}
	return b.String()
}

func TestOnlyPOSTIsKnown(t *testing.T) {
	s := tokentest.Start(t)
	for _, path := range []string{"/oauth2/introspect", "/oauth2/introspect/batch", "/oauth2/revoke"} {
		for _, method := range []string{"GET", "PUT", "DELETE", "OPTIONS"} {
			got := send(t, method, s.URL+path, s.UserToken(admin), "", "")
			if got.status != http.StatusMethodNotAllowed || got.header.Get("Allow") != "POST" {
				t.Errorf("%s %s: got %d, Allow %q", method, path, got.status, got.header.Get("Allow"))
			}
		}
	}
}
