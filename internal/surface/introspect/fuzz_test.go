package introspect_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/tokentest"
)

// FuzzForm sends forms to introspection. Whatever is sent, the answer is 200
// or 400, and a token is only ever told about to whoever sent exactly that
// token, once, as a forgiving reader of the same form would see it.
func FuzzForm(f *testing.F) {
	s := tokentest.Start(f)
	raw := s.Issue(platform, "fuzzed", "catalog:read").Secret.Reveal()
	caller := s.UserToken(admin)
	const mark = "TOKEN" // stands for the token in seeds and inputs
	for _, seed := range []string{
		"token=" + mark, "token=" + mark + "&token=x", "t%6fken=" + mark, "token=" + mark + "%00", "token=+" + mark,
		"token=" + mark + "&scope=catalog:read&require_scope=true", "token=" + mark + "&require_scope=true&scope=",
		"&&=&token=" + mark + "&=", "token", "token=%", "token=" + mark + ";x", "\xff=1&token=" + mark, "token=" + mark + "&TOKEN=1",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		body = strings.ReplaceAll(body, mark, raw)
		got := send(t, http.MethodPost, s.URL+"/oauth2/introspect", caller, form, body)
		if got.status != http.StatusOK && got.status != http.StatusBadRequest && got.status != http.StatusRequestEntityTooLarge {
			t.Fatalf("got %d %s", got.status, got.body)
		}
		if !strings.Contains(got.body, `"active":true`) {
			return
		}
		values, err := url.ParseQuery(body)
		if err != nil || len(values["token"]) != 1 || values["token"][0] != raw {
			t.Fatalf("%q is read as the token, and by others as %q", body, values["token"])
		}
	})
}
