package web

import (
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

// Handler answers a request that passed all gates. An error that it returns
// is written by the surface's dialect; it must not have written anything
// itself then.
type Handler func(w http.ResponseWriter, r *Request) error

// Request is what a Handler gets: the request of net/http and what the gates
// found out about it.
type Request struct {
	*http.Request

	// Principal is who asks; the zero Principal on public routes. Its
	// RequestID and Address are filled in.
	Principal token.Principal
	// ID is the request's id, made here; the answer names it in
	// X-Request-Id. An id that the client sends is ignored: it could be
	// somebody else's, or a line of a log.
	ID string
	// Address is the client's address; see Options.TrustedProxies.
	Address netip.Addr
	// Presented reports whether the request carried a credential, good or
	// not.
	Presented bool
	// Local reports whether the request came through the admin socket.
	Local bool
	// Access is the declaration that the request was judged by; the zero
	// Access when no route was found.
	Access Access

	limiter *limiter
	// holdsSecret is Options.HoldsSecret.
	holdsSecret func(text string) bool
	route       *Route // nil when the path does not know the method
	surface     *Surface
	writer      http.ResponseWriter
	session     token.Secret // of the browser by which the principal came
	form        *Params      // the body, once it was read as a form
	sessions    *Sessions
	answered    time.Time // when an answer that goes on began; zero for others
}

// Path gives the request's path below the base of its surface, as it was
// sent, without the query.
func (r *Request) Path() string {
	path := r.URL.EscapedPath()
	if r.surface != nil {
		path = strings.TrimPrefix(path, r.surface.Base)
	}
	return path
}

// Route is one method on one path.
type Route struct {
	// Method is "GET", "POST", ...; GET answers HEAD too. "*" means every
	// method but CONNECT and TRACE.
	Method string
	// Pattern is the path below the surface's base in the syntax of
	// http.ServeMux, without method and host: "/service/{id}"; "" is the base
	// itself. Patterns are exact: one that ends with "/" or with "{name...}" is
	// refused, but for "/", the root alone.
	Pattern string
	Access  Access
	// Live marks a page that a script of ours reads again by itself, or the
	// events that tell it when; see [Request.ByItself].
	Live   bool
	Handle Handler
}

// Surface is a set of routes that speak one protocol.
type Surface struct {
	// Base is what all patterns begin with, such as "/api/access-tokens"; ""
	// is the root. It has no final slash.
	Base    string
	Dialect Dialect
	Routes  []Route
	Limits  Limits
	// Deputies, when set, are back ends that may act for people. nil means
	// that the header in which they would name them means nothing.
	Deputies *Deputies
}

// Limits bound what one client can ask of a surface.
type Limits struct {
	// PerPrincipal is how many requests a minute one principal may make;
	// 0 means no limit.
	PerPrincipal int
	// PerWindow is how many requests one principal, or on public routes one
	// client address, may make in a fixed window of a minute that begins with
	// the first of them. Every answer then tells what is left of it. It stands
	// in the place of PerPrincipal; 0 means no window.
	PerWindow int
	// PerAddress is how many requests a minute one client address may make
	// that are public or carry no good credential; 0 means no limit. Good
	// credentials are not counted by address: many may stand behind one.
	PerAddress int
	// MaxBody is the longest body in bytes; 0 means 65,536.
	MaxBody int64
	// Timeout is how long a handler may take before its context ends;
	// 0 means 5 s, less than 0 means no limit (streams).
	Timeout time.Duration
}

const (
	defaultMaxBody = 64 << 10
	defaultTimeout = 5 * time.Second
)

func (l Limits) orDefault() Limits {
	if l.MaxBody == 0 {
		l.MaxBody = defaultMaxBody
	}
	if l.Timeout == 0 {
		l.Timeout = defaultTimeout
	}
	return l
}

// RouteInfo describes a mounted route.
type RouteInfo struct {
	Method  string
	Pattern string // with the surface's base
	Access  Access
	// Deputies says that back ends may act for people here.
	Deputies bool
}
