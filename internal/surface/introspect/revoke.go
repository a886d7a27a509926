package introspect

import (
	"errors"
	"net/http"

	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// revoke answers POST /oauth2/revoke (RFC 7009). Whoever holds a token may end
// it, so that a leaked one can be killed by whoever found it; the entry in the
// log says that it was the holder. A token that is not good any more, or never
// was one, is answered in the same way, and nothing changes (row C7).
func (h *handlers) revoke(w http.ResponseWriter, r *web.Request) error {
	form, err := r.FormText()
	if err != nil {
		return err
	}
	raw, err := parseToken(form)
	if err != nil {
		return err
	}
	// Possession says nothing about who it is: the actor stays nobody, with
	// the token itself as what they presented.
	holder := token.Principal{RequestID: r.ID}
	if r.Address.IsValid() {
		holder.Address = r.Address.String()
	}
	if err := h.revoker.Adopt(r.Context(), holder, token.NewSecret(raw)); err != nil && !errors.Is(err, token.ErrNotFound) {
		return err
	}
	proof, record, err := h.verifier.Inspect(r.Context(), raw)
	switch {
	case errors.Is(err, token.ErrUnavailable):
		return err
	case err == nil && record.Kind == token.KindPeer: // which has no record to end
		return errUnsupported
	case record.ID == "" || !holds(err), err != nil && record.Kind == token.KindAccess:
		return web.WriteEmpty(w, http.StatusOK)
	case record.Kind == token.KindAccess && proof.Issuer() != h.issuer:
		return errUnsupported
	case record.Kind == token.KindRefresh:
		return errClient
	}
	holder.TokenID = record.ID
	if err := h.revoker.RevokePresented(r.Context(), holder, record); err != nil {
		return err
	}
	return web.WriteEmpty(w, http.StatusOK)
}

// holds reports whether a secret that was inspected with this result is one by
// which its token may be ended: it is good, or would be if an administrator
// enabled the token or its account again, or if the account came back into the
// workspace, or its token has ended already: another node may
// have ended it, and this one must not go on accepting it from its cache once
// it answered. A former secret is not: rotating a leaked secret away must not
// leave its finder the power to end the new one.
func holds(inspected error) bool {
	return inspected == nil || errors.Is(inspected, token.ErrNotBearer) || errors.Is(inspected, token.ErrDisabled) || errors.Is(inspected, token.ErrRevoked) ||
		errors.Is(inspected, token.ErrRole)
}
