package forwardauth

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/verify"
)

// original is the request that the proxy asks about.
type original struct {
	method, target string
	upgrade        string
	// named: somebody said what the original request was. known: it was a
	// trusted proxy, and method and target are filled in.
	named, known bool
}

// Faults of a proxy's configuration, told in words that help to mend it. They
// never repeat a header.
var (
	errRepeatedTarget = token.Invalid("A header that names the original request was sent more than once")
	errHalfTarget     = token.Invalid("The original request needs both its method and its target: X-Original-Method and X-Original-URI, or X-Forwarded-Method and X-Forwarded-Uri")
	errTwoTargets     = token.Invalid("X-Original-* and X-Forwarded-* name two different requests; the proxy must strip what its client sent")
	errBadMethod      = token.Invalid("The original method is not a method")
	errHandedOn       = token.Invalid("The forward-auth URL has the query of the client's request; the proxy must not hand it on (in Caddy: uri /forward-auth? with a question mark)")
	errTokenInTarget  = token.NewError(token.ErrManyCredentials, "The original URL carries a token; tokens belong into the Authorization header", nil)
)

// original reads what the proxy says about the original request. Names are
// compared as net/http keeps them: X_Original_URI is another header and does
// nothing (row D-03).
func (g *gate) original(r *http.Request) (original, error) {
	nginx, err := readFamily(r.Header["X-Original-Method"], r.Header["X-Original-Uri"])
	if err != nil {
		return original{}, err
	}
	others, err := readFamily(r.Header["X-Forwarded-Method"], r.Header["X-Forwarded-Uri"])
	if err != nil {
		return original{}, err
	}
	if !nginx.named && !others.named {
		return original{}, nil
	}
	if hasQuery(nginx.target, r.URL.RawQuery) || hasQuery(others.target, r.URL.RawQuery) {
		return original{}, errHandedOn
	}
	if !isTrusted(r.RemoteAddr, g.opts.TrustedProxies) {
		return original{named: true}, nil
	}
	o := nginx
	switch {
	case nginx.named && others.named && nginx != others:
		return original{}, errTwoTargets
	case !nginx.named:
		o = others
	}
	if o.method == "" || o.target == "" {
		return original{}, errHalfTarget
	}
	if !isMethod(o.method) {
		return original{}, errBadMethod
	}
	if verify.CarriesToken(o.target, g.opts.Formats) {
		return original{}, errTokenInTarget
	}
	o.upgrade = verify.Offered(r.Header)
	o.known = true
	return o, nil
}

// readFamily reads one pair of headers.
func readFamily(methods, targets []string) (original, error) {
	if len(methods) > 1 || len(targets) > 1 {
		return original{}, errRepeatedTarget
	}
	var o original
	if len(methods) == 1 {
		o.method, o.named = methods[0], true
	}
	if len(targets) == 1 {
		o.target, o.named = targets[0], true
	}
	return o, nil
}

// hasQuery reports whether the target's query is this one. The query of the
// forward-auth URL is a demand, and some proxies hand their client's query on
// unless told otherwise: the client would then choose what it has to present.
func hasQuery(target, query string) bool {
	_, own, _ := strings.Cut(target, "?")
	return query != "" && own == query
}

func isTrusted(peer string, trusted []netip.Prefix) bool {
	if len(trusted) == 0 {
		return false
	}
	address, err := netip.ParseAddrPort(peer)
	if err != nil {
		return false // the admin socket
	}
	plain := address.Addr().Unmap().WithZone("")
	return slices.ContainsFunc(trusted, func(p netip.Prefix) bool { return p.Contains(plain) })
}

// isMethod: a token of RFC 9110 section 5.6.2, of at most 32 characters.
// Methods are compared exactly, so "get" is a method, and not GET.
func isMethod(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (c < '0' || c > '9') && !strings.ContainsRune("!#$%&'*+-.^_`|~", rune(c)) {
			return false
		}
	}
	return s != "" && len(s) <= 32
}
