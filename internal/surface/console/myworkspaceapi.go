package console

import (
	"strings"

	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/token"
)

// workspaceAPI is what a token of a workspace opens.
type workspaceAPI struct {
	base, call string
	rest, rpc  string // where tokens are managed by programs
	endpoints  []apiEndpoint
}

// apiEndpoint is a route of the application, and the scopes that it demands.
type apiEndpoint struct {
	method, path string
	scopes       []string
}

// api gives the routes of the contract with the workspace filled in. The
// application is behind the address of this server where one proxy serves both.
func (in *openedWorkspace) api(publicURL, rpc string) workspaceAPI {
	const read, write, remove = token.ScopeRead, token.ScopeWrite, token.ScopeDelete
	a := workspaceAPI{base: publicURL + "/api/v1", rest: publicURL + "/api/access-tokens/workspace", rpc: rpc}
	a.call = "curl -H \"Authorization: Bearer $API_TOKEN\" \"" + a.base + "/ping/" + in.uuid + "\""
	for _, one := range []apiEndpoint{
		{"GET", "ping", nil},
		{"GET", "generate-id", nil},
		{"GET", "find-all", []string{read}},
		{"POST", "find-all", []string{read}},
		{"GET", "search-fulltext", []string{read}},
		{"GET", "load-model", []string{read}},
		{"GET", "account", []string{read}},
		{"POST", "tx", []string{write, remove}},
		{"POST", "event", []string{write, remove}},
		{"GET", "request/:domain/:operation", []string{write, remove}},
		{"POST", "request/:domain", []string{write, remove}},
		{"POST", "ensure-person", []string{write}},
	} {
		one.path = "/" + one.path + "/" + in.uuid
		a.endpoints = append(a.endpoints, one)
	}
	return a
}

// snippets give a token of a workspace ready to use. Where it would lie in the
// list of processes they name the place for it instead (row B-06).
func (in *openedWorkspace) snippets(secret token.Secret, publicURL string) []page.Snippet {
	raw, base := secret.Reveal(), publicURL+"/api/v1"
	find := base + "/find-all/" + in.uuid + "?class=core:class:Space"
	return []page.Snippet{
		{Title: "curl", Text: "curl -H @- '" + find + "' <<'END'\nAuthorization: Bearer " + raw + "\nEND"},
		{Title: ".env", Text: "API_BASE=" + base + "\nAPI_WORKSPACE=" + in.uuid + "\nAPI_TOKEN=" + raw},
		{Title: "GitHub Actions", Text: "gh secret set API_TOKEN\n\n# .github/workflows/report.yml\nenv:\n  API_TOKEN: ${{ secrets.API_TOKEN }}"},
		{Title: "GitLab CI", Text: "read -rs API_TOKEN\nprintf %s \"$API_TOKEN\" | glab variable set API_TOKEN --masked --protected\n\n# .gitlab-ci.yml\nscript:\n  - 'curl -H \"Authorization: Bearer $API_TOKEN\" \"" + find + "\"'"},
		{Title: "Go", Text: strings.Join([]string{
			"req, err := http.NewRequestWithContext(ctx, http.MethodGet, \"" + find + "\", nil)",
			"if err != nil {", "\treturn err", "}",
			"req.Header.Set(\"Authorization\", \"Bearer \"+os.Getenv(\"API_TOKEN\"))",
		}, "\n")},
	}
}
