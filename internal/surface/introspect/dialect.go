package introspect

import (
	"errors"
	"net/http"

	"github.com/tokenwright/tokenwright/internal/oauth"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

var (
	errNoToken = token.Invalid("token is required")
	// errUnsupported: the JWT of another issuer, and the token of a peer, end
	// by themselves, or with their key: nobody here made them.
	errUnsupported = token.Invalid("Tokens that were not issued here cannot be revoked; they end by themselves")
	// errClient: the refresh token of a client is of use to that client alone,
	// which proves who it is elsewhere (PER-20).
	errClient = oauth.Fail(oauth.InvalidGrant, "The token belongs to a client, which revokes it at "+oauth.RevokePath)
)

// dialect is that of OAuth with the one error code that RFC 7009 adds.
type dialect struct{ web.OAuth }

// WriteError implements web.Dialect.
func (d dialect) WriteError(w http.ResponseWriter, r *web.Request, err error) {
	code, description := oauth.Code("unsupported_token_type"), token.Message(err) // RFC 7009 section 2.2.1
	switch {
	case errors.Is(err, errClient):
		code, description = errClient.Code, errClient.Description
	case !errors.Is(err, errUnsupported):
		d.OAuth.WriteError(w, r, err)
		return
	}
	_ = web.WriteJSON(w, http.StatusBadRequest, struct {
		Error       oauth.Code `json:"error"`
		Description string     `json:"error_description"`
	}{code, description}) // an error here has nobody to tell
}
