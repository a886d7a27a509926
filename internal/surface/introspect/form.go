package introspect

import (
	"net/url"
	"slices"
	"strings"

	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// maxParams bounds the parameters of a form: the RFCs know five.
const maxParams = 16

// question is what a form asks.
type question struct {
	token string
	// scopes is what the token must hold; nil when nothing is demanded.
	scopes token.Scopes
}

// parseQuestion reads the form of an introspection (RFC 7662 section 2.1).
// token_type_hint and unknown parameters do nothing. scope is a demand only
// together with require_scope=true.
func parseQuestion(form string) (question, error) {
	var q question
	var scope, require string
	err := eachParam(form, func(name, value string) error {
		switch name {
		case "token":
			q.token = value
		case "scope":
			scope = value
		case "require_scope":
			require = value
		case "client_secret", "client_assertion":
			// The caller is a bearer already (row C3, RFC 6749 section 2.3).
			return web.ErrManyCredentials
		}
		return nil
	})
	if err != nil {
		return question{}, err
	}
	if q.token == "" {
		return question{}, errNoToken
	}
	demanded, err := token.ParseScopes(scope)
	if err != nil {
		return question{}, err
	}
	switch {
	case require == "" || require == "false":
		return q, nil
	case require != "true":
		return question{}, token.Invalid("require_scope must be true or false")
	case len(demanded) == 0:
		// A demand for nothing is a mistake, and would be met by everything.
		return question{}, token.Invalid("require_scope needs a scope")
	}
	q.scopes = demanded
	return q, nil
}

// parseToken reads the form of a revocation (RFC 7009 section 2.1).
func parseToken(form string) (string, error) {
	var raw string
	err := eachParam(form, func(name, value string) error {
		if name == "token" {
			raw = value
		}
		return nil
	})
	if err == nil && raw == "" {
		err = errNoToken
	}
	return raw, err
}

// eachParam calls visit for each parameter of a form, in order. Any parameter
// given twice is refused (row C3; RFC 6749 section 3.2), and so is what two
// readers could read in two ways: a semicolon, which some take for a
// separator, raw control characters and raw bytes outside ASCII (trap T-11).
func eachParam(form string, visit func(name, value string) error) error {
	var seen [maxParams]string
	n := 0
	for len(form) > 0 {
		var pair string
		pair, form, _ = strings.Cut(form, "&")
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		name, ok1 := unescape(name)
		value, ok2 := unescape(value)
		switch {
		case !ok1 || !ok2:
			return web.ErrSyntax
		case slices.Contains(seen[:n], name):
			return web.ErrRepeated
		case n == maxParams:
			return token.Invalid("the form has too many parameters")
		}
		seen[n] = name
		n++
		if err := visit(name, value); err != nil {
			return err
		}
	}
	return nil
}

// unescape decodes one name or value. Tokens need no escapes, so it copies
// nothing as a rule.
func unescape(s string) (string, bool) {
	plain := true
	for i := range len(s) {
		switch c := s[i]; {
		case c < 0x20, c >= 0x7f, c == ';':
			return "", false
		case c == '%', c == '+':
			plain = false
		}
	}
	if plain {
		return s, true
	}
	decoded, err := url.QueryUnescape(s)
	return decoded, err == nil
}
