package page_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/tokentest"
)

// Row F-07: a form of another site arrives without the session, and that it is
// refused signs nobody out. A session that is not good is forgotten.
func TestOnlyASessionThatIsNotGoodIsForgotten(t *testing.T) {
	tw := tokentest.Start(t)
	const name = "tokenwright"
	for _, path := range []string{"/admin/access-tokens/new", "/settings/personal-tokens/new", "/sign-out"} {
		for cookie, forgotten := range map[string]bool{"": false, name + "=session_" + strings.Repeat("A", 52): true} {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, tw.URL+path, strings.NewReader(""))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			req.Header.Set("Sec-Fetch-Site", "cross-site")
			if cookie != "" {
				req.Header.Set("Cookie", cookie)
			}
			res, err := http.DefaultTransport.RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			_ = res.Body.Close()
			said := strings.Join(res.Header.Values("Set-Cookie"), " ")
			if got := strings.Contains(said, name+"=;"); got != forgotten {
				t.Errorf("%s with cookie %q: %d, Set-Cookie %q", path, cookie, res.StatusCode, said)
			}
		}
	}
}
