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
	who, err := m.opts.Sessions.Authenticate(r.Context(), session)
	if err != nil {
		return token.Principal{}, err
	}
	r.session = session
	return who, nil
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
