package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

// Options are what a Mux is made of.
type Options struct {
	Guard Guard
	Clock func() time.Time
	Log   *slog.Logger
	// Hosts are the names under which the server is reached, lower-case and
	// without port; requests for others get 421. None means any name. The
	// admin socket has no name and is not asked.
	Hosts []string
	// Secure says that clients reach the server by https: answers then carry
	// Strict-Transport-Security.
	Secure bool
	// TrustedProxies are the peers whose X-Forwarded-For is believed. None
	// by default.
	TrustedProxies []netip.Prefix
	// Sessions says how people are recognised who have signed in.
	Sessions Sessions
	// HoldsSecret reports whether a text holds a token; nil means
	// token.HoldsSecret.
	HoldsSecret func(text string) bool
	// Observe, when set, is told of every answer. It must not block.
	Observe func(Observation)
}

// Observation is one answered request, for metrics.
type Observation struct {
	Method string // as sent; not bounded, so no label of a metric
	Route  string // mounted pattern, or "" when there was none
	Status int
	Took   time.Duration
}

// Mux routes requests to surfaces. Mount all surfaces first; it is then safe
// for concurrent use.
type Mux struct {
	opts      Options
	mux       *http.ServeMux
	surfaces  []*Surface // longest base first
	endpoints map[string]*endpoint
	exact     map[string]*endpoint // those whose pattern is a path
	limiter   *limiter

	crossOrigin *http.CrossOriginProtection

	fixed []header
	ids   *requestIDs
}

// NewMux makes a Mux without routes. Every answer of it carries
// Cache-Control: no-store, X-Content-Type-Options, Referrer-Policy, a
// Content-Security-Policy that allows nothing, and X-Request-Id; handlers of
// pages may replace the policy.
func NewMux(opts Options) (*Mux, error) {
	g := opts.Guard
	if g.Authenticate == nil || g.Allow == nil || g.Refused == nil || opts.Clock == nil || opts.Log == nil {
		return nil, errors.New("web: the guard's functions, a clock and a log are required")
	}
	if opts.HoldsSecret == nil {
		opts.HoldsSecret = token.HoldsSecret
	}
	limiter, err := newLimiter(opts.Clock)
	if err != nil {
		return nil, err
	}
	crossOrigin, err := opts.Sessions.crossOrigin()
	if err != nil {
		return nil, err
	}
	m := &Mux{
		opts: opts, mux: http.NewServeMux(), endpoints: map[string]*endpoint{}, exact: map[string]*endpoint{}, limiter: limiter, crossOrigin: crossOrigin,
		fixed: fixedHeaders(opts.Secure), ids: newRequestIDs(),
	}
	// Without this the standard library would answer unknown paths, and not
	// in the dialect of their surface.
	m.mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		x := w.(*exchange)     //nolint:errcheck // only serve, with an exchange, calls the mux inside
		x.request.Pattern = "" // no route was found
		m.fail(x, ErrNoRoute)
	})
	return m, nil
}

// Mount adds a surface. It fails, and the server must not start, when a route
// declares no access, when two routes have the same method and path, or when
// a pattern is not exact.
func (m *Mux) Mount(s Surface) error {
	if s.Dialect == nil || strings.HasSuffix(s.Base, "/") || (s.Base != "" && s.Base[0] != '/') {
		return fmt.Errorf("web: surface %q needs a dialect, and a base that begins but does not end with a slash", s.Base)
	}
	s.Limits = s.Limits.orDefault()
	s.Routes = slices.Clone(s.Routes)
	for i := range s.Routes {
		if err := m.add(&s, &s.Routes[i]); err != nil {
			return err
		}
	}
	m.surfaces = append(m.surfaces, &s)
	slices.SortStableFunc(m.surfaces, func(a, b *Surface) int { return cmp.Compare(len(b.Base), len(a.Base)) })
	return nil
}

func (m *Mux) add(s *Surface, route *Route) error {
	pattern := s.Base + route.Pattern
	switch {
	case route.Access.kind == accessUndeclared:
		return fmt.Errorf("web: route %s %s declares no access", route.Method, pattern)
	case route.Handle == nil || route.Method == "" || !underBase(s.Base, route.Pattern):
		return fmt.Errorf("web: route %s %s needs a method, a pattern and a handler", route.Method, pattern)
	case strings.HasSuffix(pattern, "/") && pattern != root || strings.HasSuffix(pattern, "...}"):
		return fmt.Errorf("web: route %s %s is not exact", route.Method, pattern)
	}
	e := m.endpoints[pattern]
	if e == nil {
		e = &endpoint{mux: m, surface: s, pattern: pattern, methods: map[string]*Route{}}
		if err := handle(m.mux, mounted(pattern), e); err != nil {
			return err
		}
		m.endpoints[pattern] = e
		if !strings.Contains(pattern, "{") && cleanPath(pattern) {
			m.exact[pattern] = e
		}
	}
	if e.surface != s {
		return fmt.Errorf("web: two surfaces have the path %s", pattern)
	}
	return e.add(route)
}

// root is the one exact path that ends with a slash.
const root = "/"

// mounted gives a pattern as http.ServeMux writes it, to which "/" alone would
// be every path.
func mounted(pattern string) string {
	if pattern == root {
		return root + "{$}"
	}
	return pattern
}

// underBase reports whether a pattern stands below a base, or is the base
// itself.
func underBase(base, pattern string) bool {
	return strings.HasPrefix(pattern, "/") || pattern == "" && base != ""
}

// handle is ServeMux.Handle with its panic about a bad or conflicting pattern
// turned into an error.
func handle(mux *http.ServeMux, pattern string, h http.Handler) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("web: pattern %s: %v", pattern, fault)
		}
	}()
	mux.Handle(pattern, h)
	return nil
}

// Routes lists all mounted routes by pattern, then method.
func (m *Mux) Routes() []RouteInfo {
	var list []RouteInfo
	for pattern, e := range m.endpoints {
		for method, route := range e.methods {
			list = append(list, RouteInfo{method, pattern, route.Access, e.surface.Deputies != nil})
		}
	}
	slices.SortFunc(list, func(a, b RouteInfo) int {
		return cmp.Or(strings.Compare(a.Pattern, b.Pattern), strings.Compare(a.Method, b.Method))
	})
	return list
}

// Serves reports whether a method is mounted on a pattern.
func (m *Mux) Serves(method, pattern string) bool {
	e := m.endpoints[pattern]
	return e != nil && e.methods[method] != nil
}

// ServeHTTP serves the network.
func (m *Mux) ServeHTTP(w http.ResponseWriter, r *http.Request) { m.serve(w, r, nil) }

// Local serves the admin socket: who gives the principal that a request
// without a credential acts as.
func (m *Mux) Local(who func(ctx context.Context) token.Principal) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		local := who(r.Context())
		m.serve(w, r, &local)
	})
}

// known gives the endpoint whose path the target has byte for byte, or nil. Most
// requests are for few paths: what equals a mounted one need not be searched
// for, and has one reading.
func (m *Mux) known(r *http.Request) *endpoint {
	path, _, _ := strings.Cut(r.RequestURI, "?")
	if path != r.URL.Path {
		return nil // escapes, an absolute form, or a handler in front that rewrites
	}
	return m.exact[path]
}

// surfaceOf gives the surface with the longest base that path lies under, or
// one that speaks problem documents.
func (m *Mux) surfaceOf(path string) *Surface {
	for _, s := range m.surfaces {
		if rest, ok := strings.CutPrefix(path, s.Base); ok && (rest == "" || rest[0] == '/') {
			return s
		}
	}
	return &Surface{Dialect: Problem{}, Limits: Limits{}.orDefault()}
}
