package workspace

import (
	"errors"
	"net/http"

	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/internal/wire"
	"github.com/tokenwright/tokenwright/token"
)

// dialect writes errors of the REST surface as {"error": "text"}.
type dialect struct{}

// WriteError implements web.Dialect.
func (dialect) WriteError(w http.ResponseWriter, r *web.Request, err error) {
	status := web.ErrorHeaders(w, r, err)
	if errors.Is(err, web.ErrRepeated) {
		status = http.StatusUnprocessableEntity
	}
	_ = web.WriteJSON(w, status, wire.FlatError{Error: text(status, err)}) // an error here has nobody to tell
}

func text(status int, err error) string {
	switch status {
	case http.StatusUnauthorized:
		return "Unauthorized"
	case http.StatusForbidden:
		switch {
		case errors.Is(err, token.ErrTokensMintTokens):
			return "Forbidden: tokens do not issue tokens"
		case errors.Is(err, token.ErrRole):
			return "Forbidden: not a member of the workspace with the power for this"
		}
		return "Forbidden"
	}
	return wire.Text(status, err)
}
