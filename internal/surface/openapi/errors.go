package openapi

import (
	"net/http"
	"strconv"

	"github.com/tokenwright/tokenwright/internal/web"
)

// meanings says what statuses mean, on every surface alike.
var meanings = map[int]string{ //nolint:gochecknoglobals // it is only read
	http.StatusBadRequest:            "The request cannot be read, or can be read in two ways.",
	http.StatusUnauthorized:          "No credential, or one that is not good. Why it is not good stands in the audit log alone.",
	http.StatusForbidden:             "The permission, or the scope, is missing; or the request came from another site.",
	http.StatusNotFound:              "There is no such thing, or the caller may not know of it.",
	http.StatusConflict:              "The state of the thing does not allow it.",
	http.StatusRequestEntityTooLarge: "The body is too large.",
	http.StatusUnsupportedMediaType:  "The body is of another type, or compressed.",
	http.StatusUnprocessableEntity:   "A field breaks its rule.",
	http.StatusTooManyRequests:       "Too many requests.",
	http.StatusServiceUnavailable:    "The store, the log or a key cannot be used; never a word about the token.",
}

const anyOther = "Anything else that goes wrong, such as a method or a host that is not served, or a fault of the program."

// sentWith gives the headers of an error.
func sentWith(status int) map[string]header {
	text := raw(`{"type":"string"}`)
	switch status {
	case http.StatusUnauthorized:
		return map[string]header{"WWW-Authenticate": {"RFC 6750 section 3.", text}}
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return map[string]header{"Retry-After": {"Seconds to wait.", text}}
	}
	return nil
}

// errorsOf lists the statuses of a route that are errors.
func errorsOf(e entry, route web.RouteInfo) []int {
	list := []int{http.StatusBadRequest, http.StatusTooManyRequests, http.StatusServiceUnavailable}
	if closed(route) {
		list = append(list, http.StatusUnauthorized, http.StatusForbidden)
	}
	if e.Body != nil {
		list = append(list, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	return append(list, e.Errors...)
}

// refuse describes an error of a part, once for all of its routes.
func (c *composer) refuse(p part, status int) response {
	code, about := "default", anyOther
	if status != 0 {
		code, about = strconv.Itoa(status), meanings[status]
	}
	name := p.Name + "-" + code
	c.doc.Components.Responses[name] = response{
		Description: about, Headers: sentWith(status), Content: p.Error.media(),
	}
	return response{Ref: "#/components/responses/" + name}
}
