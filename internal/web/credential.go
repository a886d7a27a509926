package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/tokenwright/tokenwright/token"
)

// Credential is what a request presented to be let in.
type Credential struct {
	Bearer token.Secret
}

// queryCredentials are names of query parameters by which clients are known
// to send credentials. A token in a URL ends in logs and histories: it never
// authenticates, and the client is told (row B-06, RFC 6750 section 5.3).
var queryCredentials = [...]string{ //nolint:gochecknoglobals // it is only read
	"access_token", "token", "bearer_token", "bearer", "authorization",
	"api_key", "apikey", "id_token", "refresh_token",
}

// bearer reads the credential of a request: from exactly one Authorization
// header of the form "Bearer <run of non-space characters>", the scheme in
// any letter case, followed by one or more spaces. Any other form is no
// credential. Cookies are never read.
//
// Header.Get would take the first of several headers (trap T-13), so the
// values are counted.
func bearer(h http.Header) (raw string, ok bool, err error) {
	values := h["Authorization"]
	switch len(values) {
	case 0:
		return "", false, nil
	case 1:
	default:
		return "", true, ErrManyCredentials
	}
	scheme, rest, found := strings.Cut(values[0], " ")
	if !found || !equalFoldASCII(scheme, "bearer") {
		return "", false, nil
	}
	rest = strings.TrimLeft(rest, " ")
	if rest == "" || strings.ContainsFunc(rest, isSpace) {
		return "", false, nil
	}
	return rest, true, nil
}

// isSpace is every character that ECMAScript's \s matches within ASCII; the
// others cannot be part of a credential of ours, which is refused later.
func isSpace(r rune) bool { return r == ' ' || r >= '\t' && r <= '\r' }

// credentialInQuery reports a parameter that is a credential by its name, in
// any letter case.
func credentialInQuery(values url.Values) bool {
	for name := range values {
		for _, known := range queryCredentials {
			if equalFoldASCII(name, known) {
				return true
			}
		}
	}
	return false
}

// equalFoldASCII compares with a lower-case word, folding A-Z alone.
// strings.EqualFold would take the Kelvin sign for a k (trap T-16).
func equalFoldASCII(s, lower string) bool {
	if len(s) != len(lower) {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}
