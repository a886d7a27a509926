package config

import (
	"slices"
	"strings"

	"github.com/tokenwright/tokenwright/token"
)

func (l *loader) checkRules() {
	for i, rule := range l.cfg.Rules {
		l.checkRule(indexed("rules", i), rule)
	}
}

func (l *loader) checkRule(at string, rule Rule) {
	if l.required(at+".path", rule.Path) {
		if problem := pathProblem(rule.Path); problem != "" {
			l.fault(at+".path", "%s", problem)
		}
	}
	l.filled(at+".methods", rule.Methods)
	for i, method := range rule.Methods {
		if method == "" || strings.ContainsFunc(method, func(r rune) bool { return r < 'A' || r > 'Z' }) {
			l.fault(indexed(at+".methods", i), "must be a method in capitals, such as GET")
		}
	}
	l.filled(at+".kinds", rule.Kinds)
	for i, kind := range rule.Kinds {
		l.oneOf(indexed(at+".kinds", i), kind, kindNames()...)
	}
	l.demanded(at+".scopes", rule.Scopes)
	l.demanded(at+".any_scope", rule.AnyScope)
	if rule.Upgrade != "" {
		l.oneOf(at+".upgrade", rule.Upgrade, "websocket")
	}
	for i, body := range rule.Body {
		l.checkBody(indexed(at+".body", i), body)
	}
	if rule.Public && (rule.Scopes != nil || rule.AnyScope != nil || rule.Kinds != nil || rule.Body != nil) {
		l.fault(at+".public", "opens the path to everybody, yet the rule has demands; remove public or the demands")
	}
}

func (l *loader) checkBody(at string, body BodyRule) {
	if len(body.Where) == 0 {
		l.fault(at+".where", "is required: the members that a body must have for the demand to apply")
	}
	if body.Scopes == nil {
		l.fault(at+".scopes", "is required")
	}
	l.demanded(at+".scopes", body.Scopes)
}

func (l *loader) demanded(key string, scopes []string) {
	l.filled(key, scopes)
	for i, scope := range scopes {
		if !token.ValidScope(scope) {
			l.fault(indexed(key, i), "must be one scope of at most %d characters: printable ASCII without space, quote and backslash", token.MaxScopeLength)
		}
	}
}

// filled refuses a list that is there and empty: nobody can tell whether it
// means all or none.
func (l *loader) filled(key string, values []string) {
	if values != nil && len(values) == 0 {
		l.fault(key, "the list is empty; name something or leave it out")
	}
}

// kindNames lists what a rule may name: the five kinds, and the access JWT of
// a person.
func kindNames() []string {
	var names []string
	for _, k := range append(token.Kinds(), token.KindAccess) {
		names = append(names, string(k))
	}
	return names
}

// pathProblem says what is wrong with a rule's path, or "". Requests are
// compared in canonical form, so a path that is not canonical would never
// match and the rule would silently do nothing.
func pathProblem(path string) string {
	if !strings.HasPrefix(path, "/") {
		return "must begin with /"
	}
	odd := func(r rune) bool { return r < 0x20 || r == 0x7f || strings.ContainsRune(`?#\`, r) }
	if strings.ContainsFunc(path, odd) || strings.Contains(path, "%2F") || strings.Contains(path, "%2f") {
		return "must be a path without query, fragment, backslash, encoded slash or control characters"
	}
	segments := strings.Split(path[1:], "/")
	for i, segment := range segments {
		last := i == len(segments)-1
		switch {
		case segment == "." || segment == "..":
			return "must not contain the segments . and .."
		case segment == "" && !last:
			return "must not contain //"
		case segment == "**" && !last:
			return "may have ** as its last segment alone"
		case strings.Contains(segment, "*") && !slices.Contains([]string{"*", "**"}, segment):
			return "may have * and ** as whole segments alone"
		}
	}
	return ""
}
