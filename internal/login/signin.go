package login

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// Where people sign in and out. CallbackPath is what is registered at a
// provider.
const (
	SignInPage   = "/sign-in"
	beginPath    = "/sign-in/oidc"
	CallbackPath = "/sign-in/oidc/callback"
	signOutPath  = "/sign-out"
)

// SignInURL gives the path of the sign-in page that leads on to next, a path
// of this server.
func SignInURL(next string) string {
	return SignInPage + "?" + url.Values{"next": {next}}.Encode()
}

// Person is who somebody is here, for people.
type Person struct {
	User, Name  string
	Groups      []string
	Roles       []string
	Permissions []string
}

func (p *page) signInRoutes() []web.Route {
	return []web.Route{
		{
			Method: http.MethodGet, Pattern: SignInPage, Handle: p.signIn,
			Access: web.Public("shows how to sign in, or who is signed in").AndBrowsers(),
		},
		{
			Method: http.MethodGet, Pattern: beginPath, Handle: p.begin,
			Access: web.Public("leads to the identity provider"),
		},
		{
			Method: http.MethodGet, Pattern: CallbackPath, Handle: p.callback,
			Access: web.Public("the provider's answer, bound to the browser, is the credential").TakesCodes(),
		},
		{Method: http.MethodPost, Pattern: signOutPath, Handle: p.signOut, Access: web.Browsers("")},
	}
}

// signIn shows the ways in. Who is signed in already is led on.
func (p *page) signIn(w http.ResponseWriter, r *web.Request) error {
	next, err := nextOf(r)
	if err != nil {
		return err
	}
	if !r.Principal.IsZero() {
		if next != SignInPage {
			return seeOther(w, next)
		}
		return p.showPerson(w, r)
	}
	shown := struct{ Provider, Begin string }{}
	if p.OIDC != nil {
		shown.Provider = hostOf(p.OIDC.Issuer())
		shown.Begin = beginPath + "?" + url.Values{"next": {next}}.Encode()
	}
	return p.write(w, http.StatusOK, "sign-in", shown)
}

// showPerson tells people who they are here, and what to say to an
// administrator when that is less than they expected.
func (p *page) showPerson(w http.ResponseWriter, r *web.Request) error {
	person, err := p.Describe(r.Context(), r.Principal)
	if err != nil {
		return err
	}
	session, err := p.Sessions.Find(r.Context(), p.Cookies.Session(r.Request))
	if err != nil {
		return err
	}
	return p.write(w, http.StatusOK, "person", struct {
		Person

		Method, Until, CSRF, Version string
	}{person, methodWords(session.Method), session.ExpiresAt.Format(time.RFC3339), r.CSRF(""), p.Version})
}

// methodWords tells how somebody signed in.
func methodWords(method token.SignInMethod) string {
	if method == token.SignInOIDC {
		return "through the identity provider"
	}
	return "by a one-time link"
}

// begin leads to the provider. It is reached by a link and not by a form: the
// page's policy would not let a form lead to another site.
func (p *page) begin(w http.ResponseWriter, r *web.Request) error {
	if p.OIDC == nil {
		return errNoProvider
	}
	next, err := nextOf(r)
	if err != nil {
		return err
	}
	to, err := p.OIDC.Begin(r.Context(), p.Cookies.EnsureBrowser(w, r.Request), next)
	if err != nil {
		return err
	}
	return seeOther(w, to)
}

var errNoProvider = token.NewError(token.ErrNotFound,
	"No identity provider is configured here (sign_in.oidc). An administrator makes one-time links, by: tokenwright admin link --user REF", nil)

// callback takes the provider's answer. Of any number of answers with one
// state, one begins a session.
func (p *page) callback(w http.ResponseWriter, r *web.Request) error {
	if p.OIDC == nil {
		return errNoProvider
	}
	answer, err := answerOf(r)
	if err != nil {
		return err
	}
	in, next, err := p.OIDC.Finish(r.Context(), p.Cookies.Browser(r.Request), answer)
	if err != nil {
		return p.refuseSignIn(r, in, err)
	}
	if err := p.beginSession(w, r, in); err != nil {
		return p.refuseSignIn(r, in, err)
	}
	return seeOther(w, next)
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
func (p *page) beginSession(w http.ResponseWriter, r *web.Request, in token.SignIn) error {
	in.Session.Agent = agentLabel(r.UserAgent())
	by := from(r)
	in.Session.Address = by.Address
	by.Type, by.Ref = token.PrincipalUser, in.Session.User
	if former := p.Cookies.Session(r.Request); !former.IsZero() {
		in.Former = digestOf(former)
	}
	secret, session, err := p.Sessions.Begin(r.Context(), in, by)
	if err != nil {
		return err
	}
	p.Cookies.setSession(w, secret, session.ExpiresAt.Sub(session.CreatedAt))
	return nil
}

// from gives nobody, at the address that a request comes from.
func from(r *web.Request) token.Principal {
	by := token.Principal{RequestID: r.ID}
	if r.Address.IsValid() {
		by.Address = r.Address.String()
	}
	return by
}

// refuseSignIn records that somebody whom the provider knows does not get in
// here, and says in plain words why. Other faults are given back as they are.
func (p *page) refuseSignIn(r *web.Request, in token.SignIn, err error) error {
	if !errors.Is(err, token.ErrUnauthenticated) {
		return err
	}
	if r.MayRecord() {
		entry := audit.NewEntry(audit.SessionBegun, from(r), p.Access.opts.Clock()).Refuse(err)
		entry.Name = in.Session.User
		// A client that hangs up must not take the record with it (trap T-19).
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), recordDeadline)
		defer cancel()
		if err := p.Access.opts.Record(ctx, entry.With("method", string(token.SignInOIDC))); err != nil {
			return token.Unavailable(err)
		}
	}
	// Without err as its cause: to the browser this is a refusal, and not a
	// request without a credential.
	return token.NewError(token.ErrDenied, whyNot(in.Session.User, err), nil)
}

// whyNot tells somebody whom the provider knows what to do.
func whyNot(user string, err error) string {
	switch {
	case errors.Is(err, token.ErrDisabled):
		return "You are " + user + ", who is not known here or was disabled. Ask an administrator, who lets you in by: tokenwright user add " +
			user + " (or: tokenwright user enable " + user + ")"
	case errors.Is(err, token.ErrIdentity):
		return "You are " + user + " by your name at the identity provider, but another account there signed in as " + user +
			" before. Ask an administrator; if the name was given to you for good: tokenwright user rebind " + user
	case errors.Is(err, token.ErrRenamed):
		return "You are " + user + " by your name at the identity provider, but your account there signed in here under another name" +
			" before, and stays that user. Ask an administrator; if your name changed for good, they free your account by the ref" +
			" that you had: tokenwright user rebind REF"
	case errors.Is(err, token.ErrReserved):
		return "You are " + user + " by your name at the identity provider. That user has a role here, or signed in by a link before, and" +
			" is not given to whoever comes first under the name. Ask an administrator, who lets the next account be " + user +
			" by: tokenwright user rebind " + user
	}
	return token.Message(err)
}

// signOut ends the session for good and makes the browser forget it.
func (p *page) signOut(w http.ResponseWriter, r *web.Request) error {
	err := p.Sessions.End(r.Context(), r.Principal, r.Principal.Ref, r.Principal.TokenID)
	if err != nil && !errors.Is(err, token.ErrNotFound) {
		return err
	}
	p.Cookies.ClearSession(w)
	return seeOther(w, SignInPage)
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

// seeOther leads on with 303: the browser then asks by GET and sends no form
// again (row F-12).
func seeOther(w http.ResponseWriter, to string) error {
	w.Header().Set("Location", to)
	return web.WriteEmpty(w, http.StatusSeeOther)
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}
