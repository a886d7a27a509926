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

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

//go:embed page.html
var pageText string

// SignInPath is where one-time links lead; the code follows.
const SignInPath = "/sign-in/"

// recordDeadline bounds the record of a refusal.
const recordDeadline = 5 * time.Second

// pagePolicy lets the page send its one form to where it came from, and
// nothing else: no script, style, image or frame.
const pagePolicy = "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// Page is the pages on which people sign in and out: by a one-time link or
// through a provider. All fields but OIDC are required.
type Page struct {
	Links    Links
	Access   *AccessTokens
	Sessions *Sessions
	Cookies  Cookies
	OIDC     *OIDC // nil: no provider
	// Describe tells who somebody is here.
	Describe func(ctx context.Context, by token.Principal) (Person, error)
	// Version is that of the running program.
	Version string
}

// Links knows one-time links.
type Links interface {
	// UseLink gives the user of a link and ends the link. A link that is not
	// good is token.ErrUnauthenticated; of two simultaneous uses one wins.
	// from says where it comes from, for the log.
	UseLink(ctx context.Context, from token.Principal, code token.Secret) (token.User, error)
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
		Routes: append(written.signInRoutes(), []web.Route{
			{
				Method: http.MethodGet, Pattern: SignInPath + "{code}", Handle: written.confirm,
				Access: web.Public("shows a button and changes nothing"),
			},
			{
				Method: http.MethodPost, Pattern: SignInPath + "{code}", Handle: written.redeem,
				Access: web.Public("the one-time code in the path is the credential").SameOrigin(),
			},
		}...),
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
	guess, err := r.Guess("")
	if err != nil {
		return err
	}
	by := from(r)
	user, err := p.Links.UseLink(r.Context(), by, token.NewSecret(r.PathValue("code")))
	switch {
	case errors.Is(err, token.ErrUnauthenticated):
		return p.refuse(r, by, user.Ref, err)
	case err != nil:
		return err
	}
	guess.Right()
	by.Type, by.Ref = token.PrincipalUser, user.Ref
	made, err := p.Access.sign(r.Context(), by, user.Ref, DefaultAccessLifetime)
	if err != nil {
		return err
	}
	if p.Cookies.Usable() {
		in := token.SignIn{Session: token.Session{User: user.Ref, Method: token.SignInLink}}
		if err := p.beginSession(w, r, in); err != nil {
			return err
		}
	}
	return p.write(w, http.StatusOK, "signed-in", struct {
		User, Expires, Token string
		Session              bool
	}{made.User, made.ExpiresAt.Format(time.RFC3339), made.Token.Reveal(), p.Cookies.Usable()})
}

// refuse records that a link did not open, as far as strangers may fill the
// log. Its code is not recorded: it may be that of a good link, mistyped. user
// is known when it is they who may not sign in any more.
func (p *page) refuse(r *web.Request, by token.Principal, user string, reason error) error {
	refused := token.NewError(token.ErrNotFound, "This sign-in link is unknown, used or too old.", nil)
	if !r.MayRecord() {
		return refused
	}
	entry := audit.NewEntry(audit.LinkUsed, by, p.Access.opts.Clock()).Refuse(reason)
	entry.Name = user
	// A client that hangs up must not take the record with it (trap T-19).
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), recordDeadline)
	defer cancel()
	if err := p.Access.opts.Record(ctx, entry); err != nil {
		return token.Unavailable(err)
	}
	return refused
}

// WriteError implements web.Dialect.
//
// Whoever is not signed in is led to where they can be. The cookie of a session
// that is over goes.
func (p *page) WriteError(w http.ResponseWriter, r *web.Request, err error) {
	if web.Status(err) == http.StatusUnauthorized {
		p.Cookies.ForgetSession(w, r.Request)
		_ = seeOther(w, SignInPage) // it has no body that could fail
		return
	}
	status := web.ErrorHeaders(w, r, err)
	message := token.Message(err)
	if status >= http.StatusInternalServerError && message == token.Message(token.Unavailable(nil)) || message == "" {
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
