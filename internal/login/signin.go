package login

import (
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/page/message"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// waysIn is what the sign-in page offers.
type waysIn struct {
	provider, begin string // the host of the provider and the way to it; "" for none
	first           bool   // no administrator has signed in yet
	session         bool   // browsers can be signed in here
}

// signIn shows the ways in. Who is signed in already is led on.
func (h handlers) signIn(w http.ResponseWriter, r *web.Request) error {
	next, err := nextOf(r)
	if err != nil {
		return err
	}
	if !r.Principal.IsZero() {
		if next != SignInPage {
			return page.SeeOther(w, next)
		}
		return h.showPerson(w, r)
	}
	v, err := h.Site.Visitor(r)
	if err != nil {
		return err
	}
	shown := waysIn{first: h.FirstRun(), session: h.Cookies.Usable()}
	if h.OIDC != nil {
		shown.provider = hostOf(h.OIDC.Issuer())
		shown.begin = beginPath + "?" + url.Values{"next": {next}}.Encode()
	}
	return h.Site.Write(w, v, page.Sheet{Title: v.Text("signin.title"), Narrow: true, Content: signInPage(v, shown)})
}

// standing is how somebody is signed in.
type standing struct {
	method message.Key
	until  time.Time
}

// showPerson tells people who they are here, and what to say to an
// administrator when that is less than they expected.
func (h handlers) showPerson(w http.ResponseWriter, r *web.Request) error {
	v, err := h.Site.Visitor(r)
	if err != nil {
		return err
	}
	session, err := h.Sessions.Find(r.Context(), h.Cookies.Session(r.Request))
	if err != nil {
		return err
	}
	shown := standing{"session.by." + message.Key(session.Method), session.ExpiresAt}
	return h.Site.Write(w, v, page.Sheet{Title: v.Text("signin.done.title"), Content: personPage(v, shown)})
}

// begin leads to the provider. It is reached by a link and not by a form: the
// page's policy would not let a form lead to another site.
func (h handlers) begin(w http.ResponseWriter, r *web.Request) error {
	if h.OIDC == nil {
		return errNoProvider
	}
	next, err := nextOf(r)
	if err != nil {
		return err
	}
	to, err := h.OIDC.Begin(r.Context(), h.Cookies.EnsureBrowser(w, r.Request), next)
	if err != nil {
		return err
	}
	return page.SeeOther(w, to)
}

// callback takes the provider's answer. Of any number of answers with one
// state, one begins a session.
func (h handlers) callback(w http.ResponseWriter, r *web.Request) error {
	if h.OIDC == nil {
		return errNoProvider
	}
	answer, err := answerOf(r)
	if err != nil {
		return err
	}
	in, next, err := h.OIDC.Finish(r.Context(), h.Cookies.Browser(r.Request), answer)
	if err != nil {
		return h.refuseSignIn(r, in, err)
	}
	if err := h.beginSession(w, r, in); err != nil {
		return h.refuseSignIn(r, in, err)
	}
	return page.SeeOther(w, next)
}

func answerOf(r *web.Request) (Answer, error) {
	query, err := r.Query()
	if err != nil {
		return Answer{}, err
	}
	var a Answer
	for _, field := range []struct {
		name string
		into *string
	}{{"code", &a.Code}, {"state", &a.State}, {"error", &a.Error}, {"iss", &a.Issuer}} {
		if *field.into, err = query.One(field.name); err != nil {
			return Answer{}, err
		}
	}
	return a, nil
}

// beginSession signs the browser in: under a new secret, and the end of the
// session that it had (row J-01).
func (h handlers) beginSession(w http.ResponseWriter, r *web.Request, in token.SignIn) error {
	in.Session.Agent = agentLabel(r.UserAgent())
	by := from(r)
	in.Session.Address = by.Address
	by.Type, by.Ref = token.PrincipalUser, in.Session.User
	if former := h.Cookies.Session(r.Request); !former.IsZero() {
		in.Former = digestOf(former)
	}
	secret, session, err := h.Sessions.Begin(r.Context(), in, by)
	if err != nil {
		return err
	}
	h.Cookies.setSession(w, secret, session.ExpiresAt.Sub(session.CreatedAt))
	return nil
}

// signOut ends the session for good and makes the browser forget it.
func (h handlers) signOut(w http.ResponseWriter, r *web.Request) error {
	err := h.Sessions.End(r.Context(), r.Principal, r.Principal.Ref, r.Principal.TokenID)
	if err != nil && !errors.Is(err, token.ErrNotFound) {
		return err
	}
	h.Cookies.ClearSession(w)
	h.Site.Notify(w, "notice.signed-out")
	return page.SeeOther(w, SignInPage)
}

// nextOf gives where the person wants to go: a path of this server, and never
// anything else (row F-02).
func nextOf(r *web.Request) (string, error) {
	query, err := r.Query()
	if err != nil {
		return "", err
	}
	next, err := query.One("next")
	switch {
	case err != nil:
		return "", err
	case next == "":
		return SignInPage, nil
	case !web.LocalTarget(next):
		return "", token.Invalid("next must be a path of this server, such as /sign-in")
	}
	return next, nil
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}
