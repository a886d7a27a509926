package login

import (
	"bytes"
	_ "embed" // the page
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"time"

	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

//go:embed page.html
var pageText string

// pagePolicy lets the page send its one form to where it came from, and
// nothing else: no script, style, image or frame.
const pagePolicy = "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// Surface gives the routes of the sign-in page.
func (l *Links) Surface(limits web.Limits) (web.Surface, error) {
	text, err := template.New("page").Parse(pageText)
	if err != nil {
		return web.Surface{}, fmt.Errorf("login: %w", err)
	}
	p := &pages{links: l, text: text}
	return web.Surface{
		Dialect: p,
		Limits:  limits,
		Routes: []web.Route{
			{
				Method: http.MethodGet, Pattern: linkPath + "{code}", Handle: p.confirm,
				Access: web.Public("shows a button and changes nothing"),
			},
			{
				Method: http.MethodPost, Pattern: linkPath + "{code}", Handle: p.redeem,
				Access: web.Public("the one-time code in the path is the credential"),
			},
		},
	}, nil
}

// pages is the sign-in page, and the dialect of its errors.
type pages struct {
	links *Links
	text  *template.Template
}

// confirm shows the button. It does not look the code up: mail scanners and
// previews open links, and whoever guesses codes learns nothing here.
func (p *pages) confirm(w http.ResponseWriter, _ *web.Request) error {
	return p.write(w, http.StatusOK, "confirm", nil)
}

// redeem spends the link. The token stands in the page and nowhere else: not
// in a URL, a header or a cookie (row B-06).
func (p *pages) redeem(w http.ResponseWriter, r *web.Request) error {
	made, err := p.links.Redeem(r.Context(), r.PathValue("code"), r.Principal)
	if err != nil {
		return err
	}
	return p.write(w, http.StatusOK, "signed-in", struct{ User, Expires, Token string }{
		made.User, made.ExpiresAt.Format(time.RFC3339), made.Token.Reveal(),
	})
}

// WriteError implements web.Dialect.
func (p *pages) WriteError(w http.ResponseWriter, r *web.Request, err error) {
	status := web.ErrorHeaders(w, r, err)
	message := token.Message(err)
	if status >= http.StatusInternalServerError || message == "" {
		message = "This cannot be answered now. Please try again."
	}
	_ = p.write(w, status, "refused", struct{ Title, Message string }{http.StatusText(status), message})
}

// write answers with a page, complete or not at all.
func (p *pages) write(w http.ResponseWriter, status int, name string, data any) error {
	var page bytes.Buffer
	if err := p.text.ExecuteTemplate(&page, name, data); err != nil {
		return fmt.Errorf("login: write the page: %w", err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", pagePolicy)
	h.Set("Content-Length", strconv.Itoa(page.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(page.Bytes()) // the client may be gone; there is nobody to tell
	return nil
}
