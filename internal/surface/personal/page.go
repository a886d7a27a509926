package personal

import (
	"bytes"
	_ "embed" // the page
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"time"

	"github.com/tokenwright/tokenwright/internal/login"
	"github.com/tokenwright/tokenwright/internal/oauth"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

//go:embed page.html
var pageText string

//go:embed fragment.js
var script []byte

// pagePolicy lets the page run its one script and send its forms to where it
// came from.
const pagePolicy = "default-src 'none'; script-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// Page gives the settings page: where a new token is shown, and where people
// make and end tokens without any other program. Everything but showing a new
// token works without scripts.
func Page(opts Options) (web.Surface, error) {
	text, err := template.New("page").Parse(pageText)
	if err != nil {
		return web.Surface{}, fmt.Errorf("personal: %w", err)
	}
	p := &page{handlers{opts}, text}
	return web.Surface{
		Base: SettingsPath, Dialect: p,
		Limits: web.Limits{PerPrincipal: opts.PerMinute},
		Routes: []web.Route{
			{Method: http.MethodGet, Pattern: "", Access: web.Browsers(string(policy.PersonalRead)), Handle: p.show},
			{Method: http.MethodPost, Pattern: "", Access: web.Browsers(string(policy.PersonalWrite)), Handle: p.begin},
			{Method: http.MethodPost, Pattern: "/{id}/revoke", Access: web.Browsers(string(policy.PersonalRevoke)), Handle: p.end},
			{Method: http.MethodGet, Pattern: "/fragment.js", Access: web.Public("the script of the page, the same for everybody"), Handle: p.script},
		},
	}, nil
}

// page answers with pages, errors included.
type page struct {
	handlers

	text *template.Template
}

// shownTokens is what the page shows.
type shownTokens struct {
	arrival

	User, CSRF string
	Expires    string // the date on which a token would usually end
	MayMake    bool
	Rows       []shownToken
}

// arrival is where the script shows a token that was just made: the one of this
// id and no other. "" means that none was, in this browser.
type arrival struct{ Arrived, TokenURL string }

func (p *page) arrival(r *web.Request) arrival {
	return arrival{p.Cookies.Arrived(r.Request), p.PublicURL + oauth.TokenPath}
}

type shownToken struct {
	ID, Name, Created, Expires, LastUsed, Status string
	MayEnd                                       bool
}

func (p *page) show(w http.ResponseWriter, r *web.Request) error {
	rules, err := p.Authority.Rules(token.KindPersonal)
	if err != nil {
		return err
	}
	q := token.Query{Kind: token.KindPersonal, Owner: r.Principal.Ref, Limit: maxRows}
	list, err := p.Authority.List(r.Context(), r.Principal, q)
	if err != nil {
		return err
	}
	now := p.Authority.Now()
	may := func(permission policy.Permission) bool { return p.Policy().May(r.Principal, permission) == nil }
	shown := shownTokens{
		arrival: p.arrival(r), User: r.Principal.Ref, CSRF: r.CSRF(""),
		Expires: now.Add(rules.DefaultLifetime).Format(time.DateOnly), MayMake: may(policy.PersonalWrite),
	}
	for _, t := range list.Tokens {
		shown.Rows = append(shown.Rows, shownToken{
			ID: t.ID, Name: t.Name, Created: minute(t.CreatedAt), Expires: minute(t.ExpiresAt), LastUsed: minute(t.LastUsedAt),
			Status: status(t, now), MayEnd: t.RevokedAt.IsZero() && may(policy.PersonalRevoke),
		})
	}
	return p.write(w, http.StatusOK, "tokens", shown)
}

// minute writes an instant for people, and nothing for the zero time.
func minute(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04 UTC")
}

// begin sends the browser to the consent page.
func (p *page) begin(w http.ResponseWriter, r *web.Request) error {
	form, err := r.FormBody()
	if err != nil {
		return err
	}
	name, err := form.One("name")
	if err != nil {
		return err
	}
	date, err := form.One("expiresAt")
	if err != nil {
		return err
	}
	begun, err := p.beginMint(w, r, wished(name, date))
	if err != nil {
		return err
	}
	w.Header().Set("Location", p.authorizeURL(begun))
	return web.WriteEmpty(w, http.StatusSeeOther)
}

func (p *page) end(w http.ResponseWriter, r *web.Request) error {
	if err := p.endOwn(r, ""); err != nil {
		return err
	}
	w.Header().Set("Location", SettingsPath)
	return web.WriteEmpty(w, http.StatusSeeOther)
}

func (p *page) script(w http.ResponseWriter, _ *web.Request) error {
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(script)))
	_, _ = w.Write(script) // the client may be gone; there is nobody to tell
	return nil
}

// WriteError implements web.Dialect. Whoever is not signed in is led to where
// they can be, and back; but a token that was just made is shown first, because
// who made it by a bearer need not be signed in.
func (p *page) WriteError(w http.ResponseWriter, r *web.Request, err error) {
	status, arrived := web.ErrorHeaders(w, r, err), p.arrival(r)
	switch {
	case status == http.StatusUnauthorized && arrived.Arrived != "":
		_ = p.write(w, status, "arrived", struct {
			arrival

			SignIn string
		}{arrived, login.SignInURL(SettingsPath)})
		return
	case status == http.StatusUnauthorized:
		p.Cookies.ForgetSession(w, r.Request)
		// The empty fragment takes the place of that of the request, which
		// browsers keep otherwise (RFC 9110 section 10.2.2): no token goes
		// on to a page that does not clear it away.
		w.Header().Set("Location", login.SignInURL(SettingsPath)+"#")
		_ = web.WriteEmpty(w, http.StatusSeeOther) // it has no body that could fail
		return
	}
	message := text(r, status, err)
	if status == http.StatusUnprocessableEntity {
		status = http.StatusBadRequest
	}
	_ = p.write(w, status, "refused", struct {
		arrival

		Title, Message string
	}{arrived, http.StatusText(status), message})
}

// write answers with a page, complete or not at all.
func (p *page) write(w http.ResponseWriter, status int, name string, data any) error {
	var out bytes.Buffer
	if err := p.text.ExecuteTemplate(&out, name, data); err != nil {
		return fmt.Errorf("personal: write the page: %w", err)
	}
	setPragma(w)
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", pagePolicy)
	h.Set("Content-Length", strconv.Itoa(out.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes()) // the client may be gone; there is nobody to tell
	return nil
}
