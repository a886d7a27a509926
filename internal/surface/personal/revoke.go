package personal

import (
	"errors"
	"net/http"

	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/internal/wire"
	"github.com/tokenwright/tokenwright/token"
)

// revoke ends a token of the caller's, and every JWT that came out of it. One
// that has ended stays as it is, and the answer is the same. That of somebody
// else is not found, not even by an administrator (row C5). Whoever may end it
// need not be one who may read it.
func (h handlers) revoke(w http.ResponseWriter, r *web.Request) error {
	fields, err := wire.ReadFields(r, "reason")
	if err != nil {
		return err
	}
	reason, err := fields.Reason()
	if err != nil {
		return err
	}
	_, err = h.Authority.Revoke(r.Context(), r.Principal, token.KindPersonal,
		token.Revocation{TokenID: r.PathValue("id"), Owner: r.Principal.Ref, Reason: reason})
	if err != nil && !errors.Is(err, token.ErrAlreadyRevoked) {
		return err
	}
	return web.WriteEmpty(w, http.StatusNoContent)
}
