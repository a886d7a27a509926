package introspect

import (
	"errors"
	"net/http"

	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

var (
	errNoToken = token.Invalid("token is required")
	// errUnsupported: an access JWT cannot be revoked by itself; it ends
	// within minutes, or with its user.
	errUnsupported = token.Invalid("Access tokens that are JWTs cannot be revoked; they end by themselves within minutes")
)

// dialect is that of OAuth with the one error code that RFC 7009 adds.
type dialect struct{ web.OAuth }

// WriteError implements web.Dialect.
func (d dialect) WriteError(w http.ResponseWriter, r *web.Request, err error) {
	if !errors.Is(err, errUnsupported) {
		d.OAuth.WriteError(w, r, err)
		return
	}
	// RFC 7009 section 2.2.1.
	_ = web.WriteJSON(w, http.StatusBadRequest, struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}{"unsupported_token_type", token.Message(err)}) // an error here has nobody to tell
}
