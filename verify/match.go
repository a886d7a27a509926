package verify

import (
	"net/http"
	"slices"
	"strings"
)

// Match gives the demand of the first rule that matches a request. target is
// the request target as it was received and will be forwarded, never a cleaned
// path (T-10). upgrade is what [Offered] gives for the request.
//
// What a request offers to change to must be named by the rule that decides:
// what follows behind the change is judged by nobody, so that an h2c tunnel
// would reach every path (D-08). A rule for an upgrade adds to what the same request needs without the offer:
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
	if c == nil || !c.namesAll(method, upgrade) {
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
