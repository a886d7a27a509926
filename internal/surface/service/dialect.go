package service

import (
	"errors"
	"net/http"

	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/internal/wire"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

// Dialect writes errors as the contract's clients expect them.
type Dialect struct{}

// WriteError implements web.Dialect.
func (Dialect) WriteError(w http.ResponseWriter, r *web.Request, err error) {
	status := web.ErrorHeaders(w, r, err)
	if errors.Is(err, web.ErrRepeated) {
		status = http.StatusUnprocessableEntity
	}
	if !wire.WriteEnvelope(w, r, status, err) {
		_ = web.WriteJSON(w, status, wire.FlatError{Error: text(r, status, err)})
	}
}

func text(r *web.Request, status int, err error) string {
	if status == http.StatusForbidden {
		return forbidden(r, err)
	}
	return wire.Text(status, err)
}

func forbidden(r *web.Request, err error) string {
	if errors.Is(err, token.ErrTokensMintTokens) {
		return "Forbidden: tokens do not issue tokens"
	}
	if errors.Is(err, token.ErrCrossSite) {
		return token.Message(web.ErrCrossSite)
	}
	switch policy.Permission(r.Access.Permission()) {
	case policy.ServiceRead:
		return "Forbidden: read access required"
	case policy.ServiceWrite:
		return "Forbidden: write access required"
	case policy.ServiceRevoke:
		return "Forbidden: revoke access required"
	}
	return "Forbidden"
}
