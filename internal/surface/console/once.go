package console

import (
	"net/http"
	"strings"

	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/token"
)

// writeOnce shows a new secret, in the answer to the POST that made it.
func (p tokenPages) writeOnce(w http.ResponseWriter, v *page.Visitor, title string, issued token.Issued) error {
	once := page.OneTime{
		Secret: issued.Secret, Snippets: p.snippets(issued),
		Done: page.Link{Text: v.Text("token.done"), Path: p.pathOf(issued.Token.ID)},
	}
	return p.Site.Write(w, v, page.Sheet{
		Title: title, Tab: p.path, Trail: p.trail(v, "", ""), Content: tokenOnce(v, title, issued.Token, once),
	})
}

// snippets give a token ready to use. Where it would lie in a file that others
// read, or in the list of processes, they ask for it or name the place for it
// instead (row B-06).
func (p tokenPages) snippets(issued token.Issued) []page.Snippet {
	if p.in != nil {
		return p.in.snippets(issued.Secret, p.PublicURL)
	}
	raw, url := issued.Secret.Reveal(), p.PublicURL
	return []page.Snippet{
		{Title: "curl", Text: "curl -H @- https://api.example.com/ <<'END'\nAuthorization: Bearer " + raw + "\nEND"},
		{Title: ".env", Text: "TOKENWRIGHT_URL=" + url + "\nAPI_TOKEN=" + raw},
		{Title: "GitHub Actions", Text: "gh secret set API_TOKEN\n\n# .github/workflows/deploy.yml\nenv:\n  API_TOKEN: ${{ secrets.API_TOKEN }}"},
		{Title: "GitLab CI", Text: "read -rs API_TOKEN\nprintf %s \"$API_TOKEN\" | glab variable set API_TOKEN --masked --protected\n\n# .gitlab-ci.yml\nscript:\n  - 'curl -H \"Authorization: Bearer $API_TOKEN\" https://api.example.com/'"},
		{Title: "Go", Text: strings.Join([]string{
			"req, err := http.NewRequestWithContext(ctx, http.MethodGet, \"https://api.example.com/\", nil)",
			"if err != nil {", "\treturn err", "}",
			"req.Header.Set(\"Authorization\", \"Bearer \"+os.Getenv(\"API_TOKEN\"))",
		}, "\n")},
	}
}
