package personal

import (
	"errors"
	"net/http"

	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/internal/wire"
	"github.com/tokenwright/tokenwright/token"
)

// revoke ends a token of the caller's, and every JWT that came out of it. One
// that has ended stays as it is, and the answer is the same.
func (h handlers) revoke(w http.ResponseWriter, r *web.Request) error {
	fields, err := wire.ReadFields(r, "reason")
	if err != nil {
		return err
	}
	reason, err := fields.Reason()
	if err != nil {
		return err
	}
	if err := h.endOwn(r, reason); err != nil {
		return err
	}
	return web.WriteEmpty(w, http.StatusNoContent)
}

// endOwn ends the token that the path names, if it is the caller's.
func (h handlers) endOwn(r *web.Request, reason string) error {
	t, err := h.own(r)
	if err != nil {
		return err
	}
	_, err = h.Authority.Revoke(r.Context(), r.Principal, token.KindPersonal, token.Revocation{TokenID: t.ID, Reason: reason})
	if errors.Is(err, token.ErrAlreadyRevoked) {
		return nil
	}
	return err
}
