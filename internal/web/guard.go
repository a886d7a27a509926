package web

import (
	"context"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/tokenwright/tokenwright/token"
)

// Guard decides who may pass. All functions but Passed are required.
type Guard struct {
	// Authenticate gives the owner of a credential, or an error that wraps
	// token.ErrUnauthenticated or token.ErrUnavailable.
	Authenticate func(ctx context.Context, c Credential) (token.Principal, error)
	// Allow says whether a principal holds a permission for at least one
	// owner of tokens: nil, or an error that wraps token.ErrDenied. It does
	// not record refusals.
	Allow func(ctx context.Context, by token.Principal, permission string) error
	// Refused records a refusal in the audit log. When it fails the answer
	// is token.ErrUnavailable, so that nobody known is refused without a
	// trace. Each record is a write, and strangers must not be able to cause
	// them at will (rows I-06, I-07): requests without any credential are
	// not recorded, bad credentials only up to a rate, and known principals
	// past one are told that it is used up instead of being refused.
	Refused func(ctx context.Context, refusal Refusal) error
	// Passed, when set, is told of every request with a bearer credential that
	// was let in. It must not block.
	Passed func(by token.Principal, from netip.Addr)
}

// Refusal is one request that the guard turned away.
type Refusal struct {
	Err        error
	Principal  token.Principal // nobody, when the credential is not good
	Permission string
	Method     string // one of the methods that routes know, or "other"
	Route      string // mounted pattern
}

// endpoint is one path with its methods.
type endpoint struct {
	mux     *Mux
	surface *Surface
	pattern string
	methods map[string]*Route
	first   *Route
	allow   string
}

func (e *endpoint) add(route *Route) error {
	if e.methods[route.Method] != nil {
		return errDuplicate(route.Method, e.pattern)
	}
	e.methods[route.Method] = route
	if e.first == nil {
		e.first = route
	}
	allowed := make([]string, 0, len(e.methods)+1)
	for method := range e.methods {
		allowed = append(allowed, method)
		if method == http.MethodGet {
			allowed = append(allowed, http.MethodHead)
		}
	}
	slices.Sort(allowed)
	e.allow = strings.Join(slices.Compact(allowed), ", ")
	return nil
}

// route gives the route for a method, compared byte by byte. Headers that
// wish for another method are never read (row D-08).
func (e *endpoint) route(method string) *Route {
	if method == http.MethodHead && e.methods[method] == nil {
		method = http.MethodGet
	}
	if route := e.methods[method]; route != nil {
		return route
	}
	return e.methods["*"]
}

// ServeHTTP implements http.Handler for the mux inside; w is the exchange.
func (e *endpoint) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	x := w.(*exchange) //nolint:errcheck // see above
	r := &x.request
	r.surface = e.surface
	r.route = e.route(r.Method)
	if err := e.pass(x); err != nil {
		e.mux.fail(x, err)
		return
	}
	if r.route == nil {
		w.Header().Set("Allow", e.allow)
		e.mux.fail(x, ErrMethod)
		return
	}
	if limit := e.surface.Limits.Timeout; limit > 0 {
		ctx, cancel := context.WithTimeout(r.Context(), limit)
		defer cancel()
		r.Request = r.WithContext(ctx)
	}
	if err := r.route.Handle(w, r); err != nil {
		if !r.Principal.IsZero() && Status(err) == http.StatusForbidden {
			_ = e.mux.limiter.allowRefusal(r) // counted; the next request is judged by it
		}
		e.mux.fail(x, err)
	}
}

// pass is the gates from the credential to the permission. A method that the
// path does not know is judged by the path's first route, so that only those
// who may use the path learn which methods it has.
func (e *endpoint) pass(x *exchange) error {
	r := &x.request
	route := r.route
	if route == nil {
		route = e.first
	}
	r.Access = route.Access
	if route.Access.kind == accessLocal && !r.Local {
		return ErrNoRoute
	}
	raw, err := r.credential()
	if err != nil {
		return err
	}
	if route.Access.kind == accessPublic {
		return e.greet(r, route.Access)
	}
	if err := e.authenticate(x, raw); err != nil {
		return e.stranger(x, err)
	}
	if err := e.ownPage(r, route.Access); err != nil {
		return err
	}
	if err := e.mux.limiter.allowPrincipal(r, e.surface.Limits); err != nil {
		return err
	}
	if err := e.surface.Deputies.stand(r); err != nil {
		if Status(err) != http.StatusForbidden {
			return err
		}
		return e.refuse(r, err)
	}
	if err := e.authorise(r, route.Access); err != nil {
		return err
	}
	if passed := e.mux.opts.Guard.Passed; passed != nil && r.Presented {
		passed(r.Principal, r.Address)
	}
	return nil
}

// authenticate fills in the principal. Nobody passes: an Authenticate that
// gave a principal without a name would open every route.
func (e *endpoint) authenticate(x *exchange, raw string) error {
	r := &x.request
	session, err := e.session(r)
	if err != nil {
		return err
	}
	var who token.Principal
	switch {
	case !session.IsZero():
		who, err = e.mux.signedIn(r, session)
	case r.Presented && !r.Access.onlyThem:
		who, err = e.mux.opts.Guard.Authenticate(r.Context(), Credential{token.NewSecret(raw)})
	case r.Local:
		who = *x.local
	default:
		err = token.ErrNoCredential
	}
	if err != nil {
		return err
	}
	if who.IsZero() {
		return token.ErrUnknown
	}
	who.RequestID, who.Address = r.ID, addressText(r.Address)
	r.Principal = who
	return nil
}

// session gives the secret of the browser's login session, where the route
// takes one as the credential. On every other route cookies are not looked at.
func (e *endpoint) session(r *Request) (token.Secret, error) {
	if !r.Access.browsers {
		return token.Secret{}, nil
	}
	session, err := e.mux.sessionSecret(r)
	if err == nil && !session.IsZero() && r.Presented {
		err = ErrManyCredentials
	}
	return session, err
}

// stranger answers a request whose credential is absent or not good.
func (e *endpoint) stranger(x *exchange, err error) error {
	r := &x.request
	if Status(err) != http.StatusUnauthorized {
		return err
	}
	if limited := e.mux.limiter.allowAddress(r, e.surface.Limits); limited != nil {
		return limited
	}
	if !r.Presented {
		return err
	}
	// Counted here and not before it was verified: one client with an old
	// token must not shut out the others behind its address.
	if _, limited := r.Guess(); limited != nil {
		return limited
	}
	if !r.MayRecord() {
		return err
	}
	return e.refuse(r, err)
}

// authorise asks for the sort of principal, then for the permission.
func (e *endpoint) authorise(r *Request, access Access) error {
	isPerson := r.Principal.Type == token.PrincipalUser || r.Principal.Type == token.PrincipalLocal
	switch {
	case access.kind == accessUsers && !isPerson:
		return e.refuse(r, ErrNotUser)
	case access.kind == accessLocal && r.Principal.Type != token.PrincipalLocal:
		return e.refuse(r, token.ErrPermission)
	case access.permission == "" && r.Principal.Permissions != nil && !isOwn(r.Principal):
		return e.refuse(r, token.ErrRestricted) // nothing says what is needed (PEER-19)
	case access.permission == "":
		return e.mux.limiter.mayBeRefused(r)
	}
	if err := e.mux.opts.Guard.Allow(r.Context(), r.Principal, access.permission); err != nil {
		if Status(err) != http.StatusForbidden {
			return err
		}
		return e.refuse(r, err)
	}
	return nil
}

// isOwn reports whether it is the person who acts, and neither a service nor a
// back end for them. With a credential of few scopes, too, they learn who they
// are.
func isOwn(who token.Principal) bool { return who.Type == token.PrincipalUser && who.Peer == "" }

// refuse records a refusal and gives it back, at most so often for a known
// principal.
func (e *endpoint) refuse(r *Request, err error) error {
	if !r.Principal.IsZero() {
		if limited := e.mux.limiter.allowRefusal(r); limited != nil {
			return limited
		}
	}
	return e.record(r, err)
}

// record writes a refusal to the log and gives it back.
func (e *endpoint) record(r *Request, err error) error {
	refusal := Refusal{Err: err, Principal: r.Principal, Permission: r.Access.permission, Method: "other", Route: e.pattern}
	refusal.Principal.RequestID, refusal.Principal.Address = r.ID, addressText(r.Address)
	if r.route != nil {
		refusal.Method = r.route.Method
	}
	// A client that hangs up must not take the record with it (trap T-19).
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), defaultTimeout)
	defer cancel()
	if logErr := e.mux.opts.Guard.Refused(ctx, refusal); logErr != nil {
		return token.Unavailable(logErr)
	}
	return err
}
