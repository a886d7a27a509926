package web

import (
	"errors"
	"net/http"

	"github.com/tokenwright/tokenwright/token"
)

// OAuth is the dialect of OAuth endpoints (RFC 6749 section 5.2, RFC 6750
// section 3.1, RFC 7009 section 2.2.1).
type OAuth struct{}

type oauthError struct {
	Error       string `json:"error"`
	Description string `json:"error_description,omitempty"`
}

// WriteError implements Dialect. A broken rule of a field is 400 here, not
// 422: the RFCs know no other status for it.
func (OAuth) WriteError(w http.ResponseWriter, r *Request, err error) {
	status := ErrorHeaders(w, r, err)
	if status == http.StatusUnprocessableEntity {
		status = http.StatusBadRequest
	}
	_ = writeJSON(w, status, "application/json", oauthError{oauthCode(r, status, err), detail(r, status, err)})
}

func oauthCode(r *Request, status int, err error) string {
	switch status {
	case http.StatusInternalServerError:
		return "server_error"
	case http.StatusServiceUnavailable, http.StatusTooManyRequests:
		return "temporarily_unavailable"
	case http.StatusUnauthorized:
		if r.Presented {
			return "invalid_token"
		}
		return "invalid_client"
	case http.StatusForbidden:
		if errors.Is(err, token.ErrScope) {
			return "insufficient_scope"
		}
		return "access_denied"
	}
	return "invalid_request"
}
