package verify_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/verify"
)

// records is a source that holds its records in memory.
type records map[token.Digest]token.Token

// FindByDigest implements verify.Source.
func (r records) FindByDigest(_ context.Context, d token.Digest) (token.Token, error) {
	if t, ok := r[d]; ok {
		return t, nil
	}
	return token.Token{}, token.ErrNotFound
}

// guard puts the middleware in front of an API. The source says which tokens
// there are; a *store.Store is one.
func guard(source verify.Source, api http.Handler) (http.Handler, error) {
	formats, err := token.NewFormats(map[token.Kind]string{token.KindService: "bsat"})
	if err != nil {
		return nil, err
	}
	verifier, err := verify.New(verify.Options{Formats: formats, Source: source})
	if err != nil {
		return nil, err
	}
	rules, _, err := verify.NewRules([]verify.Rule{
		{Path: "/healthz", Public: true},
		{Path: "/catalog/**", Methods: []string{"GET"}, Scopes: []string{"catalog:read"}},
	})
	if err != nil {
		return nil, err
	}
	return verify.Middleware(verifier, rules)(api), nil
}

// greet answers whoever was let through.
func greet(w http.ResponseWriter, r *http.Request) {
	who := verify.FromContext(r.Context()) // nil on a public path
	_, _ = fmt.Fprintf(w, "hello %s", who.Subject())
}

func ExampleMiddleware() {
	source := records{}
	raw := issueInto(source, "ci", "catalog:read")
	api, err := guard(source, http.HandlerFunc(greet))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, try := range []struct{ method, path, bearer string }{
		{"GET", "/catalog/entities", raw},
		{"DELETE", "/catalog/entities", raw},
		{"GET", "/catalog/entities", ""},
		{"GET", "/healthz", ""},
	} {
		r := httptest.NewRequest(try.method, try.path, nil)
		if try.bearer != "" {
			r.Header.Set("Authorization", "Bearer "+try.bearer)
		}
		w := httptest.NewRecorder()
		api.ServeHTTP(w, r)
		fmt.Println(try.method, try.path, w.Code)
	}
	// Output:
	// GET /catalog/entities 200
	// DELETE /catalog/entities 403
	// GET /catalog/entities 401
	// GET /healthz 200
}

// issueInto puts a token of an hour into the source and gives its secret.
func issueInto(source records, name string, scopes ...string) string {
	formats, err := token.NewFormats(map[token.Kind]string{token.KindService: "bsat"})
	if err != nil {
		panic(err)
	}
	secret, err := formats.Generate(token.KindService)
	if err != nil {
		panic(err)
	}
	const owner = "group:default/platform"
	source[token.Digester{}.Digest(secret.Reveal())] = token.Token{
		ID: token.NewID(), Kind: token.KindService, Name: name, Owner: owner,
		Subject: token.ServiceSubject(owner, name), Scopes: scopes,
		CreatedAt: time.Now(), ExpiresAt: time.Now().Add(time.Hour),
	}
	return secret.Reveal()
}
