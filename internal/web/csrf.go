package web

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
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
//
// It is written otherwise each time: pages are compressed, and from the lengths of
// many answers somebody could guess what is the same in all of them (BREACH).
func (r *Request) CSRF(purpose string) string {
	if r.session.IsZero() {
		return ""
	}
	return masked(r.csrf(purpose))
}

func (r *Request) csrf(purpose string) []byte {
	mac := hmac.New(sha256.New, []byte(r.session.Reveal()))
	mac.Write([]byte("csrf\x00" + purpose)) // never returns an error
	return mac.Sum(nil)
}

// masked writes a value under a random pad, behind that pad.
func masked(value []byte) string {
	out := make([]byte, 2*len(value))
	pad := out[:len(value)]
	_, _ = rand.Read(pad) // never returns an error
	subtle.XORBytes(out[len(value):], value, pad)
	return base64.RawURLEncoding.EncodeToString(out)
}

// unmasked reads a value, under a pad or as it is.
func unmasked(text string) []byte {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(raw) != 2*sha256.Size {
		return raw
	}
	value := raw[sha256.Size:]
	subtle.XORBytes(value, value, raw[:sha256.Size])
	return value
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
	if !hmac.Equal(unmasked(sent), r.csrf(purpose)) {
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
