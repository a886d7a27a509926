package web

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"

	"github.com/tokenwright/tokenwright/token"
)

// Where a browser sends back the value of [Request.CSRF].
const (
	// CSRFHeader is for scripts of our own pages.
	CSRFHeader = "X-Csrf-Token"
	// CSRFField is for forms of type application/x-www-form-urlencoded.
	CSRFField = "csrf"
)

// CSRF gives the value that a page must send back with a change, so that no
// other site can have the change made (rows F-07 and J-06). It follows from the
// session's secret, which no site knows and no store keeps, and from purpose;
// a value for one purpose, or of another session, is good for nothing else.
//
// purpose is "", or, on routes that are [Access.BoundTo] a part of the path,
// that part. It is "" for requests without a login session.
func (r *Request) CSRF(purpose string) string {
	if r.session.IsZero() {
		return ""
	}
	mac := hmac.New(sha256.New, []byte(r.session.Reveal()))
	mac.Write([]byte("csrf\x00" + purpose)) // never returns an error
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// FromBrowser reports whether the principal came by a login session.
func (r *Request) FromBrowser() bool { return !r.session.IsZero() }

// ownPage fails with ErrCrossSite unless a change that a login session asks
// for was sent by a page of ours: the browser says so, and the page knew the
// value. A browser that says nothing at all is refused, too.
//
// It stands before everything that is counted for the person: the page of a
// sibling domain, whose requests bring their cookie along, must not be able to
// use up what they may do.
func (e *endpoint) ownPage(r *Request, access Access) error {
	switch {
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		return nil
	case !r.FromBrowser() && access.sameOrigin && e.mux.crossOrigin.Check(r.Request) != nil:
		return e.refuseForeign(r)
	case !r.FromBrowser():
		return nil
	}
	says := r.Header.Get("Sec-Fetch-Site") != "" || r.Header.Get("Origin") != ""
	if !says || e.mux.crossOrigin.Check(r.Request) != nil {
		return e.refuseForeign(r)
	}
	purpose := ""
	if access.boundTo != "" {
		purpose = r.PathValue(access.boundTo)
	}
	sent, err := r.sentCSRF()
	if err != nil {
		return err
	}
	if !token.NewSecret(sent).Equal(token.NewSecret(r.CSRF(purpose))) {
		return e.refuseForeign(r)
	}
	return nil
}

// refuseForeign refuses what another site made a browser send. It is recorded so
// often for an address and in all, and counted for nobody: the person whose
// browser it is did nothing (rows I-06, J-06).
func (e *endpoint) refuseForeign(r *Request) error {
	if !e.mux.limiter.mayRecordForeign(r) {
		return ErrCrossSite
	}
	return e.record(r, ErrCrossSite)
}

// sentCSRF gives the value that the request brings: in the header, or in the
// form where it is one.
func (r *Request) sentCSRF() (string, error) {
	switch values := r.Header[CSRFHeader]; {
	case len(values) > 1:
		return "", ErrCrossSite
	case len(values) == 1:
		return values[0], nil
	case !r.hasForm():
		return "", nil // a body of another type is judged by whoever reads it
	}
	form, err := r.FormBody()
	if err != nil {
		return "", err
	}
	return form.One(CSRFField)
}

// hasForm reports whether the body says that it is a form.
func (r *Request) hasForm() bool { return r.checkType("application/x-www-form-urlencoded") == nil }
