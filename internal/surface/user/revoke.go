package user

import (
	"net/http"

	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/internal/wire"
	"github.com/tokenwright/tokenwright/token"
)

func (h handlers) revoke(w http.ResponseWriter, r *web.Request) error {
	t, err := h.end(r)
	if err != nil {
		return err
	}
	record, err := h.wire(r.Context(), t)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, record)
}

func (h handlers) delete(w http.ResponseWriter, r *web.Request) error {
	if _, err := h.end(r); err != nil {
		return err
	}
	return web.WriteEmpty(w, http.StatusNoContent)
}

// end revokes the token of a request.
func (h handlers) end(r *web.Request) (token.Token, error) {
	fields, err := wire.ReadFields(r, "reason")
	if err != nil {
		return token.Token{}, err
	}
	reason, err := fields.Reason()
	if err != nil {
		return token.Token{}, err
	}
	return h.authority.Revoke(r.Context(), r.Principal, token.KindUser,
		token.Revocation{TokenID: r.PathValue("id"), Reason: reason})
}
