package oauth

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/tokenwright/tokenwright/internal/login"
	"github.com/tokenwright/tokenwright/internal/oauth"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// consent answers GET /oauth2/authorize/{id}: who asks for what, and two
// buttons. It changes nothing but whose the question is.
func (h *handlers) consent(w http.ResponseWriter, r *web.Request) error {
	q, err := h.ask(r)
	if err != nil {
		return err
	}
	shown := struct {
		question

		Host         string
		Mint, Offers bool
		Scopes       []shownScope
	}{question: q, Host: hostOf(q.RedirectURI), Mint: q.mint, Offers: strings.Contains(" "+q.Scope+" ", " offline_access ")}
	for _, scope := range q.scopes {
		shown.Scopes = append(shown.Scopes, shownScope{scope, h.describeScope(scope)})
	}
	return h.write(w, http.StatusOK, shownPage{"consent", shown, q.RedirectURI})
}

type shownScope struct{ ID, Description string }

func (h *handlers) describeScope(id string) string {
	if id == oauth.ScopeOpenID {
		return "know who you are"
	}
	for _, scope := range h.Catalogue {
		if scope.ID == id {
			return scope.Description
		}
	}
	return ""
}

var errDecision = token.Invalid("The form must say approve or reject")

// decide answers POST /oauth2/authorize/{id}. The route guard has seen that the
// form comes from our own page for this very question (F-07).
func (h *handlers) decide(w http.ResponseWriter, r *web.Request) error {
	form, err := r.FormBody()
	if err != nil {
		return err
	}
	decision, err := form.One("decision")
	switch {
	case err != nil:
		return err
	case decision != "approve" && decision != "reject":
		return errDecision
	}
	to, err := h.answer(r, decision == "approve")
	if err != nil {
		return err
	}
	w.Header().Set("Location", to)
	return web.WriteEmpty(w, http.StatusSeeOther)
}

// WriteError implements web.Dialect for what people see. Whoever is not signed
// in is led to where they can be, and back.
func (h *handlers) WriteError(w http.ResponseWriter, r *web.Request, err error) {
	status := web.Status(err)
	if status == http.StatusUnauthorized {
		h.Cookies.ForgetSession(w, r.Request)
		w.Header().Set("Location", login.SignInURL(r.URL.EscapedPath()))
		_ = web.WriteEmpty(w, http.StatusSeeOther) // it has no body that could fail
		return
	}
	web.ErrorHeaders(w, r, err)
	message := token.Message(err)
	switch {
	case status == http.StatusUnprocessableEntity, status == http.StatusNotFound && !errors.Is(err, web.ErrNoRoute):
		status = http.StatusBadRequest
	case message == "" || message == token.Message(token.Unavailable(nil)):
		message = "This cannot be answered now. Please try again."
	}
	_ = h.write(w, status, shownPage{"refused", struct{ Title, Message string }{http.StatusText(status), message}, ""})
}

// shownPage is a part of the template, what it shows, and where its form leads
// in the end.
type shownPage struct {
	name   string
	data   any
	leadTo string
}

// write answers with a page, complete or not at all. It may send its form to
// this server and, since browsers judge the redirect after it too, to where the
// client waits; it has no script, style, image or frame (F-09, F-20).
func (h *handlers) write(w http.ResponseWriter, status int, page shownPage) error {
	var out bytes.Buffer
	if err := h.page.ExecuteTemplate(&out, page.name, page.data); err != nil {
		return fmt.Errorf("oauth: write the page: %w", err)
	}
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy",
		"default-src 'none'; form-action 'self'"+formTarget(page.leadTo)+"; frame-ancestors 'none'; base-uri 'none'")
	header.Set("Pragma", "no-cache")
	header.Set("Content-Length", strconv.Itoa(out.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes()) // the client may be gone; there is nobody to tell
	return nil
}

// formTarget gives the source expression of a redirect URI (CSP level 3): its
// origin, or its scheme where a policy cannot name the host.
func formTarget(uri string) string {
	u, err := url.Parse(uri)
	switch {
	case uri == "" || err != nil:
		return ""
	case u.Host == "" || strings.Contains(u.Host, "["):
		return " " + u.Scheme + ":"
	}
	return " " + u.Scheme + "://" + u.Host
}

// hostOf tells people where they will be sent: the host, or the scheme of an
// application.
func hostOf(uri string) string {
	u, err := url.Parse(uri)
	if err != nil {
		return ""
	}
	if u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return u.Scheme
	}
	return u.Host
}
