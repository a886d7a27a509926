package docs_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/tokentest"
)

func TestEveryRouteIsDescribed(t *testing.T) {
	server := tokentest.Start(t, tokentest.WithPublicURL("https://tokens.example.com"))
	describedRoutes := map[string]bool{}
	word := regexp.MustCompile("`([A-Z*]+) (/[^` ?]*)`")
	for _, cells := range rows(page(t, "reference/rest.md")) {
		if found := word.FindStringSubmatch(cells[0]); found != nil {
			describedRoutes[found[1]+" "+found[2]] = true
		}
	}
	for _, route := range server.Routes() {
		name := route.Method + " " + route.Pattern
		if !describedRoutes[name] {
			t.Errorf("%s (%s) is served and not described", name, route.Access)
		}
		delete(describedRoutes, name)
	}
	for name := range describedRoutes {
		t.Errorf("%s is described and not served", name)
	}
}

func TestPermissionsOfRoutesAreThoseOfTheProgram(t *testing.T) {
	server := tokentest.Start(t)
	access := map[string]string{}
	for _, route := range server.Routes() {
		access["`"+route.Method+" "+route.Pattern+"`"] = route.Access
	}
	for _, cells := range rows(page(t, "reference/rest.md")) {
		_, permission, _ := strings.Cut(access[cells[0]], " with ")
		if permission != "" && !strings.Contains(strings.Join(cells, " "), "`"+permission+"`") {
			t.Errorf("%s asks for %s, and its row does not say so", cells[0], permission)
		}
	}
}
