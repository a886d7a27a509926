package openapi_test

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/tokenwright/tokenwright/tokentest"
)

func TestEveryRouteIsDescribedAndNoOther(t *testing.T) {
	tw := tokentest.Start(t)
	doc := describe(t, tw)
	described := map[string]bool{}
	for path, operations := range doc.Paths {
		for method := range operations {
			described[strings.ToUpper(method)+" "+path] = true
		}
	}
	for _, route := range tw.Routes() {
		method := strings.Replace(route.Method, "*", http.MethodGet, 1)
		if !described[method+" "+route.Pattern] {
			t.Errorf("%s %s is served and not described", route.Method, route.Pattern)
		}
		delete(described, method+" "+route.Pattern)
	}
	for name := range described {
		t.Errorf("%s is described and not served", name)
	}
}

// A description without a route is left out when it is served, and nobody would
// miss it.
func TestThePartsDescribeRoutesThatThereAre(t *testing.T) {
	there := map[string]bool{}
	for _, route := range tokentest.Start(t, tokentest.WithConfig("oauth: {registration: true}")).Routes() {
		there[route.Method+" "+route.Pattern] = true
	}
	parts, err := filepath.Glob("parts/*.yaml")
	if err != nil || len(parts) == 0 {
		t.Fatal("no parts", err)
	}
	for _, name := range parts {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range regexp.MustCompile(`route: "?([A-Z*]+ /[^",\s]*)`).FindAllStringSubmatch(string(text), -1) {
			if !there[found[1]] {
				t.Errorf("%s describes %s, which is not there", name, found[1])
			}
		}
	}
}

func TestItIsOpenAPI31(t *testing.T) {
	doc, err := openapi3.NewLoader().LoadFromData(fetch(t, tokentest.Start(t)))
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestItIsForWhoeverHasAGoodCredential(t *testing.T) {
	tw := tokentest.Start(t)
	service := tw.Issue("group:default/platform", "reader", "catalog:read").Secret.Reveal()
	for name, want := range map[string]struct {
		bearer string
		status int
	}{
		"a person":                 {tw.UserToken("user:default/bob"), http.StatusOK},
		"a program":                {service, http.StatusOK},
		"nobody (J-07)":            {"", http.StatusUnauthorized},
		"a credential that is bad": {service + "x", http.StatusUnauthorized},
	} {
		if status, body := get(t, tw, want.bearer); status != want.status {
			t.Errorf("%s: %d %s, want %d", name, status, body, want.status)
		}
	}
}

func TestItDescribesTheServerThatAnswers(t *testing.T) {
	tw := tokentest.Start(t, tokentest.WithPublicURL("https://tokens.example.com"),
		tokentest.WithConfig("kinds: {workspace: {rpc_path: /accounts}}"))
	doc := describe(t, tw)
	if len(doc.Servers) != 1 || doc.Servers[0].URL != "https://tokens.example.com" {
		t.Errorf("servers %v", doc.Servers)
	}
	if doc.Info.Version == "" {
		t.Error("no version")
	}
	if doc.Paths["/accounts"]["post"].OperationID == "" || doc.Paths["/_accounts"] != nil {
		t.Error("the account RPC is not described where the configuration puts it")
	}
}

// What a route demands is taken from the declaration that guards it.
func TestItSaysWhoMayUseARoute(t *testing.T) {
	doc := describe(t, tokentest.Start(t))
	const write = "access-tokens:service:write"
	for _, tc := range []struct {
		method, path string
		want         []string
	}{
		{"get", "/healthz", []string{""}},
		{"post", "/oauth2/introspect", []string{"accessToken=access-tokens:introspect", "opaqueToken=access-tokens:introspect", "peerToken=access-tokens:introspect"}},
		{"post", "/api/access-tokens/service", []string{"accessToken=" + write, "csrf=" + write + " session=" + write}},
		{"get", "/api/session", []string{"accessToken=", "session="}},
		{"delete", "/api/session", []string{"csrf= session="}},
		{"get", "/api/access-tokens/user", []string{
			"accessToken=access-tokens:user-admin:read",
			"onBehalfOf=access-tokens:user-admin:read peerToken=access-tokens:user-admin:read", "session=access-tokens:user-admin:read",
		}},
	} {
		if got := ways(doc.Paths[tc.path][tc.method]); !slices.Equal(got, tc.want) {
			t.Errorf("%s %s: %q, want %q", tc.method, tc.path, got, tc.want)
		}
	}
}

// ways writes each way in as its schemes, sorted, with the permission.
func ways(op operation) []string {
	var list []string
	for _, way := range op.Security {
		var schemes []string
		for name, permissions := range way {
			schemes = append(schemes, name+"="+strings.Join(permissions, ","))
		}
		slices.Sort(schemes)
		list = append(list, strings.Join(schemes, " "))
	}
	return list
}

func TestOperationIDsAreUniqueAndTagsKnown(t *testing.T) {
	doc := describe(t, tokentest.Start(t))
	seen := map[string]string{}
	for path, operations := range doc.Paths {
		for method, op := range operations {
			if other := seen[op.OperationID]; other != "" || op.OperationID == "" {
				t.Errorf("%s %s has the id %q, as has %s", method, path, op.OperationID, other)
			}
			seen[op.OperationID] = method + " " + path
		}
	}
}
