package web

import (
	"errors"
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

// bearer reads the credential of a request from its one Authorization header,
// as token.Bearer says; ok is false without one. Cookies are never read.
func bearer(h http.Header) (raw string, ok bool, err error) {
	raw, err = token.Bearer(h["Authorization"])
	switch {
	case errors.Is(err, token.ErrNoCredential):
		return "", false, nil
	case err != nil:
		return "", true, ErrManyCredentials
	}
	return raw, true, nil
}

// checkQuery refuses a query that holds a credential. It is asked on every
// request, so it reads the query without building a map.
//
// A parameter is a credential by its name, in any letter case, or because it
// looks like a token, such as one that was pasted where a list is searched: that
// must reach neither a database nor a log. codes says that the route takes
// codes that look so: nothing is looked for then.
func (r *Request) checkQuery() error {
	query, holds := r.URL.RawQuery, r.holdsSecret
	if r.Access.codes {
		holds = func(string) bool { return false }
	}
	for query != "" {
		var pair string
		pair, query, _ = strings.Cut(query, "&")
		rawName, rawValue, _ := strings.Cut(pair, "=")
		name, nameErr := unescape(rawName)
		value, valueErr := unescape(rawValue)
		switch {
		case nameErr != nil || valueErr != nil || strings.Contains(pair, ";"):
			return ErrTarget
		case isCredentialName(name):
			return ErrManyCredentials
		case holds(name) || holds(value):
			return ErrSecretInQuery
		}
	}
	return nil
}

func isCredentialName(name string) bool {
	for _, known := range queryCredentials {
		if equalFoldASCII(name, known) {
			return true
		}
	}
	return false
}

// unescape decodes a name or value. Few need it.
func unescape(s string) (string, error) {
	if !strings.ContainsAny(s, "%+") {
		return s, nil
	}
	return url.QueryUnescape(s)
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
