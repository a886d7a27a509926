package forwardauth

import (
	"encoding/base64"
	"net/http"
	"strings"

	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/verify"
)

// errTwoCredentials is token.ErrManyCredentials with words for the outside.
var errTwoCredentials = token.NewError(token.ErrManyCredentials, "Exactly one credential is allowed", nil)

// credential finds the one credential of the original request: a bearer, the
// password of Basic where that is on, or X-API-Key. Cookies are never read.
// Two at once are refused even when they are equal: whatever stands behind the
// proxy may look at the other one (row C3).
func (g *gate) credential(h http.Header) (string, error) {
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
	// Of one length: EqualFold also takes U+017F for the s, which has more
	// bytes (trap T-16).
	if g.opts.Basic && len(scheme) == len("Basic") && strings.EqualFold(scheme, "Basic") {
		return basicPassword(strings.TrimLeft(rest, " "))
	}
	return verify.Bearer(h)
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
