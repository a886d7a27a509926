package web

import (
	"context"
	"errors"
	"net/http"

	"github.com/tokenwright/tokenwright/internal/strictjson"
	"github.com/tokenwright/tokenwright/token"
)

// Faults of HTTP itself. They wrap a meaning like every other error.
var (
	ErrTarget     = token.NewError(token.ErrInvalid, "The request target is malformed or can be read in more than one way", nil)
	ErrLongTarget = token.NewError(token.ErrInvalid, "The request target is too long", nil)
	ErrHost       = token.NewError(token.ErrInvalid, "This host is not served here", nil)
	ErrNoRoute    = token.NewError(token.ErrNotFound, "Not found", nil)
	ErrMethod     = token.NewError(token.ErrInvalid, "Method not allowed", nil)
	ErrMediaType  = token.NewError(token.ErrInvalid, "The content type of the request body is not supported", nil)
	ErrEncoding   = token.NewError(token.ErrInvalid, "Compressed request bodies are not supported", nil)
	ErrTooLarge   = token.NewError(token.ErrInvalid, "The request body is too large", nil)
	ErrSyntax     = token.NewError(token.ErrInvalid, "The request body cannot be read", nil)
	// ErrCaseTwin is the cause of an ErrSyntax when two members of an object
	// have names that differ in letter case only.
	ErrCaseTwin = strictjson.ErrCaseTwin
	ErrSlow     = token.NewError(token.ErrInvalid, "The request body took too long", nil)
	// ErrRepeated: a parameter of a query or form occurs more than once
	// (row C3).
	ErrRepeated = token.NewError(token.ErrInvalid, "A parameter was given more than once", nil)
	// ErrCursor: the cursor of a page is none of ours, or one of another list
	// (row H-09).
	ErrCursor = token.NewError(token.ErrInvalid, "The cursor is not one of this list", nil)
	// ErrSecretInQuery: a parameter of the query is a token, whatever its
	// name (row B-06).
	ErrSecretInQuery = token.NewError(token.ErrInvalid,
		"The query holds a token. A URL ends in logs and histories: send a token in the Authorization header alone, and revoke this one", nil)
	// ErrManyCredentials is token.ErrManyCredentials with words for the
	// outside.
	ErrManyCredentials = token.NewError(token.ErrManyCredentials, "Exactly one credential is allowed", nil)
	// ErrCrossSite is token.ErrCrossSite with words for the outside.
	ErrCrossSite = token.NewError(token.ErrCrossSite, "Forbidden: cross-site request", nil)
	// ErrNotUser: the credential is good but is not that of a person.
	ErrNotUser = token.NewError(token.ErrWrongKind, "Unauthorized", nil)
)

// statuses is searched from the front, and the first error that matches
// decides. It is a slice because an error may wrap several meanings: a map,
// walked in any order, would answer at random. Unavailable stands first: an
// answer that could not be computed must never look like a refusal.
var statuses = [...]struct { //nolint:gochecknoglobals // it is only read
	err    error
	status int
}{
	{token.ErrUnavailable, http.StatusServiceUnavailable},
	{context.DeadlineExceeded, http.StatusServiceUnavailable},
	{context.Canceled, http.StatusServiceUnavailable},
	{token.ErrLimited, http.StatusTooManyRequests},
	{ErrLongTarget, http.StatusRequestURITooLong},
	{ErrTarget, http.StatusBadRequest},
	{ErrSecretInQuery, http.StatusBadRequest},
	{ErrCursor, http.StatusBadRequest},
	{ErrHost, http.StatusMisdirectedRequest},
	{ErrMethod, http.StatusMethodNotAllowed},
	{ErrMediaType, http.StatusUnsupportedMediaType},
	{ErrEncoding, http.StatusUnsupportedMediaType},
	{ErrTooLarge, http.StatusRequestEntityTooLarge},
	{ErrSlow, http.StatusRequestTimeout},
	{ErrSyntax, http.StatusBadRequest},
	{ErrRepeated, http.StatusBadRequest},
	{token.ErrManyCredentials, http.StatusBadRequest},
	{token.ErrUnauthenticated, http.StatusUnauthorized},
	{token.ErrDenied, http.StatusForbidden},
	{token.ErrNotFound, http.StatusNotFound},
	{token.ErrConflict, http.StatusConflict},
	{token.ErrInvalid, http.StatusUnprocessableEntity},
}

// Status gives the status of an error: 500 for one that has no meaning, which
// is a fault of the program.
func Status(err error) int {
	for i := range statuses {
		if errors.Is(err, statuses[i].err) {
			return statuses[i].status
		}
	}
	return http.StatusInternalServerError
}
