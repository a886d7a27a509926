package console

import (
	_ "embed" // the script
	"net/http"
	"strconv"
	"strings"

	"github.com/tokenwright/tokenwright/internal/login"
	"github.com/tokenwright/tokenwright/internal/oauth"
	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/page/message"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

//go:embed personalfragment.js
var fragmentScript []byte

// fragmentPath is the script that takes a new token out of the address.
const fragmentPath = personalPath + "/fragment.js"

// Marks that the script puts values in the place of.
const (
	markName  = "{name}"
	markUntil = "{until}"
	markToken = "{token}"
)

// arrival is where the script shows a token that was just made: one of these ids
// and no other. The token itself is in the fragment, which no server sees.
type arrival struct {
	ids  []string
	once page.OneTime
}

// happened reports whether a token was made in this browser a moment ago.
func (a arrival) happened() bool { return len(a.ids) > 0 }

func (p personalPages) arrival(v *page.Visitor, r *web.Request) arrival {
	return arrival{ids: p.Personal.Cookies.Arrived(r.Request), once: page.OneTime{
		Secret: token.NewSecret(markToken), Snippets: exchangeSnippets(p.PublicURL+oauth.TokenPath, markToken),
		Done: page.Link{Text: v.Text("token.done"), Path: personalPath},
	}}
}

// exchangeSnippets exchange a personal token for an access JWT. Where it would
// lie in a file that others read, or in the list of processes, they ask for it
// or read it from the environment instead (row B-06).
func exchangeSnippets(endpoint, raw string) []page.Snippet {
	lines := func(all ...string) string { return strings.Join(all, "\n") }
	return []page.Snippet{
		{Title: "curl", Text: lines(
			"JWT=$(curl -sf "+endpoint+" -d @- <<'END' | jq -r .access_token",
			"grant_type=refresh_token&refresh_token="+raw, "END", ")",
			"curl -H @- https://api.example.com/ <<END", "Authorization: Bearer $JWT", "END")},
		{Title: ".env", Text: lines("TOKENWRIGHT_TOKEN_ENDPOINT="+endpoint, "PERSONAL_TOKEN="+raw)},
		{Title: "GitHub Actions", Text: lines(
			"gh secret set PERSONAL_TOKEN", "", "# .github/workflows/report.yml",
			"- env:", "    PERSONAL_TOKEN: ${{ secrets.PERSONAL_TOKEN }}", "  run: |",
			"    JWT=$(printf 'grant_type=refresh_token&refresh_token=%s' \"$PERSONAL_TOKEN\" |",
			"      curl -sf "+endpoint+" -d @- | jq -r .access_token)",
			"    echo \"::add-mask::$JWT\"", "    echo \"JWT=$JWT\" >> \"$GITHUB_ENV\"")},
		{Title: "Go", Text: lines(
			"form := url.Values{\"grant_type\": {\"refresh_token\"}, \"refresh_token\": {os.Getenv(\"PERSONAL_TOKEN\")}}",
			"res, err := http.PostForm(\""+endpoint+"\", form)",
			"if err != nil {", "\treturn err", "}", "defer res.Body.Close()",
			"var granted struct {", "\tAccessToken string `json:\"access_token\"`", "}",
			"if err := json.NewDecoder(res.Body).Decode(&granted); err != nil {", "\treturn err", "}")},
	}
}

// script answers with the script.
func (personalPages) script(w http.ResponseWriter, _ *web.Request) error {
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(fragmentScript)))
	_, _ = w.Write(fragmentScript) // the client may be gone; there is nobody to tell
	return nil
}

// WriteError implements web.Dialect. A token that was just made is shown
// whatever else is wrong: it is shown once, and who made it by a bearer need not
// be signed in here.
func (p personalPages) WriteError(w http.ResponseWriter, r *web.Request, err error) {
	home := r.Method == http.MethodGet && r.URL.Path == personalPath
	switch {
	case home && len(p.Personal.Cookies.Arrived(r.Request)) > 0:
		p.writeArrived(w, r, err)
	case home && web.Status(err) == http.StatusUnauthorized:
		web.ErrorHeaders(w, r, err)
		w.Header().Del("Www-Authenticate") // browsers would ask for a password
		p.Personal.Cookies.ForgetSession(w, r.Request)
		// The empty fragment takes the place of that of the request, which
		// browsers keep otherwise (RFC 9110 section 10.2.2): no token goes
		// on to a page that does not clear it away.
		_ = page.SeeOther(w, login.SignInURL(r.URL.RequestURI())+"#") // it has no body that could fail
	default:
		p.Site.WriteError(w, r, err)
	}
}

// writeArrived shows a new token, and below it what is wrong.
func (p personalPages) writeArrived(w http.ResponseWriter, r *web.Request, err error) {
	status := web.ErrorHeaders(w, r, err)
	v, fault := p.Site.Visitor(r)
	if fault != nil { // it cannot be told who looks, which nothing here depends on
		stranger := *r
		stranger.Principal = token.Principal{}
		if v, fault = p.Site.Visitor(&stranger); fault != nil {
			p.Site.WriteError(w, r, err)
			return
		}
	}
	signIn, text := "", ""
	if status == http.StatusUnauthorized {
		signIn = login.SignInURL(personalPath)
	} else if key := message.Key("error." + strconv.Itoa(status) + ".text"); v.Has(key) {
		text = v.Text(key)
	}
	_ = p.Site.Write(w, v, page.Sheet{
		Title: v.Text(p.words.title), Status: status, First: fragmentPath, Content: personalArrived(v, p.arrival(v, r), signIn, text),
	})
}
