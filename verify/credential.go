package verify

import (
	"encoding/base64"
	"net/http"
	"strings"

	"github.com/tokenwright/tokenwright/token"
)

// errTwoCredentials is token.ErrManyCredentials with words for the outside.
var errTwoCredentials = token.NewError(token.ErrManyCredentials, "Exactly one credential is allowed", nil)

// Bearer reads the credential of a request from its one Authorization header,
// as [token.Bearer] says.
func Bearer(h http.Header) (string, error) { return token.Bearer(h["Authorization"]) }

// Credential finds the one credential of a request: a bearer, the password of
// Basic where that is taken, or X-API-Key. Cookies are never read. Two at once
// are token.ErrManyCredentials even when they are equal: whatever stands behind
// may look at the other one (row C3).
func Credential(h http.Header, basic bool) (string, error) {
	keys, authorization := h["X-Api-Key"], h["Authorization"]
	switch len(keys) + len(authorization) {
	case 0:
		return "", token.ErrNoCredential
	case 1:
	default:
		return "", errTwoCredentials
	}
	if len(keys) == 1 {
		return keys[0], nil
	}
	scheme, rest, _ := strings.Cut(authorization[0], " ")
	if basic && same(scheme, "Basic") {
		return basicPassword(strings.TrimLeft(rest, " "))
	}
	return Bearer(h)
}

// WithoutBasic gives the same rules for a guard that takes no password of Basic
// for a credential.
func (r *Rules) WithoutBasic() *Rules {
	next := *r
	next.noBasic = true
	return &next
}

// basicPassword gives the password of a Basic credential (RFC 7617). The name
// says nothing: the token knows whom it speaks for.
func basicPassword(encoded string) (string, error) {
	text, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if err != nil {
		return "", token.ErrMalformed
	}
	_, password, found := strings.Cut(string(text), ":")
	if !found || password == "" {
		return "", token.ErrMalformed
	}
	return password, nil
}
