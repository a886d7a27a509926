package verify

import (
	"net/http"
	"slices"
	"strings"
)

// Match gives the demand of the first rule that matches a request. target is
// the request target as it was received and will be forwarded, never a cleaned
// path (T-10). upgrade is the Upgrade header or "", several lines joined by
// commas (RFC 9110 section 7.8).
//
// A rule for an upgrade adds to what the same request needs without the offer:
// a server that does not know the protocol answers as if nothing was offered,
// and a header that anybody can add must not choose the weaker of two rules.
//
// Errors: token.ErrInvalid for an ambiguous target, token.ErrNoRule, and under
// a ready set of rules token.ErrRoute.
func (r *Rules) Match(method, target, upgrade string) (Demand, error) {
	path, err := segments(target)
	if err != nil {
		return Demand{}, err
	}
	c := r.first(method, path, upgrade)
	if c == nil {
		return Demand{}, r.unmatched(path)
	}
	if c.rule.Upgrade == "" {
		return c.demanded(path, target)
	}
	plain := r.first(method, path, "")
	switch {
	case plain == nil && r.closed(path):
		return Demand{}, r.unmatched(path)
	case plain == nil || plain.demand.Public:
		return c.demanded(path, target)
	}
	demand, err := plain.demanded(path, target)
	demand.Rule = c.demand.Rule
	if !c.demand.Public {
		demand.Expect.upgrade = &c.demand.Expect
	}
	return demand, err
}

// first gives the first rule that matches a request, or nil.
func (r *Rules) first(method string, path []string, upgrade string) *compiled {
	for i := range r.list {
		if c := &r.list[i]; c.matches(method, path, upgrade) {
			return c
		}
	}
	return nil
}

// demanded gives the demand of a rule for a request that it matches.
func (c *compiled) demanded(path []string, target string) (Demand, error) {
	if c.captures() {
		return c.filled(path, target)
	}
	return c.demand, nil
}

func (c *compiled) matches(method string, path []string, upgrade string) bool {
	if !c.letsMethod(method) || c.rule.Upgrade != "" && !c.letsUpgrade(method, upgrade) {
		return false
	}
	if len(path) < len(c.path) || len(path) > len(c.path) && !c.rest {
		return false
	}
	for i, want := range c.path {
		if want != path[i] && (want != "*" || path[i] == "") {
			return false
		}
	}
	return true
}

// letsMethod reports whether the rule is for a method.
func (c *compiled) letsMethod(method string) bool {
	methods := c.rule.Methods
	return len(methods) == 0 || slices.Contains(methods, method) ||
		method == http.MethodHead && slices.Contains(methods, http.MethodGet)
}

// letsUpgrade reports whether a request can become what the rule is for. A
// WebSocket begins with GET (RFC 6455 section 4.1); with another method it is a
// request like any other, whatever it offers.
func (c *compiled) letsUpgrade(method, upgrade string) bool {
	return offers(upgrade, c.rule.Upgrade) && (method == http.MethodGet || !strings.EqualFold(c.rule.Upgrade, "websocket"))
}

// offers reports whether a protocol is in an Upgrade header, whatever its
// version and wherever it stands: a request that could become a WebSocket must
// not be judged as one that could not (D-08).
func offers(upgrade, protocol string) bool {
	for one := range strings.SplitSeq(upgrade, ",") {
		name, _, _ := strings.Cut(one, "/")
		name = strings.Trim(name, " \t")
		// Of one length: EqualFold also takes U+017F for an s, which no server
		// behind does, and which has more bytes (trap T-16).
		if len(name) == len(protocol) && strings.EqualFold(name, protocol) {
			return true
		}
	}
	return false
}

// shadows reports whether every request that other matches is matched by c.
func (c *compiled) shadows(other compiled) bool {
	if c.rule.Upgrade != "" && !strings.EqualFold(c.rule.Upgrade, other.rule.Upgrade) {
		return false
	}
	if len(c.rule.Methods) > 0 && len(other.rule.Methods) == 0 {
		return false
	}
	for _, m := range other.rule.Methods {
		if !c.letsMethod(m) {
			return false
		}
	}
	return c.coversPath(other)
}

// coversPath reports whether every path that other matches is matched by c.
func (c *compiled) coversPath(other compiled) bool {
	if len(other.path) < len(c.path) || !c.rest && (other.rest || len(other.path) != len(c.path)) {
		return false
	}
	for i, want := range c.path {
		if want != "*" && want != other.path[i] {
			return false
		}
	}
	return true
}
