package directory_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tokenwright/tokenwright/internal/directory"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
)

const (
	platform = "group:default/platform"
	alice    = "user:default/alice"
)

// catalog serves answers as a Backstage catalog would and counts questions.
type catalog struct {
	*directory.Catalog

	asked atomic.Int32
	clock *tokentest.Clock
	local map[string]token.User
}

func newCatalog(t *testing.T, answer http.HandlerFunc) *catalog {
	t.Helper()
	c := &catalog{clock: tokentest.NewClock(time.Time{}), local: map[string]token.User{}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.asked.Add(1)
		answer(w, r)
	}))
	t.Cleanup(server.Close)
	var err error
	c.Catalog, err = directory.NewCatalog(directory.CatalogOptions{
		URL: server.URL + "/api/catalog", Clock: c.clock.Now,
		Local: func(_ context.Context, ref string) (token.User, error) {
			if u, ok := c.local[ref]; ok {
				return u, nil
			}
			return token.User{}, token.ErrNotFound
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// entities answers with these entities by path, and 404 for every other.
func entities(known map[string]string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, ok := known[strings.TrimPrefix(r.URL.Path, "/api/catalog/entities/by-name/")]
		if !ok {
			notThere(w)
			return
		}
		_, _ = w.Write([]byte(body))
	}
}

// notThere is how a catalog says that there is no such entity.
func notThere(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(http.StatusNotFound)
	_, _ = w.Write([]byte(`{"error":{"name":"NotFoundError","message":"No such entity"},"response":{"statusCode":404}}`))
}

const groupEntity = `{"apiVersion":"v1","kind":"Group","metadata":{"namespace":"default","name":"platform","uid":"1"},"spec":{}}`

const userEntity = `{"kind":"User","metadata":{"namespace":"default","name":"Alice"},"relations":[
	{"type":"memberOf","targetRef":"group:default/platform"},
	{"type":"memberOf","targetRef":"group:default/Data"},
	{"type":"memberOf","targetRef":"user:default/bob"},
	{"type":"ownerOf","targetRef":"group:default/other"}]}`

func TestTheCatalogKnowsGroupsAndUsers(t *testing.T) {
	c := newCatalog(t, entities(map[string]string{"group/default/platform": groupEntity, "user/default/alice": userEntity}))
	for ref, want := range map[string]bool{platform: true, "group:default/other": false} {
		if got, err := c.HasGroup(t.Context(), ref); got != want || err != nil {
			t.Errorf("group %s: %v, %v", ref, got, err)
		}
	}
	groups, err := c.GroupsOf(t.Context(), alice)
	if diff := cmp.Diff([]string{"group:default/data", platform}, groups); diff != "" || err != nil {
		t.Errorf("error %v, groups (-want +got):\n%s", err, diff)
	}
	if groups, err := c.GroupsOf(t.Context(), "user:default/nobody"); len(groups) > 0 || err != nil {
		t.Errorf("groups of nobody: %v, %v", groups, err)
	}
}

func TestAUserOfTheCatalogCanBeSwitchedOffHere(t *testing.T) {
	c := newCatalog(t, entities(map[string]string{"user/default/alice": userEntity}))
	if active, err := c.UserActive(t.Context(), alice); !active || err != nil {
		t.Errorf("active %v, %v", active, err)
	}
	c.local[alice] = token.User{Ref: alice, DisabledAt: c.clock.Now()}
	if active, err := c.UserActive(t.Context(), alice); active || err != nil {
		t.Errorf("disabled here, and active %v, %v", active, err)
	}
	c.local["user:default/gone"] = token.User{Ref: "user:default/gone"}
	if active, err := c.UserActive(t.Context(), "user:default/gone"); active || err != nil {
		t.Errorf("not in the catalog, and active %v, %v", active, err)
	}
}

func TestACatalogThatDoesNotAnswerIsNeverNoSuchGroup(t *testing.T) {
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	text := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }
	}
	for name, answer := range map[string]http.HandlerFunc{
		"500":                status(http.StatusInternalServerError),
		"401":                status(http.StatusUnauthorized),
		"403":                status(http.StatusForbidden),
		"204":                status(http.StatusNoContent),
		"404 without a body": status(http.StatusNotFound),
		"404 of a proxy": func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "default backend - 404", http.StatusNotFound)
		},
		"404 of another server": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusNotFound)
			_, _ = w.Write([]byte(`{"error":"not found","message":"NotFoundError"}`))
		},
		"a start page":           text("<!doctype html><title>Backstage</title>"),
		"another entity":         text(strings.ReplaceAll(groupEntity, "platform", "data")),
		"another kind":           text(strings.ReplaceAll(groupEntity, "Group", "User")),
		"another namespace":      text(strings.ReplaceAll(groupEntity, `"default"`, `"prod"`)),
		"no entity":              text(`{}`),
		"an answer without end":  text(groupEntity + strings.Repeat(" ", 2<<20)),
		"an answer that is cut":  text(groupEntity[:40]),
		"a redirect to a group":  func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) },
		"a connection that ends": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		t.Run(name, func(t *testing.T) {
			c := newCatalog(t, answer)
			got, err := c.HasGroup(t.Context(), platform)
			if got || !errors.Is(err, token.ErrUnavailable) {
				t.Errorf("exists %v, error %v (SVC-15)", got, err)
			}
		})
	}
}

func TestTheCatalogIsAskedAgainAfterFiveSeconds(t *testing.T) {
	known := map[string]string{"group/default/platform": groupEntity}
	c := newCatalog(t, entities(known))
	has := func(want bool, asked int32) {
		t.Helper()
		got, err := c.HasGroup(t.Context(), platform)
		if got != want || err != nil || c.asked.Load() != asked {
			t.Errorf("exists %v (want %v), error %v, asked %d times (want %d)", got, want, err, c.asked.Load(), asked)
		}
	}
	has(true, 1)
	delete(known, "group/default/platform")
	c.clock.Advance(5*time.Second - time.Nanosecond)
	has(true, 1)
	c.clock.Advance(time.Nanosecond)
	has(false, 2)
	// That there is no such group is not remembered.
	known["group/default/platform"] = groupEntity
	has(true, 3)
}

func TestACatalogThatIsAwayIsBelievedForHalfAMinute(t *testing.T) {
	away := &atomic.Bool{}
	known := entities(map[string]string{"group/default/platform": groupEntity})
	c := newCatalog(t, func(w http.ResponseWriter, r *http.Request) {
		if away.Load() {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		known(w, r)
	})
	if ok, err := c.HasGroup(t.Context(), platform); !ok || err != nil {
		t.Fatal(ok, err)
	}
	away.Store(true)
	for range 290 { // ten times a second, until a tenth of one is left
		c.clock.Advance(100 * time.Millisecond)
		if ok, err := c.HasGroup(t.Context(), platform); !ok || err != nil {
			t.Fatal(ok, err)
		}
	}
	if n := c.asked.Load(); n > 26 {
		t.Errorf("a catalog that is away was asked %d times in 29 seconds", n)
	}
	if _, err := c.HasGroup(t.Context(), "group:default/other"); !errors.Is(err, token.ErrUnavailable) {
		t.Errorf("what is not remembered: error %v", err)
	}
	c.clock.Advance(time.Second)
	if _, err := c.HasGroup(t.Context(), platform); !errors.Is(err, token.ErrUnavailable) {
		t.Errorf("after half a minute: error %v", err)
	}
}

func TestACatalogThatHangsIsNotWaitedForWhileItsAnswerIsRemembered(t *testing.T) {
	known := entities(map[string]string{"group/default/platform": groupEntity})
	hang, ended, left := &atomic.Bool{}, make(chan struct{}), make(chan struct{}, 1)
	c := newCatalog(t, func(w http.ResponseWriter, r *http.Request) {
		if !hang.Load() {
			known(w, r)
			return
		}
		select {
		case <-r.Context().Done(): // the asker left
			left <- struct{}{}
		case <-ended:
		}
	})
	t.Cleanup(func() { close(ended) })
	if ok, err := c.HasGroup(t.Context(), platform); !ok || err != nil {
		t.Fatal(ok, err)
	}
	hang.Store(true)
	c.clock.Advance(6 * time.Second)
	if ok, err := c.HasGroup(t.Context(), platform); !ok || err != nil {
		t.Errorf("remembered, and exists %v, error %v", ok, err)
	}
	<-left
}

func TestMemoryOfTheCatalogIsBounded(t *testing.T) {
	c := newCatalog(t, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"kind":"Group","metadata":{"name":%q}}`, r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:])
	})
	for i := range 10_050 {
		if ok, err := c.HasGroup(t.Context(), fmt.Sprintf("group:default/g%d", i)); !ok || err != nil {
			t.Fatal(ok, err)
		}
	}
	asked := c.asked.Load()
	if ok, err := c.HasGroup(t.Context(), "group:default/g0"); !ok || err != nil || c.asked.Load() == asked {
		t.Errorf("the first of 10,050 entities is still remembered (%v, %v)", ok, err)
	}
}

func TestOnlyAnAddressThatCannotBeReadOnTheWayIsTaken(t *testing.T) {
	for url, ok := range map[string]bool{
		"https://backstage.example.com/api/catalog": true,
		"http://127.0.0.1:7007/api/catalog":         true,
		"http://[::1]:7007/api/catalog":             true,
		"http://localhost:7007/api/catalog/":        true,
		"http://backstage.example.com/api/catalog":  false,
		"http://10.0.0.1/api/catalog":               false,
		"ftp://127.0.0.1/":                          false,
		"https://user:secret@backstage.example.com": false,
		"https://backstage.example.com/?x=1":        false,
		"/api/catalog":                              false,
		"":                                          false,
	} {
		_, err := directory.NewCatalog(directory.CatalogOptions{
			URL: url, Clock: time.Now,
			Local: func(context.Context, string) (token.User, error) { return token.User{}, token.ErrNotFound },
		})
		if (err == nil) != ok {
			t.Errorf("%q: error %v", url, err)
		} else if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: the error repeats the password", url)
		}
	}
}
