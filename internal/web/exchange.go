package web

import (
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

// exchange is one request and its answer. It is the http.ResponseWriter that
// handlers get, and remembers what was answered.
type exchange struct {
	http.ResponseWriter

	request Request
	local   *token.Principal // nil on the network
	began   time.Time
	status  int
	id      [1]string // the values of X-Request-Id
}

// WriteHeader implements http.ResponseWriter.
func (x *exchange) WriteHeader(status int) {
	if x.status == 0 && status >= 200 {
		x.status = status
	}
	x.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (x *exchange) Write(p []byte) (int, error) {
	if x.status == 0 {
		x.status = http.StatusOK
	}
	return x.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the connection.
func (x *exchange) Unwrap() http.ResponseWriter { return x.ResponseWriter }

func (m *Mux) serve(w http.ResponseWriter, r *http.Request, local *token.Principal) {
	x := &exchange{ResponseWriter: w, local: local, began: m.opts.Clock()}
	known := m.known(r)
	x.request = Request{
		Request: r, ID: m.ids.next(), Local: local != nil && !local.IsZero(), writer: x,
		Address: clientAddress(r, m.opts.TrustedProxies), limiter: m.limiter, holdsSecret: m.opts.HoldsSecret,
		sessions: &m.opts.Sessions,
	}
	if known != nil {
		x.request.surface = known.surface
	} else {
		x.request.surface = m.surfaceOf(r.URL.Path)
	}
	x.id[0] = x.request.ID
	m.setHeaders(w.Header(), x.id[:])
	defer m.finish(x)
	if err := m.admit(x, known != nil); err != nil {
		// The rest of the connection cannot be trusted to mean what the
		// proxy in front believes (row D-07).
		w.Header().Set("Connection", "close")
		m.fail(x, err)
		return
	}
	if known != nil {
		r.Pattern = known.pattern
		known.ServeHTTP(x, r)
		return
	}
	m.mux.ServeHTTP(x, r)
}

// admit is what can be judged before the endpoint is asked. known says that the
// path is one that was mounted.
func (m *Mux) admit(x *exchange, known bool) error {
	r := x.request.Request
	if r.Method == http.MethodConnect || r.Method == http.MethodTrace {
		x.Header().Set("Allow", "")
		return ErrMethod
	}
	if err := checkTarget(r, known); err != nil {
		return err
	}
	if !x.request.Local && !servedHost(r.Host, m.opts.Hosts) {
		return ErrHost
	}
	return nil
}

// fixedHeaders are the headers of every answer. The slices are shared by all
// answers and never changed: whoever sets one of them anew puts another slice
// in its place.
func fixedHeaders(secure bool) []header {
	list := []header{
		{"Cache-Control", []string{"no-store"}},
		{"X-Content-Type-Options", []string{"nosniff"}},
		{"Referrer-Policy", []string{"no-referrer"}},
		{"Content-Security-Policy", []string{"default-src 'none'; frame-ancestors 'none'"}},
	}
	if secure {
		list = append(list, header{"Strict-Transport-Security", []string{"max-age=31536000; includeSubDomains"}})
	}
	return list
}

// header is one header of every answer. Its name is canonical, and its values
// have no room behind them, so that Header.Add copies.
type header struct {
	name   string
	values []string
}

func (m *Mux) setHeaders(h http.Header, id []string) {
	for i := range m.fixed {
		h[m.fixed[i].name] = m.fixed[i].values
	}
	h["X-Request-Id"] = id
}

// fail writes an error in the dialect of the surface and logs what the
// answer does not say. The log names the route and the request's id, never
// its headers, target or body: those may hold a credential.
func (m *Mux) fail(x *exchange, err error) {
	r := &x.request
	if status := Status(err); status >= http.StatusInternalServerError {
		m.opts.Log.ErrorContext(r.Context(), "request failed", slog.String("request", r.ID),
			slog.String("route", r.Pattern), slog.Int("status", status), slog.Any("cause", token.Cause(err)))
	}
	if x.status != 0 {
		return // the answer has begun; all that is left is to end it
	}
	r.surface.Dialect.WriteError(x, r, err)
}

// finish ends every request, a panicking one too: odd input must not end the
// process (row I-08), and the answer does not say what happened.
func (m *Mux) finish(x *exchange) {
	if fault := recover(); fault != nil {
		if err, ok := fault.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(http.ErrAbortHandler)
		}
		m.panicked(x, fault)
	}
	if m.opts.Observe != nil {
		answered := x.request.answered
		if answered.IsZero() {
			answered = m.opts.Clock()
		}
		m.opts.Observe(Observation{
			Method: x.request.Method, Route: x.request.Pattern, Status: x.status, Took: answered.Sub(x.began),
		})
	}
}

// panicked logs where it happened. The value of the panic is left out: it may
// have been built from the request (row B-07).
func (m *Mux) panicked(x *exchange, fault any) {
	r := &x.request
	m.opts.Log.ErrorContext(r.Context(), "handler panicked", slog.String("request", r.ID),
		slog.String("route", r.Pattern), slog.String("type", typeName(fault)), slog.String("stack", string(debug.Stack())))
	if x.status != 0 {
		panic(http.ErrAbortHandler) // half an answer must not look like a whole one
	}
	r.surface.Dialect.WriteError(x, r, errors.New("web: handler panicked"))
}
