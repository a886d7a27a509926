package openapi_test

import (
	"net/http"
	"regexp"
	"testing"

	"github.com/tokenwright/tokenwright/tokentest"
)

// Every route is called with what it must refuse, and the form of every refusal
// is judged.
func TestWhatIsRefusedIsRefusedAsDescribed(t *testing.T) {
	tw := tokentest.Start(t, tokentest.WithConfig("oauth: {registration: true}"))
	v := visit(t, tw)
	v.answersOnly = true
	const nobodys = "019a9f3e-7c4e-7b3a-9c55-0d6f5f1f2a10"
	callers := map[string]*visitor{
		"nobody":                    v,
		"a bad bearer":              v.as("junk"),
		"a person without a role":   v.as(tw.UserToken("user:default/bob")),
		"an administrator":          v.as(tw.UserToken(admin)),
		"a program that is no user": v.as(tw.Issue("group:default/platform", "sweep", "catalog:read").Secret.Reveal()),
	}
	for _, route := range tw.Routes() {
		method := route.Method
		if method == "*" {
			method = http.MethodGet
		}
		target := regexp.MustCompile(`\{[a-z]+\}`).ReplaceAllString(route.Pattern, nobodys)
		for name, caller := range callers {
			t.Run(route.Method+" "+route.Pattern+" by "+name, func(t *testing.T) {
				one := caller.in(t)
				for _, body := range bodies(method) {
					one.send(method, target+"?limit=x&limit=y&kind=nothing", body)
					one.send(method, target, body)
				}
			})
		}
	}
}

// bodies are bodies that no route takes; "" stands for none.
func bodies(method string) []string {
	if method == http.MethodGet {
		return []string{""}
	}
	return []string{`{"nonsense":true}`, `{"`, "nonsense=true"}
}
