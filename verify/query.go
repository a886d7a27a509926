package verify

import (
	"net/url"
	"strings"

	"github.com/tokenwright/tokenwright/token"
)

// errTokenInQuery is token.ErrManyCredentials with words for the outside.
var errTokenInQuery = token.NewError(token.ErrManyCredentials, "The URL carries a token; tokens belong into the Authorization header", nil)

// CarriesToken reports whether the query of a request target holds a
// credential: one of our opaque or workspace tokens under any name, or the parameter
// access_token, which RFC 6750 section 2.3 once had for credentials. A token in
// a URL ends in logs and histories. So it never authenticates, and the client
// is told, whatever else it presents (row B-06, RFC 9700 section 4.3.2).
// Parameters of other names belong to the application.
func CarriesToken(target string, formats token.Formats) bool {
	_, query, found := strings.Cut(target, "?")
	for found && query != "" {
		pair := query
		if end := strings.IndexAny(query, "&;"); end >= 0 { // some servers take either
			pair, query = query[:end], query[end+1:]
		} else {
			query = ""
		}
		name, value, _ := strings.Cut(pair, "=")
		if strings.EqualFold(unescaped(name), "access_token") || isToken(unescaped(value), formats) ||
			isToken(unescaped(name), formats) {
			return true
		}
	}
	return false
}

func isToken(s string, formats token.Formats) bool {
	_, err := formats.Parse(s)
	return err == nil || strings.HasPrefix(s, workspaceLead)
}

// unescaped resolves escapes, and leaves what cannot be resolved as it is.
func unescaped(s string) string {
	if !strings.ContainsAny(s, "%+") {
		return s
	}
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}
