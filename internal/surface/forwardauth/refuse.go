package forwardauth

import (
	"errors"
	"net/http"

	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/verify"
)

// dialect writes refusals: a status that no proxy takes for a yes, the
// challenge of RFC 6750 section 3, and a short JSON body. Caddy and Traefik
// hand all of it to the client; nginx takes status and challenge.
type dialect struct{}

type refusal struct {
	Error    string       `json:"error"`
	Required token.Scopes `json:"required,omitempty"`
	Missing  token.Scopes `json:"missing,omitempty"`
}

// WriteError implements web.Dialect.
func (dialect) WriteError(w http.ResponseWriter, r *web.Request, err error) {
	status := web.ErrorHeaders(w, r, err)
	if status == http.StatusUnprocessableEntity {
		status = http.StatusBadRequest
	}
	h := w.Header()
	h.Set("Vary", vary)
	if status == http.StatusUnauthorized || status == http.StatusForbidden {
		_, challenge := verify.Refusal(err)
		h.Set("WWW-Authenticate", challenge)
	}
	body := refusal{Error: text(status, err)}
	var scope *verify.ScopeError
	if status == http.StatusForbidden && errors.As(err, &scope) {
		body.Required, body.Missing = scope.Required, scope.Missing
	}
	_ = web.WriteJSON(w, status, body) // an error here has nobody to tell
}

// text says what a stranger may read. All reasons why a credential is not
// good share one text (row C2).
func text(status int, err error) string {
	message := token.Message(err)
	switch {
	case status == http.StatusUnauthorized:
		return "Unauthorized"
	case status >= http.StatusInternalServerError:
		return "Temporarily unavailable"
	case status == http.StatusForbidden && errors.Is(err, token.ErrScope):
		return "Forbidden: missing required scope"
	case status == http.StatusForbidden && message == "":
		return "Forbidden"
	case message == "":
		return http.StatusText(status)
	}
	return message
}
