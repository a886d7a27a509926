package service

import (
	"net/http"

	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/internal/wire"
	"github.com/tokenwright/tokenwright/token"
)

func (h handlers) rotate(w http.ResponseWriter, r *web.Request) error {
	fields, err := wire.ReadFields(r, "overlapSeconds", "expiresAt", "expiresInDays")
	if err != nil {
		return err
	}
	overlap, err := fields.Overlap()
	if err != nil {
		return err
	}
	issued, err := h.authority.Rotate(r.Context(), r.Principal, authority.RotateRequest{
		Kind: token.KindService, TokenID: r.PathValue("id"), Overlap: overlap, Expiry: expiry(fields),
	})
	if err != nil {
		return err
	}
	return h.writeIssued(w, http.StatusOK, issued)
}

func (h handlers) revoke(w http.ResponseWriter, r *web.Request) error {
	fields, err := wire.ReadFields(r, "reason")
	if err != nil {
		return err
	}
	reason, err := fields.Reason()
	if err != nil {
		return err
	}
	_, err = h.authority.Revoke(r.Context(), r.Principal, token.KindService,
		token.Revocation{TokenID: r.PathValue("id"), Reason: reason})
	if err != nil {
		return err
	}
	return web.WriteEmpty(w, http.StatusNoContent)
}
