package verify

import (
	"net/http"
	"slices"
	"strings"

	"github.com/tokenwright/tokenwright/token"
)

// Match gives the demand of the first rule that matches a request. target is
// the request target as it was received and will be forwarded, never a cleaned
// path (T-10). upgrade is the Upgrade header or "", several lines joined by
// commas (RFC 9110 section 7.8).
//
// Errors: token.ErrInvalid for an ambiguous target, token.ErrNoRule.
func (r *Rules) Match(method, target, upgrade string) (Demand, error) {
	path, err := segments(target)
	if err != nil {
		return Demand{}, err
	}
	for i := range r.list {
		if c := &r.list[i]; c.matches(method, path, upgrade) {
			return c.demand, nil
		}
	}
	return Demand{}, token.ErrNoRule
}

func (c *compiled) matches(method string, path []string, upgrade string) bool {
	if !c.letsMethod(method) || c.rule.Upgrade != "" && !offers(upgrade, c.rule.Upgrade) {
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

// offers reports whether a protocol is in an Upgrade header, whatever its
// version and wherever it stands: a request that could become a WebSocket must
// not be judged as one that could not (D-08).
func offers(upgrade, protocol string) bool {
	for one := range strings.SplitSeq(upgrade, ",") {
		name, _, _ := strings.Cut(one, "/")
		if strings.EqualFold(strings.Trim(name, " \t"), protocol) {
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
