package oauth

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/tokenwright/tokenwright/internal/login"
	"github.com/tokenwright/tokenwright/internal/oauth"
	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// consentView is a question as the page puts it.
type consentView struct {
	question

	host     string // where the answer leads
	computer bool   // and that is a program on the person's computer
	lasting  bool   // until it is revoked, or else for these minutes
	minutes  int
	// grants are the scopes; none is everything that the person may do, unless
	// the client may only know who they are.
	grants   []grant
	identity bool
}

// grant is a scope with what it means.
type grant struct{ scope, meaning string }

// everything reports whether nothing narrows what the client may do.
func (a consentView) everything() bool { return len(a.grants) == 0 && !a.identity }

// consent answers GET /oauth2/authorize/{id}: who asks for what, and two
// buttons. It changes nothing but whose the question is.
func (h *handlers) consent(w http.ResponseWriter, r *web.Request) error {
	q, err := h.ask(r)
	if err != nil {
		return err
	}
	v, err := h.Site.Visitor(r)
	if err != nil {
		return err
	}
	sheet := page.Sheet{Narrow: true, FormTarget: page.FormTarget(q.RedirectURI)}
	if shown := h.viewOf(q); q.mint {
		sheet.Title, sheet.Content = v.Text("consent.mint.title"), mintPage(v, shown)
	} else {
		sheet.Title, sheet.Content = v.Text("consent.title"), consentPage(v, shown)
	}
	noCache(w)
	return h.Site.Write(w, v, sheet)
}

func (h *handlers) viewOf(q question) consentView {
	shown := consentView{
		question: q, host: hostOf(q.RedirectURI), computer: oauth.IsLoopback(q.RedirectURI), lasting: q.refresh,
		minutes: int((h.AccessLifetime + time.Minute - 1) / time.Minute),
	}
	// A token's name is bounded in what it may hold; whatever is shown is held to
	// the same rule all the same.
	shown.TokenName = oauth.PlainName(q.TokenName, "–")
	for _, scope := range q.scopes {
		if scope == oauth.ScopeOpenID {
			shown.identity = true
			continue
		}
		shown.grants = append(shown.grants, grant{scope, h.meaningOf(scope)})
	}
	return shown
}

// meaningOf gives the description that the catalogue has for a scope.
func (h *handlers) meaningOf(id string) string {
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
	return page.SeeOther(w, to)
}

// WriteError implements web.Dialect for what people see. Whoever is not signed
// in is led to where they can be, and back to the question, also when it was
// their answer that came too late.
func (h *handlers) WriteError(w http.ResponseWriter, r *web.Request, err error) {
	if web.Status(err) == http.StatusUnauthorized {
		h.Cookies.ForgetSession(w, r.Request)
		_ = page.SeeOther(w, login.SignInURL(r.URL.EscapedPath())) // it has no body that could fail
		return
	}
	noCache(w)
	h.Site.WriteError(w, r, explain(err))
}

// explain gives the page of an error the words of this flow. What is wrong with
// a request, or not there to be answered, is 400 (PER-17, PER-30).
func explain(err error) error {
	if errors.Is(err, web.ErrNoRoute) {
		return err
	}
	for _, one := range []struct {
		err  error
		said page.Explained
	}{
		{token.ErrNotFound, page.Explained{Lead: "consent.gone."}}, // the question, or meanwhile the client
		{errClient, page.Explained{Lead: "consent.client."}},
		{errRedirect, page.Explained{Lead: "consent.redirect."}},
		{errNoCookie, page.Explained{Lead: "consent.nobody.", Values: []string{"setting", "public_url"}}},
		{errUnread, page.Explained{Lead: "consent.unread."}},
	} {
		if errors.Is(err, one.err) {
			one.said.Err = asFault(err)
			return &one.said
		}
	}
	return asFault(err)
}

// asFault makes a fault of the request out of what has another status for
// programs.
func asFault(err error) error {
	if status := web.Status(err); status == http.StatusUnprocessableEntity || status == http.StatusNotFound {
		return token.NewError(web.ErrSyntax, token.Message(err), nil)
	}
	return err
}

// hostOf tells people where they will be sent: the host, or the scheme of an
// application. Both are ASCII: a redirect URI with anything else is not taken.
func hostOf(uri string) string {
	u, err := url.Parse(uri)
	if err != nil {
		return ""
	}
	if u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return u.Scheme + ":"
	}
	return strings.ToLower(u.Host)
}
