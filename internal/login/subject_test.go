package login_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/tokenwright/tokenwright/tokentest"
)

// A foreign issuer writes subjects as it likes. What is no user here speaks for
// nobody on any surface, and never becomes part of a URL that is asked.
func TestASubjectThatIsNoUserSpeaksForNobodyAndIsNotLookedUp(t *testing.T) {
	var mu sync.Mutex
	var asked []string
	catalog := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, r.RequestURI)
		kind, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/entities/by-name/"), "/")
		namespace, name, _ := strings.Cut(rest, "/")
		_, _ = w.Write([]byte(`{"kind":"` + kind + `","metadata":{"namespace":"` + namespace + `","name":"` + name + `"}}`))
	}))
	t.Cleanup(catalog.Close)
	idp := newForeign(t)
	s := tokentest.Start(t, idp.config(), tokentest.WithConfig("directory: {catalog_url: "+catalog.URL+"}"))
	for sub, want := range map[string]int{
		"user:default/dana":         http.StatusOK,
		"User:Default/Dana":         http.StatusUnauthorized,
		"group:default/platform":    http.StatusUnauthorized,
		"user:../../../admin?x=":    http.StatusUnauthorized,
		"component:default/website": http.StatusUnauthorized,
	} {
		raw := idp.sign(t, "vnd.backstage.user", func(c map[string]any) { c["sub"] = sub })
		if got := status(t, s.URL+"/forward-auth?kind=user", raw); got != want {
			t.Errorf("%s: answered %d, want %d", sub, got, want)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	for _, target := range asked {
		if target != "/entities/by-name/user/default/dana" {
			t.Errorf("the catalog was asked for %s", target)
		}
	}
}
