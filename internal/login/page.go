package login

import (
	"bytes"
	"context"
	_ "embed" // the page
	"errors"
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

// SignInPath is where one-time links lead; the code follows.
const SignInPath = "/sign-in/"

// pagePolicy lets the page send its one form to where it came from, and
// nothing else: no script, style, image or frame.
const pagePolicy = "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// Page is the page on which a one-time link is redeemed. Both fields are
// required.
type Page struct {
	Links  Links
	Access *AccessTokens
}

// Links knows one-time links.
type Links interface {
	// UseLink gives the user of a link and ends the link. A link that is not
	// good is token.ErrUnauthenticated; of two simultaneous uses one wins.
	UseLink(ctx context.Context, code token.Secret) (token.User, error)
}

// Surface gives the routes of the page.
func (p Page) Surface(limits web.Limits) (web.Surface, error) {
	text, err := template.New("page").Parse(pageText)
	if err != nil {
		return web.Surface{}, fmt.Errorf("login: %w", err)
	}
	written := &page{Page: p, text: text}
	return web.Surface{
		Dialect: written,
		Limits:  limits,
		Routes: []web.Route{
			{
				Method: http.MethodGet, Pattern: SignInPath + "{code}", Handle: written.confirm,
				Access: web.Public("shows a button and changes nothing"),
			},
			{
				Method: http.MethodPost, Pattern: SignInPath + "{code}", Handle: written.redeem,
				Access: web.Public("the one-time code in the path is the credential"),
			},
		},
	}, nil
}

// page is a Page with its template, and the dialect of its errors.
type page struct {
	Page

	text *template.Template
}

// confirm shows the button. It does not look the code up: mail scanners and
// previews open links, and whoever guesses codes learns nothing here.
func (p *page) confirm(w http.ResponseWriter, _ *web.Request) error {
	return p.write(w, http.StatusOK, "confirm", nil)
}

// redeem spends the link. The token stands in the page and nowhere else: not
// in a URL, a header or a cookie (row B-06). A link is also spent when its
// user has been disabled since: no way in re-activates an account (row C-12).
func (p *page) redeem(w http.ResponseWriter, r *web.Request) error {
	user, err := p.Links.UseLink(r.Context(), token.NewSecret(r.PathValue("code")))
	switch {
	case errors.Is(err, token.ErrUnauthenticated):
		return token.NewError(token.ErrNotFound, "This sign-in link is unknown, used or too old.", nil)
	case err != nil:
		return err
	}
	by := token.Principal{Type: token.PrincipalUser, Ref: user.Ref, RequestID: r.ID}
	if r.Address.IsValid() {
		by.Address = r.Address.String()
	}
	made, err := p.Access.sign(r.Context(), by, user.Ref, DefaultAccessLifetime)
	if err != nil {
		return err
	}
	return p.write(w, http.StatusOK, "signed-in", struct{ User, Expires, Token string }{
		made.User, made.ExpiresAt.Format(time.RFC3339), made.Token.Reveal(),
	})
}

// WriteError implements web.Dialect.
func (p *page) WriteError(w http.ResponseWriter, r *web.Request, err error) {
	status := web.ErrorHeaders(w, r, err)
	message := token.Message(err)
	if status >= http.StatusInternalServerError || message == "" {
		message = "This cannot be answered now. Please try again."
	}
	_ = p.write(w, status, "refused", struct{ Title, Message string }{http.StatusText(status), message})
}

// write answers with a page, complete or not at all.
func (p *page) write(w http.ResponseWriter, status int, name string, data any) error {
	var out bytes.Buffer
	if err := p.text.ExecuteTemplate(&out, name, data); err != nil {
		return fmt.Errorf("login: write the page: %w", err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", pagePolicy)
	h.Set("Content-Length", strconv.Itoa(out.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes()) // the client may be gone; there is nobody to tell
	return nil
}
