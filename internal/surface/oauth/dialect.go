package oauth

import (
	"errors"
	"net/http"

	"github.com/tokenwright/tokenwright/internal/oauth"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// answer is the body of every error (RFC 6749 section 5.2).
type answer struct {
	Error       oauth.Code `json:"error"`
	Description string     `json:"error_description,omitempty"`
}

// dialect is that of the endpoints for programs.
type dialect struct{ web.OAuth }

// WriteError implements web.Dialect. What is said in the words of OAuth is
// written as it is, with the statuses of RFC 6749: 401 for a client that is not
// who it says, 400 for everything else that is wrong with a request.
func (d dialect) WriteError(w http.ResponseWriter, r *web.Request, err error) {
	noCache(w)
	var said *oauth.Error
	if !errors.As(err, &said) || errors.Is(err, token.ErrUnavailable) {
		d.OAuth.WriteError(w, r, err)
		return
	}
	status := web.ErrorHeaders(w, r, err)
	switch said.Code {
	case oauth.InvalidClient:
		w.Header().Del("WWW-Authenticate")
		if _, _, basic := r.BasicAuth(); basic { // RFC 6749 section 5.2
			w.Header().Set("WWW-Authenticate", `Basic realm="tokenwright"`)
		}
	case oauth.InvalidToken: // the challenge is there, and says what was presented
	default:
		if status == http.StatusUnprocessableEntity {
			status = http.StatusBadRequest
		}
	}
	_ = web.WriteJSON(w, status, answer{said.Code, said.Description}) // an error here has nobody to tell
}

// noCache says to caches of HTTP/1.0 what every answer says to others (RFC 6749
// section 5.1).
func noCache(w http.ResponseWriter) { w.Header().Set("Pragma", "no-cache") }

// sessionDialect is that of the endpoints by which a person answers.
type sessionDialect struct{ dialect }

// WriteError implements web.Dialect. Nobody who is not signed in learns
// anything about an authorization (PER-30).
func (d sessionDialect) WriteError(w http.ResponseWriter, r *web.Request, err error) {
	if web.Status(err) == http.StatusUnauthorized {
		err = oauth.Fail(oauth.AccessDenied, "Authentication required")
	}
	if errors.Is(err, token.ErrNotFound) && token.Message(err) != "" && !errors.Is(err, web.ErrNoRoute) {
		err = oauth.Fail(oauth.InvalidRequest, token.Message(err))
	}
	d.dialect.WriteError(w, r, err)
}

// bearerDialect is that of the endpoints to which people bring an access JWT
// (RFC 6750 section 3.1).
type bearerDialect struct{ dialect }

// WriteError implements web.Dialect.
func (d bearerDialect) WriteError(w http.ResponseWriter, r *web.Request, err error) {
	if web.Status(err) == http.StatusUnauthorized {
		err = oauth.Fail(oauth.InvalidToken, "The access token is not valid")
	}
	d.dialect.WriteError(w, r, err)
}
