package oauth_test

import (
	"slices"
	"testing"

	"github.com/tokenwright/tokenwright/internal/oauth"
)

const documentID = "https://app.example/client.json"

func TestADocumentDescribesAPublicClient(t *testing.T) {
	const redirects = `"redirect_uris":["http://127.0.0.1/cb"]`
	const id = `"client_id":"` + documentID + `"`
	good := []string{
		`{` + id + `,` + redirects + `,"client_name":"App","token_endpoint_auth_method":"none","jwks":{}}`,
		`{` + id + `,` + redirects + `}`,
		`{` + id + `,"redirect_uris":["app:/cb","http://127.0.0.1/cb","javascript:alert(1)"]}`,
	}
	bad := []string{
		`{` + redirects + `}`,
		`{"client_id":"https://app.example/other.json",` + redirects + `}`,
		`{` + id + `}`,
		`{` + id + `,"redirect_uris":[]}`,
		`{` + id + `,"redirect_uris":["http://127.0.0.1/cb",1]}`,
		`{` + id + `,"redirect_uris":["javascript:alert(1)"]}`,
		`{` + id + `,` + redirects + `,"client_secret":"x"}`,
		`{` + id + `,` + redirects + `,"client_secret_expires_at":0}`,
		`{` + id + `,` + redirects + `,"token_endpoint_auth_method":"client_secret_basic"}`,
		`{` + id + `,` + redirects + `,` + id + `}`,
		`[]`, ``, `<html>`,
	}
	for i, text := range append(good, bad...) {
		said, err := oauth.ParseDocument([]byte(text), documentID)
		if want := i < len(good); (err == nil) != want || want && !slices.Equal(said.Redirects, []string{"http://127.0.0.1/cb"}) {
			t.Errorf("%s: %+v %v", text, said, err)
		}
	}
}

func TestAStarStandsForAnyText(t *testing.T) {
	for _, row := range []struct {
		pattern, address string
		want             bool
	}{
		{"https://claude.ai/*", "https://claude.ai/oauth/x.json", true},
		{"https://claude.ai/*", "https://claude.ai.evil/x", false},
		{"https://chatgpt.com/oauth/codex/*/client.json", "https://chatgpt.com/oauth/codex/a/client.json", true},
		{"https://chatgpt.com/oauth/codex/*/client.json", "https://chatgpt.com/oauth/codex/client.json", false},
		{"https://a.example/x", "https://a.example/x", true},
		{"https://a.example/x", "https://a.example/xy", false},
		{"https://a.example/*a*", "https://a.example/bab", true},
		{"https://a.example/*a*", "https://a.example/bb", false},
		{"https://a.example/aa*aa", "https://a.example/aaa", false},
	} {
		if oauth.MatchesPattern(row.pattern, row.address) != row.want {
			t.Errorf("%s and %s: %v", row.pattern, row.address, !row.want)
		}
	}
}

func FuzzParseDocument(f *testing.F) {
	f.Add([]byte(`{"client_id":"` + documentID + `","redirect_uris":["http://127.0.0.1/cb"]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		said, err := oauth.ParseDocument(data, documentID)
		if err != nil {
			return
		}
		for _, uri := range said.Redirects {
			if !oauth.CheckRedirect(uri) {
				t.Errorf("%q may be waited at", uri)
			}
		}
	})
}

func FuzzIsDocumentURL(f *testing.F) {
	f.Add(documentID)
	f.Fuzz(func(t *testing.T, id string) {
		if oauth.IsDocumentURL(id) && !oauth.CheckRedirect(id) {
			t.Errorf("%q is an address that nobody could be sent to", id)
		}
	})
}
