package oauth

import (
	"slices"

	"github.com/tokenwright/tokenwright/token"
)

// Code is an error code of RFC 6749 sections 4.1.2.1 and 5.2, RFC 6750 section
// 3.1 or RFC 7591 section 3.2.2.
type Code string

// The codes in use.
const (
	InvalidRequest          Code = "invalid_request"
	InvalidClient           Code = "invalid_client"
	InvalidGrant            Code = "invalid_grant"
	InvalidScope            Code = "invalid_scope"
	InvalidToken            Code = "invalid_token"
	UnauthorizedClient      Code = "unauthorized_client"
	UnsupportedGrantType    Code = "unsupported_grant_type"
	UnsupportedResponseType Code = "unsupported_response_type"
	AccessDenied            Code = "access_denied"
	ServerError             Code = "server_error"
	TemporarilyUnavailable  Code = "temporarily_unavailable"
	InvalidRedirectURI      Code = "invalid_redirect_uri"
	InvalidClientMetadata   Code = "invalid_client_metadata"
)

// IsAuthorizationCode reports whether a code is one that an authorization
// answer may carry (RFC 6749 section 4.1.2.1). Text of anybody else must not
// reach a person's page (PER-43).
func IsAuthorizationCode(code string) bool {
	return slices.Contains([]Code{
		InvalidRequest, UnauthorizedClient, AccessDenied, UnsupportedResponseType,
		InvalidScope, ServerError, TemporarilyUnavailable,
	}, Code(code))
}

// Error is an answer in the words of OAuth. Its description is fixed text and
// never holds a value of the request (PER-23).
type Error struct {
	Code        Code
	Description string
	meaning     error
}

// Fail makes an Error. Its meaning for the rest of the program follows from
// the code.
func Fail(code Code, description string) *Error {
	meaning := token.ErrInvalid
	switch code {
	case InvalidClient, InvalidToken:
		meaning = token.ErrUnauthenticated
	case AccessDenied:
		meaning = token.ErrDenied
	case TemporarilyUnavailable, ServerError:
		meaning = token.ErrUnavailable
	}
	return &Error{code, description, meaning}
}

// Error gives the description.
func (e *Error) Error() string { return e.Description }

// Unwrap gives the meaning.
func (e *Error) Unwrap() error { return e.meaning }

// Errors that must read the same whatever the reason: who asks must not learn
// whether a token or code exists, has ended or is somebody else's (PER-21).
var (
	ErrInvalidCode    = Fail(InvalidGrant, "Invalid authorization code")
	ErrInvalidRefresh = Fail(InvalidGrant, "Invalid refresh token")
	ErrInvalidClient  = Fail(InvalidClient, "Invalid client credentials")

	errDocument = Fail(InvalidClientMetadata, "The client's document does not describe it")
)
