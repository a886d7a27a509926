package server_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
)

// newCatalog serves a catalog with one user in one group; away makes it answer
// 502.
func newCatalog(t *testing.T) (url string, away *atomic.Bool) {
	t.Helper()
	away = &atomic.Bool{}
	entities := map[string]string{
		"user/default/dana": `{"kind":"User","metadata":{"namespace":"default","name":"dana"},
			"relations":[{"type":"memberOf","targetRef":"group:default/search"}]}`,
		"group/default/search": `{"kind":"Group","metadata":{"namespace":"default","name":"search"}}`,
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		entity, known := entities[strings.TrimPrefix(r.URL.Path, "/api/catalog/entities/by-name/")]
		switch {
		case away.Load():
			w.WriteHeader(http.StatusBadGateway)
		case !known:
			w.WriteHeader(http.StatusNotFound)
			_, _ = w.Write([]byte(`{"error":{"name":"NotFoundError"}}`))
		default:
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(entity))
		}
	}))
	t.Cleanup(server.Close)
	return server.URL + "/api/catalog", away
}

func TestUsersAndGroupsComeFromTheCatalogWhenOneIsConfigured(t *testing.T) {
	url, away := newCatalog(t)
	s := tokentest.Start(t, tokentest.WithConfig("directory: {catalog_url: "+url+"}\n"+
		"bindings: [{role: auditor, to: [group:default/search]}]"))
	if status := get(t, s, "/api/access-tokens/service", s.UserToken("user:default/dana")); status != http.StatusOK {
		t.Errorf("a member of a bound group of the catalog: %d", status)
	}
	s.Issue("group:default/search", "of-the-catalog", "catalog:read")
	_, err := s.Authority().Issue(t.Context(), tokentest.Admin(), authority.Request{
		Kind: token.KindService, Name: "x", Description: "d", Owner: platform, Scopes: []string{"catalog:read"},
	})
	if !errors.Is(err, token.ErrInvalid) {
		t.Errorf("a group that the catalog does not know: %v", err)
	}

	away.Store(true)
	_, err = s.Authority().Issue(t.Context(), tokentest.Admin(), authority.Request{
		Kind: token.KindService, Name: "y", Description: "d", Owner: "group:default/unseen", Scopes: []string{"catalog:read"},
	})
	if !errors.Is(err, token.ErrUnavailable) {
		t.Errorf("while the catalog is away: %v", err)
	}
}
