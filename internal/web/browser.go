package web

import (
	"context"
	"fmt"
	"net/http"

	"github.com/tokenwright/tokenwright/token"
)

// Sessions says how a browser is recognised in which somebody has signed in.
// The zero Sessions recognises none.
type Sessions struct {
	// Cookie is the name of the cookie with the session's secret. No other
	// cookie is ever read as a credential, and this one only on routes whose
	// Access says so.
	Cookie string
	// Origin is that of the public URL, "https://tokens.example.com".
	Origin string
	// Authenticate gives who is signed in by a session. Their TokenID is the
	// session's public id. Errors are those of Guard.Authenticate.
	Authenticate func(ctx context.Context, session token.Secret) (token.Principal, error)
	// Glance is Authenticate for what a page asks by itself. That is no use of the
	// session: one that nobody sits in front of would else never be idle. nil means
	// Authenticate.
	Glance func(ctx context.Context, session token.Secret) (token.Principal, error)
}

// crossOrigin judges where a browser says that a request comes from.
func (s Sessions) crossOrigin() (*http.CrossOriginProtection, error) {
	judge := http.NewCrossOriginProtection()
	if s.Origin == "" {
		return judge, nil
	}
	// A proxy may have put another name into Host than the browser knows.
	if err := judge.AddTrustedOrigin(s.Origin); err != nil {
		return nil, fmt.Errorf("web: origin: %w", err)
	}
	return judge, nil
}

// sessionSecret gives the secret of the browser's login session, good or not;
// the zero Secret when the request brings none.
//
// Two cookies of the name are ErrManyCredentials: a site on a sibling domain
// may have planted one of them (row J-01).
func (m *Mux) sessionSecret(r *Request) (token.Secret, error) {
	if m.opts.Sessions.Cookie == "" {
		return token.Secret{}, nil
	}
	switch cookies := r.CookiesNamed(m.opts.Sessions.Cookie); {
	case len(cookies) > 1:
		return token.Secret{}, ErrManyCredentials
	case len(cookies) == 1 && cookies[0].Value != "":
		return token.NewSecret(cookies[0].Value), nil
	}
	return token.Secret{}, nil
}

// signedIn gives who is signed in by a session and notes it in the request.
func (m *Mux) signedIn(r *Request, session token.Secret) (token.Principal, error) {
	ask := m.opts.Sessions.Authenticate
	if r.ByItself() {
		ask = m.opts.Sessions.glance
	}
	who, err := ask(r.Context(), session)
	if err != nil {
		return token.Principal{}, err
	}
	r.session = session
	return who, nil
}

func (s Sessions) glance(ctx context.Context, session token.Secret) (token.Principal, error) {
	if s.Glance == nil {
		return s.Authenticate(ctx, session)
	}
	return s.Glance(ctx, session)
}

// Where a script of our pages says that it asks for one.
const (
	ScriptHeader = "X-Requested-By"
	// ScriptAsks is its value for what a person did, ScriptGlances for what the
	// page does by itself.
	ScriptAsks    = "tokenwright"
	ScriptGlances = "tokenwright-live"
)

// Live reports whether the page may look at itself again; see [Route].
func (r *Request) Live() bool { return r.route != nil && r.route.Live }

// ByItself reports whether a page asks without anybody having done anything: it
// hears events, or looks again after one. A client that says so without being a
// page has a session that is idle the sooner. It counts on routes of live pages
// alone: else whoever stole a cookie would read everything, and the owner of the
// session would not see in the list that it was used.
func (r *Request) ByItself() bool {
	reads := r.Method == http.MethodGet || r.Method == http.MethodHead
	return r.Live() && reads && (r.Header.Get("Accept") == "text/event-stream" || r.Header.Get(ScriptHeader) == ScriptGlances)
}

// LookAgain asks whether the login session is still good by which the principal
// came, and who that is now: for answers that take long. It is no use of the
// session. Errors are those of Sessions.Authenticate.
func (r *Request) LookAgain() error {
	ctx, cancel := context.WithTimeout(r.Context(), defaultTimeout)
	defer cancel()
	who, err := r.sessions.glance(ctx, r.session)
	if err != nil {
		return err
	}
	who.RequestID, who.Address = r.ID, addressText(r.Address)
	r.Principal = who
	return nil
}

// greet lets everybody pass, and fills in who is signed in, if anybody is and
// the route wants to know.
func (e *endpoint) greet(r *Request, access Access) error {
	// Before it is counted: a hostile page must not shut out the visitors behind
	// the address of a browser.
	if access.sameOrigin && e.mux.crossOrigin.Check(r.Request) != nil {
		return ErrCrossSite
	}
	if err := e.mux.limiter.allowVisitor(r, e.surface.Limits); err != nil {
		return err
	}
	if !access.browsers {
		return nil
	}
	session, err := e.mux.sessionSecret(r)
	if err != nil || session.IsZero() {
		return err
	}
	who, err := e.mux.signedIn(r, session)
	switch {
	case err != nil && Status(err) == http.StatusUnauthorized:
		return nil // the session is over: nobody is signed in
	case err != nil:
		return err
	}
	who.RequestID, who.Address = r.ID, addressText(r.Address)
	r.Principal = who
	return nil
}
