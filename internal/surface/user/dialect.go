package user

import (
	"errors"
	"net/http"

	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/internal/wire"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

// Dialect writes errors as {"error": "text"}.
type Dialect struct{}

// WriteError implements web.Dialect.
func (Dialect) WriteError(w http.ResponseWriter, r *web.Request, err error) {
	status := web.ErrorHeaders(w, r, err)
	if errors.Is(err, web.ErrRepeated) {
		status = http.StatusUnprocessableEntity
	}
	_ = web.WriteJSON(w, status, wire.FlatError{Error: text(r, status, err)})
}

func text(r *web.Request, status int, err error) string {
	switch status {
	case http.StatusUnauthorized:
		return "Unauthorized"
	case http.StatusForbidden:
		return forbidden(r, err)
	case http.StatusMethodNotAllowed:
		return "Method not allowed"
	case http.StatusRequestEntityTooLarge:
		return "Request body is too large"
	}
	if errors.Is(err, web.ErrSyntax) && !errors.Is(err, web.ErrDeputyHeader) {
		return "Request body is not valid JSON"
	}
	return wire.Text(status, err)
}

func forbidden(r *web.Request, err error) string {
	switch {
	case errors.Is(err, token.ErrTokensMintTokens):
		return "Forbidden: tokens do not issue tokens"
	case errors.Is(err, token.ErrCrossSite):
		return token.Message(web.ErrCrossSite)
	case errors.Is(err, web.ErrDeputyUnknown):
		return "Forbidden: this backend may not manage user tokens"
	case errors.Is(err, web.ErrDeputyForNobody):
		return "Forbidden: a backend must name the admin it acts for"
	case errors.Is(err, web.ErrNoDeputy):
		return "Forbidden: only a backend may act on behalf of an admin"
	}
	switch policy.Permission(r.Access.Permission()) {
	case policy.UserAdminRead:
		return "Forbidden: read access required"
	case policy.UserAdminWrite:
		return "Forbidden: write access required"
	case policy.UserAdminRevoke:
		return "Forbidden: revoke access required"
	}
	return "Forbidden"
}
