package personal

import (
	"errors"
	"net/http"

	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/internal/wire"
	"github.com/tokenwright/tokenwright/token"
)

// Dialect writes errors as the contract's clients expect them. A broken rule of
// a field is 400 here, and so is a name that is taken.
type Dialect struct{}

// WriteError implements web.Dialect.
func (Dialect) WriteError(w http.ResponseWriter, r *web.Request, err error) {
	setPragma(w)
	status := web.ErrorHeaders(w, r, err)
	if status == http.StatusUnprocessableEntity || errors.Is(err, token.ErrNameTaken) {
		status = http.StatusBadRequest
	}
	if !wire.WriteEnvelope(w, r, status, err) {
		_ = web.WriteJSON(w, status, wire.FlatError{Error: text(r, status, err)})
	}
}

func text(r *web.Request, status int, err error) string {
	switch status {
	case http.StatusForbidden:
		return forbidden(r, err)
	case http.StatusNotFound:
		return "Not found"
	}
	return wire.Text(status, err)
}

func forbidden(r *web.Request, err error) string {
	switch {
	case errors.Is(err, token.ErrTokensMintTokens):
		return "Forbidden: tokens do not issue tokens"
	case errors.Is(err, token.ErrCrossSite):
		return token.Message(web.ErrCrossSite)
	case r.Access.Permission() != "":
		return "Forbidden: " + r.Access.Permission() + " required"
	}
	return "Forbidden"
}
