package config

import (
	"strings"

	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/verify"
)

func (l *loader) checkRules() {
	for i, rule := range l.cfg.Rules {
		l.checkRule(indexed("rules", i), rule)
	}
}

func (l *loader) checkRule(at string, rule Rule) {
	if rule.Use != "" {
		l.checkUse(at, rule)
		return
	}
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
	l.checkBody(at, rule)
	if rule.Public && (rule.Scopes != nil || rule.AnyScope != nil || rule.Kinds != nil || rule.Body != nil || rule.Content != "") {
		l.fault(at+".public", "opens the path to everybody, yet the rule has demands; remove public or the demands")
	}
}

// checkUse lets package verify say what is wrong with the whole rule.
func (l *loader) checkUse(at string, rule Rule) {
	if _, _, err := verify.NewRules([]verify.Rule{rule.Compiled(nil)}); err != nil {
		l.fault(at+".use", "%s", strings.TrimPrefix(err.Error(), "rule 1: "))
	}
}

func (l *loader) checkBody(at string, rule Rule) {
	if rule.Content != "" {
		l.oneOf(at+".content", rule.Content, "transaction", "event", "operations")
	}
	if rule.Body != nil && len(rule.Body) == 0 {
		l.fault(at+".body", "the list is empty; name something or leave it out")
	}
	for i, one := range rule.Body {
		at := indexed(at+".body", i)
		if len(one.Where) == 0 {
			l.fault(at+".where", "is missing; name a member of the body and its text")
		}
		if len(one.Scopes) == 0 {
			l.fault(at+".scopes", "is missing; a demand without scopes demands nothing")
		}
		l.demanded(at+".scopes", one.Scopes)
	}
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

// kindNames lists what a rule may name: the kinds that can be presented.
// "user" also lets in people with an access JWT.
func kindNames() []string {
	return []string{string(token.KindService), string(token.KindWorkspace), string(token.KindUser), string(token.KindPeer)}
}

// pathProblem says what is wrong with a rule's path, or "". Requests are
// compared in canonical form, so a path that is not canonical would never
// match and the rule would silently do nothing.
func pathProblem(path string) string {
	_, _, err := verify.NewRules([]verify.Rule{{Path: path}})
	if err == nil {
		return ""
	}
	return strings.TrimPrefix(err.Error(), "rule 1: ")
}
